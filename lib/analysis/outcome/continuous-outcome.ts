/** What of a measurement is analysed. */
export type ChangeForm = "value" | "change" | "percent-change";

/**
 * Values, changes from baseline, or changes in percent of the baseline (METHODS.md eq. (O2)).
 *
 * @param values - [patient]; NaN when missing.
 * @param baseline - [patient]; NaN when missing. A percent change from 0 is missing.
 */
export function changeForm(form: ChangeForm, values: Float64Array, baseline: Float64Array): Float64Array {
  switch (form) {
    case "value":
      return values.slice();
    case "change":
      return values.map((value, i) => value - baseline[i]!);
    case "percent-change":
      return values.map((value, i) =>
        baseline[i] === 0 ? NaN : (100 * (value - baseline[i]!)) / Math.abs(baseline[i]!),
      );
  }
}
