import { invalidInput } from "../errors/domain-error.ts";
import { findRoot } from "../numerics/root-finding.ts";
import { crossingProbability } from "./crossing-probability.ts";

/** A trial that has stopped: what it planned up to then, and what it saw. */
export interface StoppedTrial {
  /** Information fractions of the analyses held, the last being the one it stopped at; shape [k]. */
  readonly informationFractions: readonly number[];
  /** Efficacy bounds of the earlier analyses, Z scale; shape [k − 1] (more are ignored). */
  readonly efficacyBounds: readonly number[];
  /** Z at the analysis it stopped at. */
  readonly z: number;
  /** Binding futility bounds of the earlier analyses; leave out when futility is non-binding. */
  readonly bindingFutility?: readonly number[];
}

/** Inference on the drift scale (E[Z] at information fraction 1); divide by √I_max for the effect scale. */
export interface StagewiseInference {
  /** One-sided p-value against no effect. */
  readonly oneSidedPValue: number;
  readonly medianUnbiasedDrift: number;
  readonly lowerDrift: number;
  readonly upperDrift: number;
}

/**
 * Stage-wise ordering p-value: probability under a given drift of a result at least as extreme, where stopping earlier
 * for efficacy counts as more extreme.
 *
 * @param trial - Stopped trial.
 * @param drift - Drift of the hypothesis; 0 for no effect.
 * @returns One-sided p-value in [0, 1].
 * @throws DomainError INVALID_INPUT for inadmissible fractions or missing earlier bounds.
 *
 * @remarks METHODS.md eq. (G23). Source: Tsiatis, Rosner & Mehta (1984), Biometrics 40:797–803.
 * Reference values: gs_analysis.json (rpact 3.3.4).
 */
export function stagewisePValue(trial: StoppedTrial, drift = 0): number {
  const { informationFractions, efficacyBounds, z, bindingFutility } = trial;
  const earlier = informationFractions.length - 1;
  if (!Number.isFinite(z)) throw invalidInput("z", z, "must be a finite number");
  if (efficacyBounds.length < earlier)
    throw invalidInput("efficacyBounds", efficacyBounds, `must hold the bounds of the ${earlier} earlier analyses`);
  const upper = [...efficacyBounds.slice(0, earlier), z];
  const lower = upper.map((_, k) => (k < earlier ? (bindingFutility?.[k] ?? -Infinity) : -Infinity));
  return crossingProbability({ informationFractions, upper, lower }, drift).upper.reduce((sum, p) => sum + p, 0);
}

/**
 * P-value, median-unbiased estimate and confidence interval after a group sequential trial has stopped.
 *
 * @param trial - Stopped trial.
 * @param oneSidedError - Error on each side of the interval; 0.025 gives 95 %.
 * @returns P-value against no effect; estimate and limits as drifts.
 * @throws DomainError INVALID_INPUT unless the error lies in (0, 0.5).
 *
 * @remarks METHODS.md eq. (G23)–(G24). The interval excludes 0 exactly when the p-value is below the error.
 * Source: Tsiatis, Rosner & Mehta (1984), Biometrics 40:797–803. Reference values: gs_analysis.json (rpact 3.3.4).
 */
export function stagewiseInference(trial: StoppedTrial, oneSidedError: number): StagewiseInference {
  if (!(oneSidedError > 0 && oneSidedError < 0.5))
    throw invalidInput("oneSidedError", oneSidedError, "must lie between 0 and 0.5");
  return {
    oneSidedPValue: stagewisePValue(trial),
    medianUnbiasedDrift: driftWithPValue(trial, 0.5),
    lowerDrift: driftWithPValue(trial, oneSidedError),
    upperDrift: driftWithPValue(trial, 1 - oneSidedError),
  };
}

/** The p-value grows with the drift from 0 to 1; widen a bracket around the plain estimate until it holds the target. */
function driftWithPValue(trial: StoppedTrial, target: number): number {
  const root = Math.sqrt(trial.informationFractions.at(-1) ?? 1);
  const excess = (drift: number) => stagewisePValue(trial, drift) - target;
  let width = 4 / root;
  let from = trial.z / root - width;
  let to = trial.z / root + width;
  for (; excess(from) > 0; width *= 2) from -= width;
  for (; excess(to) < 0; width *= 2) to += width;
  return findRoot(excess, from, to, { absoluteTolerance: 1e-10 }).value;
}
