import { z } from "zod";
import { exampleTrialSchema } from "./simulation-document.ts";

/** Why a replicate could not be analysed. */
const failureReasonSchema = z.enum(["too-few-patients", "singular-design", "not-converged"]);
export type FailureReason = z.infer<typeof failureReasonSchema>;

/** What an example trial shows; two of each are kept, the earliest replicates. */
const exampleCategorySchema = z.enum(["early-efficacy", "early-futility", "final-success", "final-failure"]);
export type ExampleCategory = z.infer<typeof exampleCategorySchema>;

const exactSumSchema = z.array(z.number());
const histogramSchema = z.array(z.tuple([z.number().int(), z.number().int()]));

/**
 * Everything a run of replicates of one cell contributes to the result; plain JSON. Tallies of disjoint runs merge to the
 * tally of the union, in any order, and summarise to the same bits.
 */
export const chunkTallySchema = z.object({
  format: z.literal("understudy-tally/1"),
  cellIndex: z.number().int().nonnegative(),
  /** Disjoint runs of replicates, by first replicate. */
  runs: z.array(
    z.object({
      firstReplicate: z.number().int().nonnegative(),
      count: z.number().int().positive(),
      /** Flags (see replicate-flags.ts): H0 rejected. */
      rejected: z.string(),
      /** Flags: could not be analysed. */
      failed: z.string(),
    }),
  ),
  failures: z.array(z.object({ reason: failureReasonSchema, count: z.number().int() })),
  /** Trials that ended at each look, by outcome; the final look counts success only under `efficacy`. */
  looks: z.array(z.object({ efficacy: z.number().int(), futility: z.number().int() })),
  /** [patients randomised by the end, trials]. */
  patients: histogramSchema,
  /** [tenths of a month from first accrual to the last analysis, trials]. */
  months: histogramSchema,
  monthsSum: exactSumSchema,
  monthsSquaredSum: exactSumSchema,
  /** Estimate minus truth: sums of its first, second and fourth powers. */
  errorSum: exactSumSchema,
  errorSquaredSum: exactSumSchema,
  errorFourthSum: exactSumSchema,
  /** Trials whose naive 95 % interval holds the truth. */
  covered: z.number().int(),
  /** The same over the trials that rejected H0. */
  rejectedErrorSum: exactSumSchema,
  rejectedErrorSquaredSum: exactSumSchema,
  rejectedCovered: z.number().int(),
  examples: z.array(z.object({ category: exampleCategorySchema, trial: exampleTrialSchema })),
});
export type ChunkTally = z.infer<typeof chunkTallySchema>;

/** Replicates in a tally, failed ones included. */
export function tallyReplicates(tally: ChunkTally): number {
  return tally.runs.reduce((sum, run) => sum + run.count, 0);
}
