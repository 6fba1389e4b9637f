/** A column of the fixed design: predictor x_q (0 is the constant) times function of time w_k (0 is the constant). */
export interface CourseColumn {
  readonly predictor: number;
  readonly basis: number;
  /** Prior of its coefficient: none, or normal about 0 with the variance of its class. */
  readonly prior: "flat" | "level" | "slope";
}

/**
 * Columns of the fixed effects: the course of time; the endpoint's own baseline value on level and course; every other
 * feature on level and slope. METHODS.md, equation (ME1).
 *
 * @param features - Positions of the features that enter, of 0 … Q − 1.
 * @param own - Position of the endpoint's own baseline value; null when it is unknown or uninformative.
 * @param functions - K, functions of time beside the constant.
 * @param shrink - Whether coefficients of the other features have a prior.
 */
export function courseColumns(
  features: readonly number[],
  own: number | null,
  functions: number,
  shrink: boolean,
): CourseColumn[] {
  const columns: CourseColumn[] = [];
  const flat = own === null ? [0] : [0, own + 1];
  for (const predictor of flat)
    for (let basis = 0; basis <= functions; basis++) columns.push({ predictor, basis, prior: "flat" });
  for (const q of features) {
    if (q === own) continue;
    columns.push({ predictor: q + 1, basis: 0, prior: shrink ? "level" : "flat" });
    if (functions > 0) columns.push({ predictor: q + 1, basis: 1, prior: shrink ? "slope" : "flat" });
  }
  return columns;
}
