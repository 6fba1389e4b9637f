import { z } from "zod";
import { featureLawSchema } from "../mixed-effects/feature-law.ts";

/** When the fit stops. */
export interface DiseaseCourseOptions {
  readonly maximumIterations: number;
  /** Largest change of a parameter in one iteration that counts as none. */
  readonly tolerance: number;
}

export const DISEASE_COURSE_DEFAULTS: DiseaseCourseOptions = { maximumIterations: 300, tolerance: 1e-4 };

/** Shape of one endpoint's course and how its values are put on the scale of the curve. METHODS.md, equation (DC1). */
export const courseCurveSchema = z.discriminatedUnion("kind", [
  /** Bounded scale: (y − minimum)/(maximum − minimum) follows a logistic curve. */
  z.object({ kind: z.literal("logistic"), minimum: z.number(), maximum: z.number() }),
  /** Unbounded scale: (y − centre)/deviation follows a straight line. */
  z.object({ kind: z.literal("linear"), centre: z.number(), deviation: z.number().positive() }),
]);
export type CourseCurve = z.infer<typeof courseCurveSchema>;

/**
 * Parameters of the disease-course map. Individual parameters are ordered (log speed ξ, level u of each endpoint): d = E + 1.
 */
export const diseaseCourseParametersSchema = z.object({
  kind: z.literal("disease-course"),
  visits: z.number().int().positive(),
  /** Days in a unit of scaled time. */
  daysPerUnit: z.number().positive(),
  /** Baseline values of bounded endpoints, which enter on the logit scale: position among the features, and bounds. */
  logitFeatures: z.array(z.object({ feature: z.number().int(), minimum: z.number(), maximum: z.number() })),
  features: featureLawSchema,
  courses: z.array(
    z.object({
      endpointId: z.string(),
      curve: courseCurveSchema,
      /** b, change of the curve's argument per unit of scaled time at speed 1. */
      rate: z.number(),
      /** σ² on the scale of the curve. */
      residualVariance: z.number().positive(),
    }),
  ),
  /** [d × (Q + 1)] regression of the individual parameters on 1 and the standardised features. */
  coefficients: z.array(z.number()),
  /** [d(Q + 1) × d(Q + 1)] their covariance given the variances, same order. */
  coefficientCovariance: z.array(z.number()),
  /** [d × d] Ω. */
  individualCovariance: z.array(z.number()),
  /** [d] prior variance of the coefficients of each individual parameter. */
  coefficientVariances: z.array(z.number()),
  patients: z.number().int(),
  observations: z.number().int(),
  iterations: z.number().int(),
  converged: z.boolean(),
  /** Largest change of a parameter in the last iteration. */
  lastChange: z.number(),
  /** −2 log-likelihood of the linearised model at the last iteration, on the scale of the curves. */
  minusTwoLogLikelihood: z.number(),
});
export type DiseaseCourseParameters = z.infer<typeof diseaseCourseParametersSchema>;
