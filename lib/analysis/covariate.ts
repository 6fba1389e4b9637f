/** One named column of a model: a numeric or a categorical variable. */
export type Covariate =
  | {
      readonly kind: "numeric";
      readonly name: string;
      /** One value a subject; NaN when missing. */
      readonly values: Float64Array;
    }
  | {
      readonly kind: "categorical";
      readonly name: string;
      readonly levels: readonly string[];
      /** Index into `levels`, one a subject; −1 when missing. */
      readonly codes: ArrayLike<number>;
    };
