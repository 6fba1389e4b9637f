import { choleskyInPlace, choleskySolveInPlace } from "../../numerics/cholesky.ts";
import type { LinearPredictor } from "../comparators/linear-predictor.ts";
import type { PatternCell } from "./pattern-statistics.ts";

/** A linear function of the items of a cell, or null where the cell does not have it. */
export type CellResponse = (
  cell: PatternCell,
) => { readonly constant: number; readonly coefficients: ReadonlyMap<number, number> } | null;

/** A predictor whose part not explained by those before it is smaller than this share of its variance is left out. */
const DETERMINED = 1e-10;

/**
 * Least squares of a linear function of the items on some of them, from pattern statistics alone: that of
 * `fitLinearPredictor` on the patients themselves, the rule for missing predictors included. METHODS.md, equation (FE6).
 *
 * @param cells - Patients.
 * @param predictors - Positions of the predictors; a missing one stands at its mean over these patients.
 * @param response - What is regressed.
 * @returns Null when no cell has the response.
 */
export function linearFromCells(
  cells: readonly PatternCell[],
  predictors: readonly number[],
  response: CellResponse,
): LinearPredictor | null {
  const used = cells.flatMap((cell) => {
    const linear = response(cell);
    return linear === null ? [] : [{ cell, linear }];
  });
  if (used.length === 0) return null;
  const K = predictors.length;
  const means = Float64Array.from(predictors, (j) =>
    meanOf(
      used.map(({ cell }) => cell),
      j,
    ),
  );
  // Normal equations of (1, x − x̄ or 0 where missing) from counts, means and scatters.
  const size = K + 1;
  const matrix = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (const { cell, linear } of used) {
    const n = cell.patients;
    const place = new Map(cell.observed.map((j, a) => [j, a]));
    const scatter = (a: number, b: number) => cell.scatter[a >= b ? (a * (a + 1)) / 2 + b : (b * (b + 1)) / 2 + a]!;
    const at = predictors.map((j) => place.get(j));
    const centred = at.map((a, k) => (a === undefined ? 0 : cell.mean[a]! - means[k]!));
    const terms = [...linear.coefficients].map(([j, factor]) => ({ a: place.get(j)!, factor }));
    const level = terms.reduce((sum, { a, factor }) => sum + factor * cell.mean[a]!, linear.constant);
    matrix[0]! += n;
    right[0]! += n * level;
    at.forEach((a, k) => {
      if (a === undefined) return;
      matrix[(k + 1) * size]! += n * centred[k]!;
      const together = terms.reduce((sum, term) => sum + term.factor * scatter(a, term.a), 0);
      right[k + 1]! += n * centred[k]! * level + together;
      for (let l = 0; l <= k; l++) {
        const b = at[l];
        if (b !== undefined) matrix[(k + 1) * size + l + 1]! += n * centred[k]! * centred[l]! + scatter(a, b);
      }
    });
  }
  return linearFromNormalEquations(matrix, right, means);
}

/**
 * Least squares from its normal equations.
 *
 * @param matrix - [(K + 1)²] lower triangle of Σ (1, x − x̄)(1, x − x̄)ᵀ.
 * @param right - [K + 1] Σ (1, x − x̄) response.
 * @param means - [K] x̄.
 * @returns Null where they cannot be solved.
 */
export function linearFromNormalEquations(
  matrix: Float64Array,
  right: Float64Array,
  means: Float64Array,
): LinearPredictor | null {
  const size = right.length;
  const kept = independent(matrix, size);
  const p = kept.length;
  const factor = new Float64Array(p * p);
  for (let a = 0; a < p; a++) for (let b = 0; b <= a; b++) factor[a * p + b] = matrix[kept[a]! * size + kept[b]!]!;
  const solution = Float64Array.from(kept, (k) => right[k]!);
  if (choleskyInPlace(factor, p) !== -1) return null;
  choleskySolveInPlace(factor, p, solution);
  const all = new Float64Array(size);
  kept.forEach((k, a) => {
    all[k] = solution[a]!;
  });
  return { intercept: all[0]!, slopes: all.slice(1), means };
}

function meanOf(cells: readonly PatternCell[], column: number): number {
  let count = 0;
  let sum = 0;
  for (const { observed, patients, mean } of cells) {
    const a = observed.indexOf(column);
    if (a < 0) continue;
    count += patients;
    sum += patients * mean[a]!;
  }
  return count > 0 ? sum / count : 0;
}

/** Positions that the ones before them do not determine, by Gaussian elimination of the lower triangle. */
function independent(matrix: Float64Array, size: number): number[] {
  const work = new Float64Array(size * size);
  for (let a = 0; a < size; a++)
    for (let b = 0; b <= a; b++) work[a * size + b] = work[b * size + a] = matrix[a * size + b]!;
  const kept: number[] = [];
  for (let k = 0; k < size; k++) {
    const pivot = work[k * size + k]!;
    if (!(pivot > DETERMINED * matrix[k * size + k]!)) continue;
    kept.push(k);
    for (let a = k + 1; a < size; a++) {
      const share = work[a * size + k]! / pivot;
      for (let b = k + 1; b < size; b++) work[a * size + b]! -= share * work[k * size + b]!;
    }
  }
  return kept;
}
