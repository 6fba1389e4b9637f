import { DomainError } from "../../errors/domain-error.ts";
import { choleskyDecompose } from "../../numerics/cholesky.ts";
import type { MemberModel, OutcomeMoments, PatientHistory } from "../member.ts";
import { drawNormal } from "../normal-draws.ts";
import { BAND_LEVELS } from "./band-calibration.ts";
import { type ConditionalLaw, conditionalLaw, conditionalMean, squaredDistance } from "./conditional.ts";
import type { CurvedLaw } from "./gaussian-joint-parameters.ts";
import { patternKey } from "./missing-patterns.ts";
import { fromWorking, toWorking } from "./outcome-transform.ts";
import { predictiveVariance } from "./predictive-variance.ts";
import { splineValue } from "./spline-term.ts";
import {
  hermiteCoefficients,
  type TransformedNormal,
  transformedMean,
  transformedVariance,
} from "./transformed-normal.ts";

/** What is known of one patient's outcomes, as normal laws on the working scale. */
interface WorkingLaw {
  readonly law: ConditionalLaw;
  /** [t × t] Cholesky factor of the conditional covariance. */
  readonly factor: Float64Array;
  /** [t] law of each outcome not observed, parameter uncertainty and inflation included. */
  readonly outcomes: readonly TransformedNormal[];
}

/** The Gaussian joint model on its working scales, ready to predict. */
export interface CurvedJointModel extends MemberModel {
  readonly kind: "gaussian-joint";
  /** Law of every outcome; null where the outcome was observed. */
  outcomeLaws(history: PatientHistory): readonly (TransformedNormal | null)[];
  /** [E·V × 3 × 2] limits of the 50, 80 and 95 % bands, images of the working scale's; the value itself where observed. */
  bands(history: PatientHistory): Float64Array;
}

/**
 * Moments, bands and draws given any history: the law is normal on the working scale, with the variance of (P8), d² over
 * everything conditioned on; means are exact means on the analysis scale, draws and bands are images of the working scale's.
 * METHODS.md, equations (P26)–(P28).
 *
 * @param curved - From training.
 * @throws DomainError NOT_ESTIMABLE at first use when the covariance is not positive definite.
 */
