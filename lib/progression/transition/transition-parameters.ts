import { z } from "zod";
import { baselineFeatureSchema } from "../baseline-feature.ts";

const scalingSchema = z.object({ centre: z.number(), scale: z.number().positive() });

/** A covariate column of the linear part: (value − centre)/scale with 0 for a missing value, or the scaled indicator that it is missing. */
export const covariateColumnSchema = z.object({
  /** Position in `features`. */
  feature: z.number().int().nonnegative(),
  role: z.enum(["value", "missing"]),
  ...scalingSchema.shape,
});
export type CovariateColumn = z.infer<typeof covariateColumnSchema>;

/** Linear law of the change of one endpoint to the next visit, METHODS.md eq. (TM2), and of its baseline value, (TM6). */
export const linearEndpointSchema = z.object({
  /** Location and spread of all values of the endpoint, baseline included; history enters in these units. */
  ...scalingSchema.shape,
  /** Years since the last value, years since baseline, and 1/number of values: the columns' contexts. */
  contexts: z.tuple([scalingSchema, scalingSchema, scalingSchema]),
  /** [V] expected change over each interval between planned visits, all other columns 0. */
  intervalChanges: z.array(z.number()),
  /** In the order of `designColumns`; multiplies the columns as they are. */
  coefficients: z.array(z.number()),
  /** Penalty of each group of columns, relative to the weight of all pairs. */
  penalties: z.object({ history: z.number(), covariates: z.number(), interactions: z.number() }),
  /** Value before the first visit given covariates, for patients whose baseline value is missing. */
  baseline: z.object({ mean: z.number(), coefficients: z.array(z.number()), penalty: z.number() }),
  /** Pairs of visits the law was learnt from. */
  pairs: z.number().int(),
});
export type LinearEndpoint = z.infer<typeof linearEndpointSchema>;

/** Law of what the prediction of the next visit misses, METHODS.md eq. (TM5). */
export const residualLawSchema = z.object({
  endpoints: z.array(
    z.object({
      /** log σ² = logVariance + gapExponent · log(years) + log visitFactors[v] + levelSlope · level. */
      logVariance: z.number(),
      gapExponent: z.number(),
      visitFactors: z.array(z.number().positive()),
      /** 0 unless the size of the residuals depends on the last value beyond doubt. */
      levelSlope: z.number(),
    }),
  ),
  /** [E × E] correlation between endpoints at a visit. */
  correlation: z.array(z.number()),
  /** [E × E] covariance of baseline values given covariates. */
  baselineCovariance: z.array(z.number()),
});
export type ResidualLaw = z.infer<typeof residualLawSchema>;

/** What both transition members share: schedule, covariate columns, linear laws, residuals and measured inflation. */
export const linearTransitionSchema = z.object({
  features: z.array(baselineFeatureSchema),
  /** [E] position of the endpoint's baseline value in `features`; null when the model has none. */
  baselineFeatures: z.array(z.number().int().nonnegative().nullable()),
  /** [V] */
  plannedDays: z.array(z.number()),
  covariates: z.array(covariateColumnSchema),
  endpoints: z.array(linearEndpointSchema).min(1),
  residual: residualLawSchema,
  /** [E·V] factor on the SD of a forecast, from forecasts of patients left out in training, METHODS.md eq. (TM8). */
  inflation: z.array(z.number().positive()),
  patients: z.number().int(),
});
export type LinearTransition = z.infer<typeof linearTransitionSchema>;

/** Parameters of the ridge transition member. */
export const ridgeTransitionParametersSchema = z.object({
  kind: z.literal("ridge-transition"),
  ...linearTransitionSchema.shape,
});
export type RidgeTransitionParameters = z.infer<typeof ridgeTransitionParametersSchema>;

/**
 * Regression trees of one endpoint, all nodes in one list. A node with feature −1 is a leaf and only its value counts; else
 * values ≤ threshold go left, values above it right, a missing value to `missing`.
 */
export const treeEnsembleSchema = z.object({
  /** Position of the root of every tree. */
  roots: z.array(z.number().int()),
  feature: z.array(z.number().int()),
  threshold: z.array(z.number()),
  left: z.array(z.number().int()),
  right: z.array(z.number().int()),
  missing: z.array(z.number().int()),
  /** Shrinkage included. */
  value: z.array(z.number()),
});
export type TreeEnsemble = z.infer<typeof treeEnsembleSchema>;

/** Parameters of the boosted transition member: the linear law and the trees that correct it. */
export const boostedTransitionParametersSchema = z.object({
  kind: z.literal("boosted-transition"),
  ...linearTransitionSchema.shape,
  trees: z.array(treeEnsembleSchema),
});
export type BoostedTransitionParameters = z.infer<typeof boostedTransitionParametersSchema>;
