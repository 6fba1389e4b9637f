import { invalidInput } from "../errors/domain-error.ts";
import { betaQuantile, betaUpperQuantile } from "./beta.ts";
import { normalUpperQuantile } from "./normal.ts";

/** Confidence interval for a probability. */
export interface ProbabilityInterval {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Exact two-sided confidence interval for a probability (Clopper–Pearson).
 *
 * @param successes - Whole number in 0 … trials.
 * @param trials - Whole number, at least 1.
 * @param confidence - Two-sided confidence in (0, 1); 0.95 by default.
 * @returns Limits in [0, 1]; with 0 successes the lower is 0, with none missing the upper is 1.
 * @throws DomainError INVALID_INPUT for counts or confidence out of range.
 *
 * @remarks Lower: α/2 quantile of Beta(x, n−x+1); upper: 1 − α/2 quantile of Beta(x+1, n−x).
 *
 * Source: Clopper & Pearson (1934), Biometrika 26:404–413.
 */
export function clopperPearsonInterval(successes: number, trials: number, confidence = 0.95): ProbabilityInterval {
  assertCounts(successes, trials, confidence);
  const tail = (1 - confidence) / 2;
  return {
    lower: successes === 0 ? 0 : betaQuantile(tail, successes, trials - successes + 1),
    upper: successes === trials ? 1 : betaUpperQuantile(tail, successes + 1, trials - successes),
  };
}

/**
 * Exact one-sided upper confidence limit for a probability: with no events in n trials it is 1 − (1 − confidence)^{1/n}.
 *
 * @param successes - Whole number in 0 … trials.
 * @param trials - Whole number, at least 1.
 * @param confidence - One-sided confidence in (0, 1); 0.95 by default.
 */
export function exactUpperLimit(successes: number, trials: number, confidence = 0.95): number {
  assertCounts(successes, trials, confidence);
  return successes === trials ? 1 : betaUpperQuantile(1 - confidence, successes + 1, trials - successes);
}

/**
 * Score interval for a probability (Wilson).
 *
 * @remarks Roots of |p̂ − p| = z √(p(1−p)/n). Arguments as {@link clopperPearsonInterval}.
 *
 * Source: Wilson (1927), JASA 22:209–212.
 */
export function wilsonInterval(successes: number, trials: number, confidence = 0.95): ProbabilityInterval {
  assertCounts(successes, trials, confidence);
  const z = normalUpperQuantile((1 - confidence) / 2);
  const share = successes / trials;
  const weight = 1 + (z * z) / trials;
  const centre = (share + (z * z) / (2 * trials)) / weight;
  const half = (z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials))) / weight;
  return {
    lower: successes === 0 ? 0 : Math.max(0, centre - half),
    upper: successes === trials ? 1 : Math.min(1, centre + half),
  };
}

function assertCounts(successes: number, trials: number, confidence: number): void {
  if (!Number.isInteger(trials) || trials < 1)
    throw invalidInput("trials", trials, "must be a whole number of at least 1");
  if (!Number.isInteger(successes) || successes < 0 || successes > trials) {
    throw invalidInput("successes", successes, `must be a whole number from 0 to ${trials}`);
  }
  if (!(confidence > 0 && confidence < 1)) throw invalidInput("confidence", confidence, "must lie between 0 and 1");
}
