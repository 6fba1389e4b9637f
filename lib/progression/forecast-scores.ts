import { normalCdf, normalDensity } from "../numerics/normal.ts";
import { type DiscreteLaw, randomisedPit, rankedProbabilityScore } from "./discrete-law.ts";
import { toWorking } from "./gaussian-joint/outcome-transform.ts";
import { type TransformedNormal, transformedCrps } from "./gaussian-joint/transformed-normal.ts";

/** How one observed outcome lies in the law that was predicted for it. */
export interface ForecastScores {
  /** Probability integral transform F(y); randomised for a discrete outcome. */
  readonly pit: number;
  /** Continuous ranked probability score, analysis scale. METHODS.md, equation (P15). */
  readonly crps: number;
}

/**
 * @param mean - Of the prediction.
 * @param deviation - SD of the prediction.
 * @param law - Where the prediction is not normal about the mean.
 * @param observed - Outcome.
 * @param uniform - Number in (0, 1) that randomises the transform of a discrete outcome.
 */
export function forecastScores(
  mean: number,
  deviation: number,
  law: TransformedNormal | DiscreteLaw | null | undefined,
  observed: number,
  uniform = 0.5,
): ForecastScores {
  if (law != null && "probabilities" in law) {
    return { pit: randomisedPit(law, observed, uniform), crps: rankedProbabilityScore(law, observed) };
  }
  if (law === null || law === undefined || law.transform.kind === "identity") {
    const z = (observed - mean) / deviation;
    return { pit: normalCdf(z), crps: normalCrps(z, deviation) };
  }
  const z = (toWorking(law.transform, observed) - law.mean) / law.deviation;
  return { pit: normalCdf(z), crps: transformedCrps(law, observed) };
}

/**
 * Continuous ranked probability score of a normal prediction, SD times [z(2Φ(z) − 1) + 2φ(z) − 1/√π].
 *
 * @param z - (observed − mean) / SD.
 * @param deviation - SD of the prediction.
 *
 * Source: Gneiting & Raftery (2007), JASA 102:359–378, equation (21).
 */
export function normalCrps(z: number, deviation: number): number {
  return deviation * (z * (2 * normalCdf(z) - 1) + 2 * normalDensity(z) - 1 / Math.sqrt(Math.PI));
}
