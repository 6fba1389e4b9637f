import { choleskyDecompose } from "../numerics/cholesky.ts";
import { normalCdf } from "../numerics/normal.ts";
import type { Rng } from "../numerics/rng.ts";
import type { GaussianJointParameters } from "./model-document.ts";

/** Baselines as the history's patients have them; from the law of the features, not from patients. */
export interface BaselineLaw {
  /** [Q] expected value of each feature; the share of patients for an indicator. */
  readonly mean: Float64Array;
  /** [Q] SD of each feature. */
  readonly standardDeviation: Float64Array;
  /**
   * Draws one baseline and its mirror image about the mean.
   *
   * @param baseline - [Q], filled.
   * @param mirrored - [Q], filled; the same law, negatively correlated with `baseline`.
   */
  drawPair(rng: Rng, baseline: Float64Array, mirrored: Float64Array): void;
}

/**
 * The law of complete baselines behind a frozen model: normal, with a level in place of a categorical covariate's indicators.
 *
 * One latent normal value chooses the level, so that every level has the share it has in training; its correlation with the
 * other features is that of the first indicator. METHODS.md, equation (ST6).
 *
 * @param parameters - Joint law of baseline and outcomes; Q features.
 */
export function baselineLaw(parameters: GaussianJointParameters): BaselineLaw {
  const { features } = parameters;
  const Q = features.length;
  const D = parameters.mean.length;
  const mean = Float64Array.from(parameters.mean.slice(0, Q));
  const block = Float64Array.from({ length: Q * Q }, (_, k) => parameters.covariance[Math.floor(k / Q) * D + (k % Q)]!);
  const standardDeviation = Float64Array.from({ length: Q }, (_, q) => Math.sqrt(block[q * Q + q]!));
  const factored = choleskyDecompose(block, Q);
  if (!factored.ok) throw new Error("covariance of a frozen model's features is not positive definite");
  const { factor } = factored;
  const levels = levelGroups(parameters);
  const place = (deviation: Float64Array, sign: 1 | -1, into: Float64Array): void => {
    for (let q = 0; q < Q; q++) into[q] = mean[q]! + sign * deviation[q]!;
    for (const group of levels) {
      const first = group[0]!;
      let below = 1 - normalCdf((sign * deviation[first]!) / standardDeviation[first]!);
      for (const q of group) {
        const share = Math.min(1, Math.max(0, mean[q]!));
        into[q] = below >= 0 && below < share ? 1 : 0;
        below -= share;
      }
    }
  };
  return {
    mean,
    standardDeviation,
    drawPair(rng, baseline, mirrored) {
      const z = Float64Array.from({ length: Q }, () => rng.normal());
      const deviation = new Float64Array(Q);
      for (let q = 0; q < Q; q++) {
        for (let k = 0; k <= q; k++) deviation[q]! += factor[q * Q + k]! * z[k]!;
      }
      place(deviation, 1, baseline);
      place(deviation, -1, mirrored);
    },
  };
}

/** Positions of the indicators of each categorical covariate. */
function levelGroups({ features }: GaussianJointParameters): number[][] {
  const groups = new Map<string, number[]>();
  features.forEach((feature, q) => {
    if (feature.kind !== "covariate-level") return;
    groups.set(feature.covariateId, [...(groups.get(feature.covariateId) ?? []), q]);
  });
  return [...groups.values()];
}
