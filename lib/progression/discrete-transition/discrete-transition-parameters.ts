import { z } from "zod";

/** One column of the design, made from one baseline feature; value 0 where the feature is missing. */
export const designColumnSchema = z.discriminatedUnion("kind", [
  /** (feature − mean)/deviation. */
  z.object({ kind: z.literal("value"), feature: z.number().int(), mean: z.number(), deviation: z.number() }),
  /** Indicator feature ≥ `at`, centred and scaled: levels of an ordinal endpoint at baseline. */
  z.object({
    kind: z.literal("step"),
    feature: z.number().int(),
    at: z.number(),
    mean: z.number(),
    deviation: z.number(),
  }),
  /** log(1 + feature), centred and scaled: a count at baseline. */
  z.object({ kind: z.literal("log-count"), feature: z.number().int(), mean: z.number(), deviation: z.number() }),
  /** Indicator of a missing feature, centred and scaled. */
  z.object({ kind: z.literal("missing"), feature: z.number().int(), mean: z.number(), deviation: z.number() }),
]);
export type DesignColumn = z.infer<typeof designColumnSchema>;

/** Cumulative logit of one visit: P(Y ≤ k) = logistic(thresholds[k] − Σ steps up to the last value − coefficients · x). */
export const levelStepSchema = z.object({
  /** [K − 1] increasing. */
  thresholds: z.array(z.number()),
  /** [K − 1] effect of the last value being at least 1, 2, …; empty for the first visit. */
  steps: z.array(z.number()),
  coefficients: z.array(z.number()),
});
export type LevelStep = z.infer<typeof levelStepSchema>;

/** Count of one visit: log mean = intercept + last × log(1 + last value) + coefficients · x. */
export const countStepSchema = z.object({
  intercept: z.number(),
  /** 0 for the first visit. */
  last: z.number(),
  coefficients: z.array(z.number()),
  /** α of the negative binomial, variance μ + αμ²; 0 is the Poisson law. */
  dispersion: z.number().nonnegative(),
});
export type CountStep = z.infer<typeof countStepSchema>;

/** Law of one visit of either kind. */
export type VisitStep = LevelStep | CountStep;

const fitted = {
  endpointId: z.string(),
  columns: z.array(designColumnSchema),
  /** Precision of the coefficients chosen for the first visit and for the steps between visits. */
  penalties: z.object({ first: z.number(), later: z.number() }),
  /** Whether steps between visits share their coefficients. */
  structure: z.enum(["common", "by-visit", "single-visit"]),
  /** Whether the iterations over missing visits settled. */
  converged: z.boolean(),
};

export const discreteTransitionParametersSchema = z.object({
  kind: z.literal("discrete-transition"),
  features: z.number().int(),
  visits: z.number().int(),
  endpoints: z.array(
    z.discriminatedUnion("law", [
      z.object({
        law: z.literal("levels"),
        ...fitted,
        /** K. */
        levels: z.number().int().min(2),
        /** [V] first visit, then the step to each later visit. */
        visits: z.array(levelStepSchema),
      }),
      z.object({
        law: z.literal("count"),
        ...fitted,
        /** Largest count of the support before it is enlarged for a patient. */
        largest: z.number().int(),
        visits: z.array(countStepSchema),
      }),
    ]),
  ),
});
export type DiscreteTransitionParameters = z.infer<typeof discreteTransitionParametersSchema>;
export type DiscreteEndpoint = DiscreteTransitionParameters["endpoints"][number];
export type LevelEndpoint = Extract<DiscreteEndpoint, { law: "levels" }>;
export type CountEndpoint = Extract<DiscreteEndpoint, { law: "count" }>;
