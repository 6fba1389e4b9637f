import { featureLabel } from "./feature-encoding.ts";
import type { OutcomeTransform } from "./gaussian-joint/outcome-transform.ts";
import type { FrozenModel, GaussianJointParameters } from "./model-document.ts";

/** Labels that the sentences need. */
type Vocabulary = Pick<FrozenModel, "endpoints" | "covariates">;

/**
 * Scales and curves of a Gaussian joint model with the evidence for each, one sentence per departure from the values as
 * they are.
 *
 * @param parameters - From training.
 * @param model - Names of endpoints and covariates.
 * @returns Empty when the values are left as they are.
 */
export function curvatureSentences(parameters: GaussianJointParameters, model: Vocabulary): string[] {
  const { curved } = parameters;
  if (curved === undefined) return [];
  return curved.steps.map((step) => {
    const what =
      step.what === "transform"
        ? `${model.endpoints[step.index]?.label ?? "endpoint"} is normal on the scale ${scaleText(curved.transforms[step.index])}`
        : `${featureText(parameters, step.index, model)} acts by a curve (restricted cubic spline, knots ${knotsText(curved.terms.find(({ feature }) => feature === step.index)?.knots ?? [])})`;
    return `${what}: held-out log-density + ${step.logDensityGain.toFixed(1)} (standard error ${step.standardError.toFixed(1)}), squared error × ${step.squaredErrorRatio.toFixed(3)}.`;
  });
}

function featureText(parameters: GaussianJointParameters, index: number, model: Vocabulary): string {
  const feature = parameters.features[index];
  return feature === undefined ? "A feature" : featureLabel(feature, model.endpoints, model.covariates);
}

function scaleText(transform: OutcomeTransform | undefined): string {
  switch (transform?.kind) {
    case "inverse-sinh":
      return `asinh((y − ${short(transform.centre)})/${short(transform.scale)})`;
    case "logit":
      return `ln((y − ${short(transform.lower)})/(${short(transform.upper)} − y))`;
    default:
      return "y";
  }
}

function knotsText(knots: readonly number[]): string {
  return knots.map(short).join(", ");
}

function short(value: number): string {
  return String(Number(value.toPrecision(4))).replace("-", "−");
}
