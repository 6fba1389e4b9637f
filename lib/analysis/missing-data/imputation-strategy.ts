import { z } from "zod";
import { choleskyDecompose, choleskySolveInPlace } from "../../numerics/cholesky.ts";

/**
 * What is assumed about a patient's values after an intercurrent event:
 * - `MAR`: as those of patients of the same arm who stayed (missing at random);
 * - `JR`: jump to the mean of the reference arm;
 * - `CR`: copy reference, as if in the reference arm from the start;
 * - `CIR`: copy increments in reference, parallel to the reference arm from the event on;
 * - `LMCF`: last mean carried forward.
 */
export const imputationStrategySchema = z.enum(["MAR", "JR", "CR", "CIR", "LMCF"]);
export type ImputationStrategy = z.infer<typeof imputationStrategySchema>;

/**
 * Mean of a patient's values over the visits under a strategy (METHODS.md eq. (D4)).
 *
 * @param own - Mean in the patient's arm, shape [m].
 * @param reference - Mean of a patient with the same covariates in the reference arm, shape [m].
 * @param firstAfter - Index of the first visit after the event; m when there was none.
 * @param out - Receives the mean, shape [m].
 *
 * Source: Carpenter, Roger & Kenward (2013), J. Biopharm. Stat. 23:1352–1371.
 */
export function strategyMean(
  strategy: ImputationStrategy,
  own: Float64Array,
  reference: Float64Array,
  firstAfter: number,
  out: Float64Array,
): void {
  const last = firstAfter - 1;
  for (let visit = 0; visit < out.length; visit++) {
    const after = visit >= firstAfter;
    switch (strategy) {
      case "MAR":
        out[visit] = own[visit]!;
        break;
      case "CR":
        out[visit] = firstAfter < out.length ? reference[visit]! : own[visit]!;
        break;
      case "JR":
        out[visit] = after ? reference[visit]! : own[visit]!;
        break;
      case "CIR":
        if (!after) out[visit] = own[visit]!;
        else out[visit] = last < 0 ? reference[visit]! : own[last]! + reference[visit]! - reference[last]!;
        break;
      case "LMCF":
        out[visit] = after && last >= 0 ? own[last]! : own[visit]!;
        break;
    }
  }
}

/**
 * Covariance of a patient's values over the visits under a strategy (METHODS.md eq. (D5)).
 *
 * @param own - Covariance in the patient's arm, shape [m · m].
 * @param reference - Covariance in the reference arm, shape [m · m].
 * @param firstAfter - Index of the first visit after the event; m when there was none.
 * @returns Shape [m · m]; one of the arguments itself where nothing is mixed.
 */
export function strategyCovariance(
  strategy: ImputationStrategy,
  own: Float64Array,
  reference: Float64Array,
  firstAfter: number,
  visits: number,
): Float64Array {
  if (own === reference || firstAfter >= visits) return own;
  switch (strategy) {
    case "MAR":
    case "LMCF":
      return own;
    case "CR":
      return reference;
    case "JR":
    case "CIR":
      return firstAfter === 0 ? reference : mixedCovariance(own, reference, firstAfter, visits);
  }
}

/** Own covariance before the event, the reference arm's regression of later on earlier values after it. */
function mixedCovariance(own: Float64Array, reference: Float64Array, before: number, m: number): Float64Array {
  const head = new Float64Array(before * before);
  for (let a = 0; a < before; a++) for (let b = 0; b < before; b++) head[a * before + b] = reference[a * m + b]!;
  const factored = choleskyDecompose(head, before);
  if (!factored.ok) return reference;
  const out = own.slice();
  const slopes = Array.from({ length: m - before }, (_, t) => {
    const row = Float64Array.from({ length: before }, (_, a) => reference[(before + t) * m + a]!);
    choleskySolveInPlace(factored.factor, before, row);
    return row;
  });
  for (let t = before; t < m; t++) {
    const slope = slopes[t - before]!;
    for (let a = 0; a < before; a++) {
      let sum = 0;
      for (let b = 0; b < before; b++) sum += slope[b]! * own[b * m + a]!;
      out[t * m + a] = sum;
      out[a * m + t] = sum;
    }
    for (let s = before; s <= t; s++) {
      let sum = reference[t * m + s]!;
      for (let a = 0; a < before; a++)
        for (let b = 0; b < before; b++)
          sum -= slope[a]! * (reference[a * m + b]! - own[a * m + b]!) * slopes[s - before]![b]!;
      out[t * m + s] = sum;
      out[s * m + t] = sum;
    }
  }
  return out;
}
