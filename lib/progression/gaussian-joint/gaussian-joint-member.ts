import { DomainError } from "../../errors/domain-error.ts";
import { choleskyDecompose } from "../../numerics/cholesky.ts";
import type { Rng } from "../../numerics/rng.ts";
import type { MemberKind, MemberModel, MemberTraining, PatientHistory } from "../member.ts";
import type { TrainingSpec } from "../model-document.ts";
import { drawNormal, scaledFactor } from "../normal-draws.ts";
import { type ConditionalLaw, conditionalLaw, conditionalMean, squaredDistance } from "./conditional.ts";
import { fitGaussianJoint, refitGaussianJoint } from "./fit-gaussian-joint.ts";
import type { GaussianJointParameters } from "./gaussian-joint-parameters.ts";
import { patternKey } from "./missing-patterns.ts";
import { openCurvedJoint } from "./open-curved-joint.ts";
import { predictiveVariance } from "./predictive-variance.ts";

export interface GaussianJointOptions {
  readonly shrinkage: TrainingSpec["shrinkage"];
  /** Whether scales and curves may be chosen; METHODS.md, equations (P25) and (P27). */
  readonly curvature: "chosen" | "none";
}

/** The Gaussian joint model as a member of the engine: exact conditioning on any history. METHODS.md, (P1)–(P8), (P25)–(P28). */
export const gaussianJointMember: MemberKind<GaussianJointParameters, GaussianJointOptions> = {
  kind: "gaussian-joint",
  name: "Gaussian joint model",
  supports: ["continuous"],
  train(training, options, rng, onProgress) {
    const { table, features, covariates, weights } = training;
    const { parameters } = fitGaussianJoint(table, features, covariates, options.shrinkage, rng, {
      weights,
      curvature: options.curvature,
    });
    onProgress(1);
    return parameters;
  },
  retrain(training: MemberTraining, _options, like) {
    return refitGaussianJoint(training.table, training.features, training.covariates, like, training.weights);
  },
  open: openGaussianJointMember,
};

/** Conditional law of the outcomes not observed, for one pattern of what is known. */
interface PatternLaw {
  readonly law: ConditionalLaw;
  /** [t × t] Cholesky factor of the conditional covariance. */
  readonly factor: Float64Array;
}

/**
 * Moments and draws of the Gaussian joint model given any history.
 *
 * Means are conditional means; variances are those of (P8) with d² over everything conditioned on, so that parameter
 * uncertainty and inflation are in them; correlations are those of the conditional law.
 *
 * @param parameters - From training.
 */
export function openGaussianJointMember(parameters: GaussianJointParameters): MemberModel {
  if (parameters.curved !== undefined) return openCurvedJoint(parameters.curved);
  const D = parameters.mean.length;
  const Q = parameters.features.length;
  const cells = D - Q;
  const mean = Float64Array.from(parameters.mean);
  const covariance = Float64Array.from(parameters.covariance);
  const laws = new Map<string, PatternLaw>();
  const values = new Float64Array(D);

  const load = (history: PatientHistory): PatternLaw => {
    values.set(history.features.subarray(0, Q));
    values.set(history.observed, Q);
    const key = patternKey(values, 0, D);
    const known = laws.get(key);
    if (known !== undefined) return known;
    const given: number[] = [];
    const target: number[] = [];
    for (let j = 0; j < D; j++) {
      if (!Number.isNaN(values[j]!)) given.push(j);
      else if (j >= Q) target.push(j);
    }
    const law = conditionalLaw(covariance, D, Int32Array.from(given), Int32Array.from(target));
    const factored = choleskyDecompose(law.covariance, target.length);
    if (!factored.ok) throw notPositiveDefinite(target.length);
    const made = { law, factor: factored.factor };
    laws.set(key, made);
    return made;
  };

  /** [t] what the SD of the conditional law is multiplied by. */
  const widening = (law: ConditionalLaw): Float64Array => {
    const distance = squaredDistance(law, mean, values);
    return Float64Array.from(law.target, (j) => {
      const v = j - Q;
      const { priorWeight, outcomeCounts, predictionInflation } = parameters;
      return Math.sqrt(predictiveVariance(1, distance, outcomeCounts[v]!, priorWeight, predictionInflation[v]!));
    });
  };

  const meanOf = (history: PatientHistory, law: ConditionalLaw): Float64Array => {
    const forecast = new Float64Array(law.target.length);
    conditionalMean(law, mean, values, forecast);
    const into = Float64Array.from(history.observed);
    law.target.forEach((j, a) => {
      into[j - Q] = forecast[a]!;
    });
    return into;
  };

  return {
    kind: "gaussian-joint",
    featureCount: Q,
    outcomeCount: cells,
    predict(history) {
      const { law } = load(history);
      const widened = widening(law);
      const full = new Float64Array(cells * cells);
      const t = law.target.length;
      for (let a = 0; a < t; a++) {
        const row = (law.target[a]! - Q) * cells;
        for (let b = 0; b < t; b++) {
          full[row + law.target[b]! - Q] = law.covariance[a * t + b]! * widened[a]! * widened[b]!;
        }
      }
      return { mean: meanOf(history, law), covariance: full, numericalError: 0 };
    },
    predictMean(history) {
      const { law } = load(history);
      return meanOf(history, law);
    },
    drawTrajectories(history, count, rng: Rng, into) {
      const { law, factor } = load(history);
      const target = law.target.map((j) => j - Q);
      drawNormal(meanOf(history, law), target, scaledFactor(factor, widening(law)), count, rng, into);
    },
  };
}

function notPositiveDefinite(items: number): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "parameters.covariance",
    received: `conditional law of ${items} outcomes`,
    requirement: "must be positive definite",
    hint: "Use the model file as it was written; check its hash.",
  });
}
