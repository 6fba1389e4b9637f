import { choleskyDecompose, choleskySolveInPlace } from "../../numerics/cholesky.ts";
import { normalQuantile } from "../../numerics/normal.ts";
import type { Rng } from "../../numerics/rng.ts";
import type { IntervalEstimate } from "../../trial/interval.ts";
import { assignFolds } from "../patient-folds.ts";

const FOLDS = 5;
const PERMUTATIONS = 99;
/** Newton steps with the fixed bound of the Hessian; the same for the data and every permutation. */
const STEPS = 6;
/** Pull of the standardised coefficients towards 0, in observations. */
const RIDGE = 4;

export interface TwoSampleTest {
  /** Pairs of one observed and one drawn row. */
  readonly pairs: number;
  /** Area under the ROC curve of the classifier on pairs it was not fitted to; 0.5 when it cannot tell them apart. */
  readonly auc: number;
  /** 95 % interval of the area, pairs as clusters. */
  readonly interval: IntervalEstimate;
  /** 95 % quantile of the area when labels are exchanged at random within pairs. */
  readonly nullUpper: number;
  /** Share of permutations, and the data themselves, with an area at least as large. */
  readonly pValue: number;
}

/**
 * Classifier two-sample test: can a logistic regression tell observed rows from drawn ones of the same patients?
 * METHODS.md, equation (P22).
 *
 * @param observed - [n × p] columns of the observed trajectories.
 * @param drawn - [n × p] the same columns of drawn ones, same missing values.
 * @param count - n pairs, at least 10.
 * @param rng - Folds and permutations.
 *
 * Source: Lopez-Paz & Oquab (2017), ICLR; fixed Hessian bound: Böhning & Lindsay (1988), AISM 40:641–663.
 */
export function twoSampleTest(observed: Float64Array, drawn: Float64Array, count: number, rng: Rng): TwoSampleTest {
  const p = observed.length / count;
  const rows = standardisedRows(observed, drawn, count, p);
  const fold = assignFolds(count, FOLDS, rng.fork("folds"));
  const factors = Array.from({ length: FOLDS }, (_, k) => boundFactor(rows, fold, k, p));
  const flip = new Uint8Array(count);
  const scores = new Float64Array(2 * count);
  const area = (): number => {
    for (let k = 0; k < FOLDS; k++) scoreFold(rows, fold, k, p, factors[k]!, flip, scores);
    return areaUnderCurve(scores, flip);
  };
  const auc = area();
  const interval = areaInterval(scores);
  const source = rng.fork("permutations");
  const permuted = new Float64Array(PERMUTATIONS);
  for (let b = 0; b < PERMUTATIONS; b++) {
    for (let i = 0; i < count; i++) flip[i] = source.integer(2);
    permuted[b] = area();
  }
  permuted.sort();
  const above = permuted.filter((value) => value >= auc).length;
  return {
    pairs: count,
    auc,
    interval,
    nullUpper: permuted[Math.ceil(0.95 * (PERMUTATIONS + 1)) - 1]!,
    pValue: (1 + above) / (PERMUTATIONS + 1),
  };
}

/** [2n × p]: row 2i observed, row 2i + 1 drawn; columns with mean 0 and SD 1 over both. */
function standardisedRows(observed: Float64Array, drawn: Float64Array, n: number, p: number): Float64Array {
  const rows = new Float64Array(2 * n * p);
  for (let j = 0; j < p; j++) {
    let sum = 0;
    let square = 0;
    for (let i = 0; i < n; i++) {
      sum += observed[i * p + j]! + drawn[i * p + j]!;
      square += observed[i * p + j]! ** 2 + drawn[i * p + j]! ** 2;
    }
    const mean = sum / (2 * n);
    const deviation = Math.sqrt(Math.max(0, square / (2 * n) - mean ** 2));
    if (!(deviation > 1e-12 * (1 + Math.abs(mean)))) continue;
    for (let i = 0; i < n; i++) {
      rows[2 * i * p + j] = (observed[i * p + j]! - mean) / deviation;
      rows[(2 * i + 1) * p + j] = (drawn[i * p + j]! - mean) / deviation;
    }
  }
  return rows;
}

/** Cholesky factor of ¼ XᵀX + ridge over the training pairs of a fold; labels do not enter. */
function boundFactor(rows: Float64Array, fold: Int32Array, k: number, p: number): Float64Array {
  const matrix = new Float64Array(p * p);
  for (let i = 0; i < fold.length; i++) {
    if (fold[i] === k) continue;
    for (const row of [2 * i * p, (2 * i + 1) * p]) {
      for (let a = 0; a < p; a++) {
        const x = rows[row + a]! / 4;
        for (let b = 0; b <= a; b++) matrix[a * p + b]! += x * rows[row + b]!;
      }
    }
  }
  for (let a = 0; a < p; a++) matrix[a * p + a]! += RIDGE;
  const factored = choleskyDecompose(matrix, p);
  // Positive semidefinite plus a positive diagonal.
  if (!factored.ok) throw new Error("the bound of the Hessian is not positive definite");
  return factored.factor;
}

