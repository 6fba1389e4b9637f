import type { Endpoint } from "../trial/endpoint.ts";
import type { BaselineFeature } from "./baseline-feature.ts";
import type { ByOutcomeParameters } from "./by-outcome/by-outcome-parameters.ts";
import { byOutcomePredictor } from "./by-outcome/open-by-outcome.ts";
import type { DiscreteLaw } from "./discrete-law.ts";
import { BAND_LEVELS } from "./gaussian-joint/band-calibration.ts";
import { openGaussianJointMember } from "./gaussian-joint/gaussian-joint-member.ts";
import { createGaussianJointModel } from "./gaussian-joint/gaussian-joint-model.ts";
import type { CurvedLaw, GaussianJointParameters } from "./gaussian-joint/gaussian-joint-parameters.ts";
import { openCurvedJoint } from "./gaussian-joint/open-curved-joint.ts";
import type { TransformedNormal } from "./gaussian-joint/transformed-normal.ts";
import type { MemberModel, PatientHistory } from "./member.ts";
import { symmetricBands } from "./prediction-bands.ts";
import { openStack } from "./stack/stack-model.ts";
import type { StackParameters } from "./stack/stack-parameters.ts";

/** Prediction of one patient with its calibrated spread; arrays in the order e·V + v. */
export interface CalibratedForecast {
  readonly mean: Float64Array;
  /** [E·V] SD of a new patient's outcome about the mean; 0 where observed. */
  readonly deviation: Float64Array;
  /** [E·V × 3 × 2] limits of the 50, 80 and 95 % bands; the value itself where observed. */
  readonly bands: Float64Array;
  /** [E·V] laws where they are not normal about the mean; absent where all are. */
  readonly laws?: readonly (TransformedNormal | DiscreteLaw | null)[];
}

/** What twins are made with: the Gaussian joint model alone, or a stack. */
export interface TwinPredictor {
  readonly model: MemberModel;
  readonly features: readonly BaselineFeature[];
  /** The twin, from baseline only: the history holds no outcomes. */
  forecast(history: PatientHistory): CalibratedForecast;
  /** Given baseline and the outcomes observed so far. */
  updatedForecast(history: PatientHistory): CalibratedForecast;
}

/**
 * The Gaussian joint model as predictor of twins; METHODS.md, equations (P8), (P9), (T2) and (T5).
 *
 * @param parameters - From training.
 */
export function gaussianTwinPredictor(parameters: GaussianJointParameters): TwinPredictor {
  if (parameters.curved !== undefined) return curvedTwinPredictor(parameters, parameters.curved);
  const joint = createGaussianJointModel(parameters);
  const cells = joint.outcomeCount;
  const model = openGaussianJointMember(parameters);
  return {
    model,
    features: parameters.features,
    forecast({ features }) {
      const { mean } = joint.predictFromBaseline(features);
      const deviation = joint.predictiveVariance(features).map(Math.sqrt);
      return { mean, deviation, bands: symmetricBands(mean, joint.bandHalfWidths(features)) };
    },
    updatedForecast(history) {
      const { mean, covariance } = model.predict(history);
      const deviation = new Float64Array(cells);
      const halfWidths = new Float64Array(cells * BAND_LEVELS.length);
      for (let cell = 0; cell < cells; cell++) {
        deviation[cell] = Math.sqrt(covariance[cell * cells + cell]!);
        const uninflated = deviation[cell]! / parameters.predictionInflation[cell]!;
        parameters.bandMultipliers[cell]!.forEach((multiplier, k) => {
          halfWidths[cell * BAND_LEVELS.length + k] = multiplier * uninflated;
        });
      }
      return { mean, deviation, bands: symmetricBands(mean, halfWidths) };
    },
  };
}

/** On its working scales the model gives asymmetric bands. METHODS.md, equations (P26) and (P28). */
function curvedTwinPredictor(parameters: GaussianJointParameters, curved: CurvedLaw): TwinPredictor {
  const model = openCurvedJoint(curved);
  const cells = model.outcomeCount;
  const forecast = (history: PatientHistory): CalibratedForecast => {
    const { mean, covariance } = model.predict(history);
    const deviation = Float64Array.from({ length: cells }, (_, cell) => Math.sqrt(covariance[cell * cells + cell]!));
    return { mean, deviation, bands: model.bands(history), laws: model.outcomeLaws(history) };
  };
  return {
    model,
    features: parameters.features,
    forecast,
    updatedForecast: forecast,
  };
}

/**
 * A stack as predictor of twins; METHODS.md, equations (ST2)–(ST4).
 *
 * @param parameters - From training.
 * @param visits - V.
 */
export function stackTwinPredictor(parameters: StackParameters, visits: number): TwinPredictor {
  const model = openStack(parameters, visits);
  const cells = model.outcomeCount;
  const forecast = (history: PatientHistory): CalibratedForecast => {
    const mean = model.predictMean(history);
    const variance = model.mixtureVariance(history);
    const halfWidths = new Float64Array(cells * BAND_LEVELS.length);
    const deviation = new Float64Array(cells);
    for (let cell = 0; cell < cells; cell++) {
      const spread = Math.sqrt(variance[cell]!);
      deviation[cell] = parameters.deviationScale[cell]! * spread;
      parameters.bandMultipliers[cell]!.forEach((multiplier, k) => {
        halfWidths[cell * BAND_LEVELS.length + k] = multiplier * spread;
      });
    }
    return { mean, deviation, bands: symmetricBands(mean, halfWidths) };
  };
  return {
    model,
    features: parameters.features,
    forecast,
    updatedForecast: forecast,
  };
}

/**
 * What makes the twins where some endpoints are discrete; METHODS.md, equation (BO1).
 *
 * @param parameters - From training.
 * @param features - Of the model.
 * @param endpoints - Of the model.
 * @param visits - V.
 */
export function byOutcomeTwinPredictor(
  parameters: ByOutcomeParameters,
  features: readonly BaselineFeature[],
  endpoints: readonly Endpoint[],
  visits: number,
): TwinPredictor {
  return byOutcomePredictor(parameters, features, endpoints, visits, (continuous) =>
    continuous.kind === "gaussian-joint" ? gaussianTwinPredictor(continuous) : stackTwinPredictor(continuous, visits),
  );
}
