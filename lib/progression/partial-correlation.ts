import { sweep } from "./gaussian-joint/sweep.ts";

/** What is left of a variance below this part of it is rounding error. */
const NOTHING_LEFT = 1e-10;

/**
 * Signed partial correlation of score and outcome given baseline value and strata, as a function of patient weights.
 *
 * corr(residual of score, residual of outcome) after least-squares regression of both on intercept, baseline value and
 * strata. 0 by convention when baseline value and strata determine the score or the outcome: nothing is left to correlate.
 *
 * @param baseline - [n].
 * @param strata - [n × S] row-major.
 * @param score - [n].
 * @param outcome - [n].
 * @returns Function of weights [n] (how often each patient counts) with values in [−1, 1]; reuses its work space.
 */
export function createPartialCorrelation(
  baseline: Float64Array,
  strata: Float64Array,
  score: Float64Array,
  outcome: Float64Array,
): (weights: Float64Array) => number {
  const n = baseline.length;
  const S = n === 0 ? 0 : strata.length / n;
  const D = S + 3;
  const columns = centredColumns(n, S, baseline, strata, score, outcome);
  // Items: 0 … S baseline and strata, S + 1 score, S + 2 outcome.
  const sums = new Float64Array(D);
  const moments = new Float64Array(D * D);
  const before = new Float64Array(D);
  const scratch = new Float64Array(D);
  return (weights) => {
    sums.fill(0);
    moments.fill(0);
    let total = 0;
    for (let i = 0; i < n; i++) {
      const w = weights[i]!;
      if (w === 0) continue;
      total += w;
      for (let a = 0; a < D; a++) {
        const x = w * columns[i * D + a]!;
        sums[a]! += x;
        for (let b = 0; b <= a; b++) moments[a * D + b]! += x * columns[i * D + b]!;
      }
    }
    for (let a = 0; a < D; a++) {
      for (let b = 0; b <= a; b++) moments[a * D + b]! -= (sums[a]! * sums[b]!) / total;
      before[a] = moments[a * D + a]!;
    }
    for (let k = 0; k <= S; k++) if (moments[k * D + k]! > NOTHING_LEFT * before[k]!) sweep(moments, D, k, scratch);
    const ofScore = moments[(S + 1) * D + S + 1]!;
    const ofOutcome = moments[(S + 2) * D + S + 2]!;
    const left = ofScore > NOTHING_LEFT * before[S + 1]! && ofOutcome > NOTHING_LEFT * before[S + 2]!;
    if (!left) return 0;
    return Math.max(-1, Math.min(1, moments[(S + 2) * D + S + 1]! / Math.sqrt(ofScore * ofOutcome)));
  };
}

/** [n × (S + 3)] every column minus its overall mean, so that sums of squares do not cancel. */
function centredColumns(
  n: number,
  S: number,
  baseline: Float64Array,
  strata: Float64Array,
  score: Float64Array,
  outcome: Float64Array,
): Float64Array {
  const D = S + 3;
  const columns = new Float64Array(n * D);
  for (let i = 0; i < n; i++) {
    columns[i * D] = baseline[i]!;
    for (let s = 0; s < S; s++) columns[i * D + 1 + s] = strata[i * S + s]!;
    columns[i * D + S + 1] = score[i]!;
    columns[i * D + S + 2] = outcome[i]!;
  }
  for (let a = 0; a < D; a++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += columns[i * D + a]!;
    for (let i = 0; i < n; i++) columns[i * D + a]! -= sum / n;
  }
  return columns;
}
