import { invalidInput } from "../../errors/domain-error.ts";

/** Exact null distribution of a sum of whole-number scores. */
export interface ScoreSumDistribution {
  /** Smallest possible sum. */
  readonly minimum: number;
  /** P(sum = minimum + j), shape [range + 1]. */
  readonly probabilities: Float64Array;
}

/** Largest table that the exact distribution may need. */
const MAXIMUM_CELLS = 4e8;

/**
 * Distribution of the sum of the scores of a random subset of given size, by adding one score at a time
 * (METHODS.md eq. (W6)). With ranks as scores it is Wilcoxon's, with doubled midranks the same conditional on ties.
 *
 * @param scores - Whole numbers ≥ 0, one a subject.
 * @param size - Size of the subset.
 * @throws DomainError INVALID_INPUT when the table would be too large.
 *
 * Source: Streitberg & Röhmel (1986), Stat. Software Newsletter 12:10–17 (shift algorithm).
 */
export function subsetSumDistribution(scores: ArrayLike<number>, size: number): ScoreSumDistribution {
  const n = scores.length;
  const sorted = Float64Array.from(scores).sort();
  let minimum = 0;
  let maximum = 0;
  for (let i = 0; i < size; i++) {
    minimum += sorted[i]!;
    maximum += sorted[n - 1 - i]!;
  }
  if (n * size * (maximum + 1) > MAXIMUM_CELLS * 4)
    throw invalidInput(
      "test",
      n,
      "is too large a number of patients for an exact rank distribution",
      "Choose the normal approximation.",
    );
  // share[k][s]: P(k of the subjects seen so far are in the subset, with sum s); weights keep every number below 1.
  const width = maximum + 1;
  const share = new Float64Array((size + 1) * width);
  share[0] = 1;
  const reach = new Float64Array(size + 1).fill(-1);
  reach[0] = 0;
  for (let i = 0; i < n; i++) {
    const score = sorted[i]!;
    for (let k = Math.min(size, i + 1); k >= 0; k--) {
      // Chance that the next subject is drawn, given how many were drawn before.
      const stay = i - k < 0 ? 0 : 1 - (size - k) / (n - i);
      const row = k * width;
      const top = reach[k]!;
      if (top >= 0 && stay !== 1) for (let s = 0; s <= top; s++) share[row + s]! *= Math.max(0, stay);
      if (k > 0 && reach[k - 1]! >= 0) {
        const drawn = (size - k + 1) / (n - i);
        const from = (k - 1) * width;
        const limit = Math.min(reach[k - 1]!, maximum - score);
        for (let s = 0; s <= limit; s++) share[row + s + score]! += drawn * share[from + s]!;
        reach[k] = Math.max(reach[k]!, limit + score);
      }
    }
  }
  const start = size * width;
  return { minimum, probabilities: share.slice(start + minimum, start + maximum + 1) };
}

/**
 * Distribution of the sum of the scores that get a positive sign, signs being fair coins: Wilcoxon's signed rank
 * distribution (METHODS.md eq. (W8)).
 */
export function signedSumDistribution(scores: ArrayLike<number>): ScoreSumDistribution {
  let total = 0;
  for (let i = 0; i < scores.length; i++) total += scores[i]!;
  if (scores.length * (total + 1) > MAXIMUM_CELLS)
    throw invalidInput(
      "test",
      scores.length,
      "is too large a number of pairs for an exact rank distribution",
      "Choose the normal approximation.",
    );
  const probabilities = new Float64Array(total + 1);
  probabilities[0] = 1;
  let top = 0;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    for (let s = top; s >= 0; s--) {
      const half = probabilities[s]! / 2;
      probabilities[s] = half;
      probabilities[s + score]! += half;
    }
    top += score;
  }
  return { minimum: 0, probabilities };
}

/** P(sum ≤ value). */
export function lowerTailOfSum({ minimum, probabilities }: ScoreSumDistribution, value: number): number {
  let sum = 0;
  const last = Math.min(probabilities.length - 1, Math.floor(value - minimum + 1e-9));
  for (let j = 0; j <= last; j++) sum += probabilities[j]!;
  return Math.min(1, sum);
}

/** P(sum ≥ value). */
export function upperTailOfSum({ minimum, probabilities }: ScoreSumDistribution, value: number): number {
  let sum = 0;
  const first = Math.max(0, Math.ceil(value - minimum - 1e-9));
  for (let j = probabilities.length - 1; j >= first; j--) sum += probabilities[j]!;
  return Math.min(1, sum);
}

/** Smallest value with P(sum ≤ value) ≥ level. */
export function quantileOfSum({ minimum, probabilities }: ScoreSumDistribution, level: number): number {
  let sum = 0;
  for (let j = 0; j < probabilities.length; j++) {
    sum += probabilities[j]!;
    if (sum >= level * (1 - 64 * Number.EPSILON)) return minimum + j;
  }
  return minimum + probabilities.length - 1;
}
