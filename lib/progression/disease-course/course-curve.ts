import type { CourseCurve, DiseaseCourseParameters } from "./disease-course-parameters.ts";

/** Log speeds beyond this are taken at the limit, so that no course leaves the range of the numbers. */
const LOG_SPEED_LIMIT = 6;

/** e^ξ, the pace of a patient relative to the average. */
export function speedOf(logSpeed: number): number {
  return Math.exp(Math.min(LOG_SPEED_LIMIT, Math.max(-LOG_SPEED_LIMIT, logSpeed)));
}

/** Value of a curve at its argument, on the curve's own scale. */
export function curveValue(kind: CourseCurve["kind"], argument: number): number {
  return kind === "linear" ? argument : 1 / (1 + Math.exp(-argument));
}

/** Derivative of a curve from its value. */
export function curveSlope(kind: CourseCurve["kind"], value: number): number {
  return kind === "linear" ? 1 : value * (1 - value);
}

/** A value on the scale of the curve. */
export function toCurve(curve: CourseCurve, value: number): number {
  return curve.kind === "linear"
    ? (value - curve.centre) / curve.deviation
    : (value - curve.minimum) / (curve.maximum - curve.minimum);
}

/** A value of the curve on the analysis scale. */
export function fromCurve(curve: CourseCurve, value: number): number {
  return curve.kind === "linear"
    ? curve.centre + curve.deviation * value
    : curve.minimum + (curve.maximum - curve.minimum) * value;
}

/** Units of the analysis scale in one unit of the curve's scale. */
export function unitOf(curve: CourseCurve): number {
  return curve.kind === "linear" ? curve.deviation : curve.maximum - curve.minimum;
}

/** Distance kept from the bounds when a baseline value is put on the logit scale. */
const LOGIT_MARGIN = 0.01;

/** Logit of a baseline value of a bounded endpoint; finite at and beyond the bounds. METHODS.md, equation (DC3). */
export function baselineLogit(value: number, minimum: number, maximum: number): number {
  const share = (value - minimum) / (maximum - minimum);
  const inner = Math.min(1, Math.max(0, share)) * (1 - 2 * LOGIT_MARGIN) + LOGIT_MARGIN;
  return Number.isNaN(share) ? Number.NaN : Math.log(inner / (1 - inner));
}

/** Puts the baseline values of bounded endpoints among the features of one patient on the logit scale, in place. */
export function toLogits(features: Float64Array, logitFeatures: DiseaseCourseParameters["logitFeatures"]): void {
  for (const { feature, minimum, maximum } of logitFeatures)
    features[feature] = baselineLogit(features[feature]!, minimum, maximum);
}
