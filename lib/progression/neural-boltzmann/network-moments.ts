import { hiddenStates } from "./hidden-states.ts";
import type { LikelihoodProblem } from "./likelihood-backend.ts";
import { createNetworkValues, evaluateNetwork } from "./network.ts";
import { networkLayout } from "./network-layout.ts";
import { patternReader } from "./observation-pattern.ts";
import { createHiddenPosterior, type HiddenPosterior, hiddenPosterior, type OutcomeLaw } from "./outcome-law.ts";
import type { LearntNetwork } from "./train-together.ts";

/**
 * Mean and covariance of the outcomes of one network given what is observed; exact. METHODS.md, equation (N5).
 *
 * In SDs about μ: mean ê + CU E[h | y_o], covariance C + CU (E[hhᵀ | y_o] − E[h | y_o] E[h | y_o]ᵀ) UᵀC, with ê the expectation of
 * all residuals given those observed and C what remains unknown (R itself when nothing is observed).
 *
 * @param law - μ, log τ, W of the patient.
 * @param remainder - [n × n] C.
 * @param posterior - From `hiddenPosterior` for the same patient.
 * @param mean - [n] receives the mean.
 * @param covariance - [n × n] receives the covariance; null when not needed.
 */
export function networkMoments(
  law: OutcomeLaw,
  remainder: Float64Array,
  posterior: HiddenPosterior,
  mean: Float64Array,
  covariance: Float64Array | null,
): void {
  const { first, second, completed, remaining } = posterior;
  const n = law.mean.length;
  const H = first.length;
  for (let j = 0; j < n; j++) {
    let shift = completed[j]!;
    for (let k = 0; k < H; k++) shift += remaining[j * H + k]! * first[k]!;
    mean[j] = law.mean[j]! + shift * Math.exp(-0.5 * law.logPrecision[j]!);
  }
  if (covariance === null) return;
  for (let i = 0; i < n; i++) {
    const si = Math.exp(-0.5 * law.logPrecision[i]!);
    for (let j = 0; j <= i; j++) {
      let value = remainder[i * n + j]!;
      for (let k = 0; k < H; k++) {
        let inner = 0;
        for (let l = 0; l < H; l++) inner += (second[k * H + l]! - first[k]! * first[l]!) * remaining[j * H + l]!;
        value += remaining[i * H + k]! * inner;
      }
      value *= si * Math.exp(-0.5 * law.logPrecision[j]!);
      covariance[i * n + j] = value;
      covariance[j * n + i] = value;
    }
  }
}

/**
 * Held-out residuals of each network over their SD given baseline, one list per outcome. METHODS.md, equation (N11).
 *
 * @param problem - All patients; its R is not read.
 * @param networks - Trained.
 * @param heldOut - Positions of the patients that each network has not learnt from.
 */
export function heldOutResiduals(
  problem: LikelihoodProblem,
  networks: readonly LearntNetwork[],
  heldOut: readonly Int32Array[],
): Float64Array[] {
  const { inputs: I, outcomes: n, hidden } = problem.shape;
  const layout = networkLayout(problem.shape);
  const states = hiddenStates(hidden);
  const values = createNetworkValues(layout);
  const posterior = createHiddenPosterior(n, states);
  const unseen = new Float64Array(n).fill(Number.NaN);
  const mean = new Float64Array(n);
  const covariance = new Float64Array(n * n);
  const residuals: number[][] = Array.from({ length: n }, () => []);
  networks.forEach(({ weights, correlation }, s) => {
    const nothing = patternReader(correlation, n)(unseen, 0);
    for (const i of heldOut[s]!) {
      evaluateNetwork(layout, weights, problem.inputs, i * I, values);
      hiddenPosterior(values, correlation, nothing, states, unseen, 0, posterior);
      networkMoments(values, nothing.remainder, posterior, mean, covariance);
      for (let j = 0; j < n; j++) {
        const value = problem.outcomes[i * n + j]!;
        if (!Number.isNaN(value)) residuals[j]!.push((value - mean[j]!) / Math.sqrt(covariance[j * n + j]!));
      }
    }
  });
  return residuals.map((list) => Float64Array.from(list));
}
