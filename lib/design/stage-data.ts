import { z } from "zod";

const count = z.number().int().positive();

/** Mean of one arm in one stage. */
const armMeanSchema = z.object({ n: count.min(2), mean: z.number(), standardDeviation: z.number().positive() });
/** Responders of one arm in one stage. */
const armRateSchema = z
  .object({ n: count, events: z.number().int().min(0) })
  .refine((arm) => arm.events <= arm.n, { path: ["events"], message: "No more events than patients." });

/**
 * What a group sequential or adaptive trial has seen, stage by stage. Means and rates are those of the patients of each
 * stage alone; log-rank statistics and estimates are cumulative.
 */
export const stageDataSchema = z.discriminatedUnion("endpoint", [
  z.object({
    endpoint: z.literal("means"),
    stages: z
      .array(z.object({ experimental: armMeanSchema, control: armMeanSchema }))
      .min(1)
      .max(20),
    /** `unequal` is Welch's test. */
    variances: z.enum(["equal", "unequal"]).default("equal"),
    /** Distribution that gives the p-value. */
    distribution: z.enum(["t", "normal"]).default("t"),
  }),
  z.object({
    endpoint: z.literal("rates"),
    stages: z
      .array(z.object({ experimental: armRateSchema, control: armRateSchema }))
      .min(1)
      .max(20),
  }),
  z.object({
    endpoint: z.literal("survival"),
    stages: z
      .array(
        z.object({
          /** Events of both arms by this analysis. */
          events: z.number().positive(),
          /** Log-rank statistic by this analysis, positive when the experimental arm has more events. */
          logRank: z.number(),
          /** Patients in the experimental arm for each in the control arm. */
          allocationRatio: z.number().positive().default(1),
        }),
      )
      .min(1)
      .max(20),
  }),
  z.object({
    endpoint: z.literal("estimates"),
    /** Estimated effect (of any model) with its standard error by each analysis; ratios on the log scale. */
    stages: z
      .array(z.object({ estimate: z.number(), standardError: z.number().positive() }))
      .min(1)
      .max(20),
  }),
]);

export type StageData = z.infer<typeof stageDataSchema>;