function scoreFold(
  rows: Float64Array,
  fold: Int32Array,
  k: number,
  p: number,
  factor: Float64Array,
  flip: Uint8Array,
  scores: Float64Array,
): void {
  const beta = new Float64Array(p);
  const gradient = new Float64Array(p);
  for (let step = 0; step < STEPS; step++) {
    for (let a = 0; a < p; a++) gradient[a] = -RIDGE * beta[a]!;
    for (let i = 0; i < fold.length; i++) {
      if (fold[i] === k) continue;
      for (let side = 0; side < 2; side++) {
        const row = (2 * i + side) * p;
        const residual = label(flip, i, side) - logistic(rows, row, beta, p);
        for (let a = 0; a < p; a++) gradient[a]! += residual * rows[row + a]!;
      }
    }
    choleskySolveInPlace(factor, p, gradient);
    for (let a = 0; a < p; a++) beta[a]! += gradient[a]!;
  }
  for (let i = 0; i < fold.length; i++) {
    if (fold[i] !== k) continue;
    for (let side = 0; side < 2; side++) {
      let sum = 0;
      for (let a = 0; a < p; a++) sum += rows[(2 * i + side) * p + a]! * beta[a]!;
      scores[2 * i + side] = sum;
    }
  }
}

function logistic(rows: Float64Array, row: number, beta: Float64Array, p: number): number {
  let sum = 0;
  for (let a = 0; a < p; a++) sum += rows[row + a]! * beta[a]!;
  return 1 / (1 + Math.exp(-sum));
}

/** 1 for the row that counts as observed. */
function label(flip: Uint8Array, pair: number, side: number): number {
  return (flip[pair]! ^ side) === 0 ? 1 : 0;
}

/** Probability that an observed row scores above a drawn one; ties count one half. */
function areaUnderCurve(scores: Float64Array, flip: Uint8Array): number {
  const order = Array.from(scores, (_, k) => k).sort((a, b) => scores[a]! - scores[b]!);
  const half = scores.length / 2;
  let rankSum = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) end++;
    const rank = (start + 1 + end) / 2;
    for (let r = start; r < end; r++) {
      const k = order[r]!;
      if (label(flip, k >> 1, k & 1) === 1) rankSum += rank;
    }
    start = end;
  }
  return (rankSum - (half * (half + 1)) / 2) / (half * half);
}

const LEVEL = 0.95;

/**
 * Interval of the area from the placements of both rows of a pair, which go together.
 * Source: Obuchowski (1997), Biometrics 53:567–578.
 */
function areaInterval(scores: Float64Array): IntervalEstimate {
  const n = scores.length / 2;
  const observed = Float64Array.from({ length: n }, (_, i) => scores[2 * i]!);
  const drawn = Float64Array.from({ length: n }, (_, i) => scores[2 * i + 1]!);
  const belowOf = shareBelow(drawn);
  const aboveOf = shareBelow(observed);
  const placements = Float64Array.from(observed, (score, i) => belowOf(score) + 1 - aboveOf(drawn[i]!));
  const mean = placements.reduce((sum, value) => sum + value, 0) / n;
  const square = placements.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const margin = normalQuantile(0.5 + LEVEL / 2) * Math.sqrt(square / (n - 1) / n);
  const value = mean / 2;
  return { value, lower: Math.max(0, value - margin), upper: Math.min(1, value + margin), level: LEVEL };
}

/** Share of the values below a number, ties counted one half. */
function shareBelow(values: Float64Array): (score: number) => number {
  const sorted = values.slice().sort();
  const firstAt = (score: number, orEqual: boolean): number => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (orEqual ? sorted[middle]! >= score : sorted[middle]! > score) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return (score) => (firstAt(score, true) + firstAt(score, false)) / (2 * sorted.length);
}

/**
 * Columns by which trajectories of one endpoint are told apart: each visit, its square, its product with the visit before
 * and with the baseline value, in SDs about the mean; 0 where missing.
 *
 * @param outcomes - [n × E·V] observed or drawn.
 * @param mask - [n × E·V] observed outcomes: what is missing there is missing in both.
 * @param baseline - [n × E].
 * @param shape - E, V, the endpoint, and mean and SD per outcome and of the baseline value.
 */
export function trajectoryColumns(
  outcomes: Float64Array,
  mask: Float64Array,
  baseline: Float64Array,
  patients: Int32Array,
  shape: {
    readonly endpoints: number;
    readonly visits: number;
    readonly endpoint: number;
    readonly location: (cell: number) => { readonly mean: number; readonly deviation: number };
    readonly baselineLocation: { readonly mean: number; readonly deviation: number };
  },
): Float64Array {
  const { visits: V, endpoints: E, endpoint: e } = shape;
  const cells = E * V;
  const p = 4 * V;
  const columns = new Float64Array(patients.length * p);
  patients.forEach((i, k) => {
    const start = baseline[i * E + e]!;
    const { mean: centre, deviation: spread } = shape.baselineLocation;
    const atBaseline = Number.isNaN(start) ? 0 : (start - centre) / spread;
    let before = atBaseline;
    for (let v = 0; v < V; v++) {
      const cell = e * V + v;
      const { mean, deviation } = shape.location(cell);
      const missing = Number.isNaN(mask[i * cells + cell]!);
      const z = missing ? 0 : (outcomes[i * cells + cell]! - mean) / deviation;
      columns.set([z, missing ? 0 : z * z - 1, z * before, z * atBaseline], k * p + 4 * v);
      before = z;
    }
  });
  return columns;
}
