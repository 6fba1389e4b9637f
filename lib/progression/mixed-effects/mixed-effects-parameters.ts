import { z } from "zod";
import { featureLawSchema } from "./feature-law.ts";

/** How the member is trained; the defaults choose by the rules of METHODS.md. */
export interface MixedEffectsOptions {
  /** Functions of time: 1 is the straight line; or chosen by AIC. */
  readonly timeFunctions: "chosen" | number;
  readonly residual: "chosen" | "independent" | "ornstein-uhlenbeck" | "ornstein-uhlenbeck-with-noise";
  /** Whether effects of features beside the own baseline value are shrunk towards 0 by empirical Bayes. */
  readonly shrinkage: "empirical-bayes" | "none";
  /** Whether endpoints of one patient are correlated beyond their features. */
  readonly association: "estimated" | "independent";
}

export const MIXED_EFFECTS_DEFAULTS: MixedEffectsOptions = {
  timeFunctions: "chosen",
  residual: "chosen",
  shrinkage: "empirical-bayes",
  association: "estimated",
};

/** One candidate of a choice and its criterion, smaller is better; null where it could not be fitted. */
const candidateSchema = z.object({ name: z.string(), value: z.number().nullable() });

export const courseColumnSchema = z.object({
  predictor: z.number().int().nonnegative(),
  basis: z.number().int().nonnegative(),
  prior: z.enum(["flat", "level", "slope"]),
});

/** Course of one endpoint on the standardised scale; METHODS.md, equations (ME1)–(ME6). */
export const endpointCourseSchema = z.object({
  endpointId: z.string(),
  /** An outcome y enters as (y − centre)/deviation. */
  centre: z.number(),
  deviation: z.number().positive(),
  /** Position of the own baseline value among the features. */
  ownBaseline: z.number().int().nullable(),
  /** Knots of the natural spline in scaled time; two for a straight line, none for a constant. */
  knots: z.array(z.number()),
  columns: z.array(courseColumnSchema),
  coefficients: z.array(z.number()),
  /** [p × p] given the variances. */
  coefficientCovariance: z.array(z.number()),
  /** 0, 1 (intercept) or 2 (intercept and slope). */
  randomEffects: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  /** [q × q] L, lower triangle; the covariance of the random effects is L Lᵀ. */
  randomFactor: z.array(z.number()),
  residual: z.object({
    variance: z.number().positive(),
    /** Decay per unit of scaled time. */
    rate: z.number().nonnegative(),
    noiseShare: z.number().min(0).max(1),
  }),
  levelVariance: z.number().nullable(),
  slopeVariance: z.number().nullable(),
  minusTwoLogLikelihood: z.number(),
  converged: z.boolean(),
  patients: z.number().int(),
  observations: z.number().int(),
  /** AIC of the time courses (ML) and BIC of the covariances (REML, counting patients) that were compared. */
  timeCandidates: z.array(candidateSchema),
  residualCandidates: z.array(candidateSchema),
});
export type EndpointCourse = z.infer<typeof endpointCourseSchema>;

/** Parameters of the mixed-effects member. */
export const mixedEffectsParametersSchema = z.object({
  kind: z.literal("mixed-effects"),
  visits: z.number().int().positive(),
  /** Days in a unit of scaled time. */
  daysPerUnit: z.number().positive(),
  features: featureLawSchema,
  courses: z.array(endpointCourseSchema),
  /** [R × R] correlation of the standard random effects u of all endpoints, R = Σ q; identity within an endpoint. */
  randomCorrelation: z.array(z.number()),
  /** [E × E] correlation of the driving noises of the residuals. */
  residualCorrelation: z.array(z.number()),
  /** Largest standard error of an element of either before shrinkage, under independence; 0 with one endpoint. */
  associationStandardError: z.number(),
});
export type MixedEffectsParameters = z.infer<typeof mixedEffectsParametersSchema>;