export function openCurvedJoint(curved: CurvedLaw): CurvedJointModel {
  const D = curved.mean.length;
  const Q = curved.featureEndpoints.length;
  const first = Q + curved.terms.length;
  const cells = D - first;
  const visits = cells / curved.transforms.length;
  const mean = Float64Array.from(curved.mean);
  const covariance = Float64Array.from(curved.covariance);
  const patterns = new Map<string, { law: ConditionalLaw; factor: Float64Array }>();
  const values = new Float64Array(D);
  const transformOf = (cell: number) => curved.transforms[Math.floor(cell / visits)]!;

  const lawOf = (history: PatientHistory): WorkingLaw => {
    curved.featureEndpoints.forEach((endpoint, q) => {
      const value = history.features[q]!;
      values[q] = endpoint === null ? value : toWorking(curved.transforms[endpoint]!, value);
    });
    curved.terms.forEach((term, s) => {
      values[Q + s] = splineValue(term, history.features[term.feature]!);
    });
    for (let cell = 0; cell < cells; cell++) {
      values[first + cell] = toWorking(transformOf(cell), history.observed[cell]!);
    }
    const { law, factor } = patternLaw();
    const centre = new Float64Array(law.target.length);
    conditionalMean(law, mean, values, centre);
    const distance = squaredDistance(law, mean, values);
    const t = law.target.length;
    const outcomes = Array.from(law.target, (j, a) => {
      const cell = j - first;
      const variance = predictiveVariance(
        law.covariance[a * t + a]!,
        distance,
        curved.outcomeCounts[cell]!,
        curved.priorWeight,
        curved.predictionInflation[cell]!,
      );
      return { transform: transformOf(cell), mean: centre[a]!, deviation: Math.sqrt(variance) };
    });
    return { law, factor, outcomes };
  };

  const patternLaw = () => {
    const key = patternKey(values, 0, D);
    const known = patterns.get(key);
    if (known !== undefined) return known;
    const given: number[] = [];
    const target: number[] = [];
    for (let j = 0; j < D; j++) {
      if (!Number.isNaN(values[j]!)) given.push(j);
      else if (j >= first) target.push(j);
    }
    const law = conditionalLaw(covariance, D, Int32Array.from(given), Int32Array.from(target));
    const factored = choleskyDecompose(law.covariance, target.length);
    if (!factored.ok) throw notPositiveDefinite(target.length);
    const made = { law, factor: factored.factor };
    patterns.set(key, made);
    return made;
  };

  const meanOf = (history: PatientHistory, { law, outcomes }: WorkingLaw): Float64Array => {
    const into = Float64Array.from(history.observed);
    law.target.forEach((j, a) => {
      into[j - first] = transformedMean(outcomes[a]!);
    });
    return into;
  };

  return {
    kind: "gaussian-joint",
    featureCount: Q,
    outcomeCount: cells,
    predict(history) {
      const working = lawOf(history);
      return { mean: meanOf(history, working), ...covarianceOf(working, first, cells) };
    },
    predictMean: (history) => meanOf(history, lawOf(history)),
    drawTrajectories(history, count, rng, into) {
      const { law, factor, outcomes } = lawOf(history);
      const t = law.target.length;
      const spread = Float64Array.from(
        outcomes,
        ({ deviation }, a) => deviation / Math.sqrt(law.covariance[a * t + a]!),
      );
      const z = new Float64Array(count * t);
      drawNormal(
        new Float64Array(t),
        Int32Array.from(outcomes, (_, a) => a),
        factor,
        count,
        rng,
        z,
      );
      for (let m = 0; m < count; m++) for (let j = 0; j < cells; j++) into[m * cells + j] = history.observed[j]!;
      outcomes.forEach(({ transform, mean: centre }, a) => {
        const cell = law.target[a]! - first;
        for (let m = 0; m < count; m++) {
          into[m * cells + cell] = fromWorking(transform, centre + spread[a]! * z[m * t + a]!);
        }
      });
    },
    outcomeLaws(history) {
      const { law, outcomes } = lawOf(history);
      const all: (TransformedNormal | null)[] = new Array(cells).fill(null);
      law.target.forEach((j, a) => {
        all[j - first] = outcomes[a]!;
      });
      return all;
    },
    bands(history) {
      const { law, outcomes } = lawOf(history);
      const levels = BAND_LEVELS.length;
      const bands = Float64Array.from(
        { length: cells * levels * 2 },
        (_, k) => history.observed[Math.floor(k / (2 * levels))]!,
      );
      law.target.forEach((j, a) => {
        const cell = j - first;
        const { transform, mean: centre, deviation } = outcomes[a]!;
        const uninflated = deviation / curved.predictionInflation[cell]!;
        curved.bandMultipliers[cell]!.forEach((multiplier, k) => {
          const at = (cell * levels + k) * 2;
          bands[at] = fromWorking(transform, centre - multiplier * uninflated);
          bands[at + 1] = fromWorking(transform, centre + multiplier * uninflated);
        });
      });
      return bands;
    },
  };
}

/** [cells × cells] covariance on the analysis scale, Σ_k b_k b'_k ρ^k, and the part of the variance that the series leaves out. */
function covarianceOf(
  { law, outcomes }: WorkingLaw,
  first: number,
  cells: number,
): Pick<OutcomeMoments, "covariance" | "numericalError"> {
  const t = law.target.length;
  const coefficients = outcomes.map(hermiteCoefficients);
  const covariance = new Float64Array(cells * cells);
  let numericalError = 0;
  for (let a = 0; a < t; a++) {
    const rowA = (law.target[a]! - first) * cells;
    const variance = transformedVariance(outcomes[a]!);
    covariance[rowA + law.target[a]! - first] = variance;
    const kept = coefficients[a]!.reduce((sum, b) => sum + b * b, 0);
    numericalError = Math.max(numericalError, 1 - kept / variance);
    for (let b = 0; b < a; b++) {
      const correlation =
        law.covariance[a * t + b]! / Math.sqrt(law.covariance[a * t + a]! * law.covariance[b * t + b]!);
      let power = 1;
      let sum = 0;
      for (let k = 0; k < coefficients[a]!.length; k++) {
        power *= correlation;
        sum += coefficients[a]![k]! * coefficients[b]![k]! * power;
      }
      covariance[rowA + law.target[b]! - first] = sum;
      covariance[(law.target[b]! - first) * cells + law.target[a]! - first] = sum;
    }
  }
  return { covariance, numericalError };
}

function notPositiveDefinite(items: number): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "parameters.curved.covariance",
    received: `conditional law of ${items} outcomes`,
    requirement: "must be positive definite",
    hint: "Use the model file as it was written; check its hash.",
  });
}
