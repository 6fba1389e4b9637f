import type { Rng } from "../../numerics/rng.ts";
import { createAdamW } from "../neural-boltzmann/adamw.ts";
import { float64Backend } from "../neural-boltzmann/float64-backend.ts";
import type { LikelihoodProblem } from "../neural-boltzmann/likelihood-backend.ts";
import type { NetworkLayout } from "../neural-boltzmann/network-layout.ts";
import { DEFAULT_NEURAL_OPTIONS } from "../neural-boltzmann/neural-boltzmann-options.ts";
import { principalSteps } from "../neural-boltzmann/principal-steps.ts";
import type { LearntNetwork } from "../neural-boltzmann/train-together.ts";
import type { FederatedNetworks, FederationPlan } from "./federation-plan.ts";
import { stepNoise } from "./gaussian-noise.ts";

/**
 * Steps over all patients of a site with the Gaussian mechanism: the gradient of each patient's log-density is shortened to
 * length C, normal noise is added to their sum, and the optimiser steps along the result. R stays that of the start.
 * METHODS.md, equation (FE21).
 *
 * @param plan - With noise.
 * @param member - Its member.
 * @param problem - The site's patients.
 * @param from - Current average.
 * @param anchor - What weight decay pulls towards.
 * @param rows - Patients with an outcome.
 * @param steps - How many.
 * @param rng - The site's secret.
 */
export function noisyTraining(
  plan: FederationPlan,
  member: FederatedNetworks,
  problem: LikelihoodProblem,
  layout: NetworkLayout,
  from: LearntNetwork,
  anchor: Float64Array,
  rows: Int32Array,
  steps: number,
  rng: Rng,
): LearntNetwork {
  const likelihood = float64Backend.open({ ...problem, correlation: from.correlation });
  const { weightDecay } = DEFAULT_NEURAL_OPTIONS.schedule;
  const settings = { learningRate: member.learningRate, weightDecay };
  const optimiser = createAdamW(anchor, settings, principalSteps(layout, from.correlation));
  const weights = Float64Array.from(from.weights);
  const own = new Float64Array(layout.size);
  const sum = new Float64Array(layout.size);
  const deviation = stepNoise(plan, member);
  // The exact number of patients is not protected by the noise; its multiple of the minimum cell size is known to all.
  const { minimum } = plan.smallCells;
  const count = Math.max(minimum, Math.floor(rows.length / minimum) * minimum);
  for (let step = 0; step < steps; step++) {
    sum.fill(0);
    for (let r = 0; r < rows.length; r++) {
      likelihood.evaluate(weights, rows.subarray(r, r + 1), own);
      addClipped(own, member.gradientClip, sum);
    }
    for (let k = 0; k < sum.length; k++) sum[k] = -(sum[k]! + deviation * rng.normal()) / count;
    optimiser.step(weights, sum);
  }
  return { weights, correlation: from.correlation };
}

/** Adds a vector no longer than the limit; one that is not finite counts as 0. */
function addClipped(vector: Float64Array, limit: number, into: Float64Array): void {
  let square = 0;
  for (const value of vector) square += value * value;
  if (!Number.isFinite(square)) return;
  const share = Math.min(1, limit / Math.sqrt(square));
  if (!Number.isFinite(share)) return;
  for (let k = 0; k < into.length; k++) into[k]! += share * vector[k]!;
}
