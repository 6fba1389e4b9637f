import { BAND_LEVELS } from "./gaussian-joint/band-calibration.ts";

/** Law of one discrete outcome: probabilities of the codes 0, 1, 2, … */
export interface DiscreteLaw {
  readonly kind: "discrete";
  /** Sum 1; the last one of a count stands for that count and all above it, which have no noticeable probability. */
  readonly probabilities: Float64Array;
}

/**
 * Generalised quantile: the smallest code with P(Y ≤ code) ≥ p.
 *
 * @param law - Law.
 * @param p - In (0, 1).
 */
export function discreteQuantile(law: DiscreteLaw, p: number): number {
  let below = 0;
  for (let k = 0; k < law.probabilities.length; k++) {
    below += law.probabilities[k]!;
    // Rounding of a sum of probabilities must not move a quantile to the next code.
    if (below >= p - 1e-12) return k;
  }
  return law.probabilities.length - 1;
}

/** Mean of the code. */
export function discreteMean({ probabilities }: DiscreteLaw): number {
  return probabilities.reduce((sum, p, k) => sum + k * p, 0);
}

/** Variance of the code. */
export function discreteVariance(law: DiscreteLaw): number {
  const mean = discreteMean(law);
  return law.probabilities.reduce((sum, p, k) => sum + (k - mean) ** 2 * p, 0);
}

/**
 * Central prediction sets of the 50, 80 and 95 % levels: from the (1 − level)/2 to the (1 + level)/2 quantile, so that each set
 * holds at least its level. They consist of codes and never leave the values that the outcome can take.
 *
 * @param law - Law.
 * @param into - [3 × 2] lower and upper end per level, at `at`; changed.
 */
export function setDiscreteBands(law: DiscreteLaw, into: Float64Array, at: number): void {
  BAND_LEVELS.forEach((level, k) => {
    into[at + 2 * k] = discreteQuantile(law, (1 - level) / 2);
    into[at + 2 * k + 1] = discreteQuantile(law, (1 + level) / 2);
  });
}

/**
 * Randomised probability integral transform: P(Y < y) + u P(Y = y), uniform when the law is true.
 *
 * @param law - Law.
 * @param observed - Code.
 * @param u - Uniform on (0, 1), independent of everything.
 *
 * Source: Smith (1985), J. Forecasting 4:283–291; Czado, Gneiting & Held (2009), Biometrics 65:1254–1261.
 */
export function randomisedPit({ probabilities }: DiscreteLaw, observed: number, u: number): number {
  let below = 0;
  for (let k = 0; k < observed && k < probabilities.length; k++) below += probabilities[k]!;
  const pit = below + u * (probabilities[observed] ?? 0);
  return Math.min(1, Math.max(0, pit));
}

/**
 * Ranked probability score Σ_k (P(Y ≤ k) − 1{y ≤ k})²: the continuous ranked probability score of a law on whole numbers; of a
 * binary outcome the Brier score.
 *
 * @param law - Law.
 * @param observed - Code.
 */
export function rankedProbabilityScore({ probabilities }: DiscreteLaw, observed: number): number {
  let below = 0;
  let score = 0;
  const last = Math.max(probabilities.length - 1, observed);
  for (let k = 0; k < last; k++) {
    below += probabilities[k] ?? 0;
    score += (below - (observed <= k ? 1 : 0)) ** 2;
  }
  return score;
}
