import { z } from "zod";
import { baselineFeatureSchema } from "../baseline-feature.ts";

/** Parameters of the Gaussian joint model over z = (features, outcomes); outcomes endpoint-major: e·V + v. */
export const gaussianJointParametersSchema = z.object({
  kind: z.literal("gaussian-joint"),
  features: z.array(baselineFeatureSchema),
  /** [D], D = features + E·V. */
  mean: z.array(z.number()),
  /** [D × D] row-major, symmetric positive definite. */
  covariance: z.array(z.number()),
  priorWeight: z.number(),
  patients: z.number().int(),
  iterations: z.number().int(),
  /** False when EM stopped at its iteration limit (a diagnostic says so). */
  converged: z.boolean(),
  /** Observed-data log-likelihood at the returned parameters. */
  logLikelihood: z.number(),
  /** Per feature: smallest and largest value seen in training (out-of-support check). */
  featureRanges: z.array(z.object({ minimum: z.number(), maximum: z.number() })),
  /** 97.5 % quantile of the squared Mahalanobis distance of training baselines. */
  supportLimit: z.number(),
  /** [E·V] training patients with the outcome observed. */
  outcomeCounts: z.array(z.number().int()),
  /** [E·V] factor ≥ 1 on the predictive SD, measured on patients held out inside the training data. */
  predictionInflation: z.array(z.number()),
  /** [E·V][level of BAND_LEVELS] half width of the prediction band in predictive SDs without inflation, from the same patients. */
  bandMultipliers: z.array(z.array(z.number())),
});
export type GaussianJointParameters = z.infer<typeof gaussianJointParametersSchema>;
