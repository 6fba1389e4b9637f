import { z } from "zod";
import { baselineFeatureSchema } from "../baseline-feature.ts";
import { outcomeTransformSchema } from "./outcome-transform.ts";
import { splineTermSchema } from "./spline-term.ts";

/** Law of the same patients on a working scale, where held-out patients ask for one: it then makes every prediction. */
export const curvedLawSchema = z.object({
  /** [E] scale of each endpoint, baseline included. */
  transforms: z.array(outcomeTransformSchema),
  /** Non-linear parts of features: further columns after the features. */
  terms: z.array(splineTermSchema),
  /** [Q] position of the endpoint whose baseline value a feature is; null for any other feature. */
  featureEndpoints: z.array(z.number().int().nullable()),
  /** [D + terms] working scale. */
  mean: z.array(z.number()),
  covariance: z.array(z.number()),
  priorWeight: z.number(),
  iterations: z.number().int(),
  converged: z.boolean(),
  outcomeCounts: z.array(z.number()),
  predictionInflation: z.array(z.number()),
  bandMultipliers: z.array(z.array(z.number())),
  /** Why each departure from linearity was kept: held-out patients inside the training data. */
  steps: z.array(
    z.object({
      what: z.enum(["transform", "spline"]),
      /** Position of the endpoint, or of the feature. */
      index: z.number().int(),
      logDensityGain: z.number(),
      standardError: z.number(),
      squaredErrorRatio: z.number(),
    }),
  ),
});
export type CurvedLaw = z.infer<typeof curvedLawSchema>;

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
  /** [E·V] training patients with the outcome observed; the effective number (Σw)²/Σw² where patients are weighted. */
  outcomeCounts: z.array(z.number()),
  /** [E·V] factor ≥ 1 on the predictive SD, measured on patients held out inside the training data. */
  predictionInflation: z.array(z.number()),
  /** [E·V][level of BAND_LEVELS] half width of the prediction band in predictive SDs without inflation, from the same patients. */
  bandMultipliers: z.array(z.array(z.number())),
  /** Absent where the values are best left as they are. */
  curved: curvedLawSchema.optional(),
});
export type GaussianJointParameters = z.infer<typeof gaussianJointParametersSchema>;
