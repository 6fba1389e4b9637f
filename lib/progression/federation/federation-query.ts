import { z } from "zod";
import { comparisonSumsSchema, leftOutModelSchema, spreadSchema, spreadSumsSchema } from "./comparison.ts";
import {
  associationAnswerSchema,
  associationQuerySchema,
  courseSumsAnswerSchema,
  courseSumsQuerySchema,
} from "./course-statistics.ts";
import { localTrainingAnswerSchema, localTrainingQuerySchema } from "./local-training.ts";
import { patternCellSchema } from "./pattern-statistics.ts";
import { scoreRegressionAnswerSchema, scoreRegressionQuerySchema } from "./score-regression.ts";

/** What a site may be asked; every answer is a sum over patients, or weights of networks learnt from them. */
export const federationQuerySchema = z.discriminatedUnion("kind", [
  /** Count, mean and scatter of every missing pattern, once. */
  z.object({ kind: z.literal("patterns") }),
  /** Sums of the mixed-effects likelihood at a covariance, and those that tie endpoints together. */
  courseSumsQuerySchema,
  associationQuerySchema,
  /** Networks after passes over the site's own patients. */
  localTrainingQuerySchema,
  /** Regression of a twin's score that is not linear. */
  scoreRegressionQuerySchema,
  /** Errors of twins and regressions learnt from the other sites. */
  z.object({ kind: z.literal("comparison"), models: z.array(leftOutModelSchema) }),
  /** How much the figures of the comparison vary. */
  z.object({ kind: z.literal("comparison-spread"), models: z.array(leftOutModelSchema), spread: spreadSchema }),
]);
export type FederationQuery = z.infer<typeof federationQuerySchema>;

export const patternsAnswerSchema = z.object({
  cells: z.array(patternCellSchema),
  /** [E·V] number and mean day of measurement of the outcomes. */
  days: z.array(z.object({ count: z.number().int(), mean: z.number() })),
  /** [E] whether two values of a patient are of the same day. */
  repeatedDays: z.array(z.boolean()),
  /** Values and patients left out to avoid small cells, rounded up to a multiple of the minimum cell size. */
  leftOut: z.object({ values: z.number().int(), patients: z.number().int() }),
});
export type PatternsAnswer = z.infer<typeof patternsAnswerSchema>;

export const siteAggregateSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("patterns"), ...patternsAnswerSchema.shape }),
  z.object({ kind: z.literal("course-sums"), ...courseSumsAnswerSchema.shape }),
  z.object({ kind: z.literal("association"), ...associationAnswerSchema.shape }),
  z.object({ kind: z.literal("local-training"), ...localTrainingAnswerSchema.shape }),
  z.object({ kind: z.literal("score-regression"), ...scoreRegressionAnswerSchema.shape }),
  z.object({ kind: z.literal("comparison"), ...comparisonSumsSchema.shape }),
  z.object({ kind: z.literal("comparison-spread"), ...spreadSumsSchema.shape }),
]);
export type SiteAggregate = z.infer<typeof siteAggregateSchema>;

/** The answer to a kind of query. */
export type AnswerTo<K extends FederationQuery["kind"]> = Extract<SiteAggregate, { kind: K }>;
