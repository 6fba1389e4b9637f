import { z } from "zod";

/** Comparison of a measurement of two arms without covariates: everything a user can choose. */
export const twoSampleTestSpecSchema = z.object({
  method: z.literal("two-sample-test"),
  endpoint: z.string().min(1).describe("Endpoint, by id."),
  visit: z.string().min(1).describe("Visit at which arms are compared, by id."),
  outcome: z
    .enum(["change", "value", "percent-change"])
    .default("change")
    .describe("Change from baseline, the value itself, or the change in percent of the baseline."),
  test: z
    .enum([
      "welch-t",
      "pooled-t",
      "rank-sum-automatic",
      "rank-sum-exact",
      "rank-sum-normal",
      "rank-sum-normal-continuity",
    ])
    .default("welch-t")
    .describe(
      "t test with unequal (welch) or equal (pooled) variances, or Wilcoxon's rank sum test with the Hodges–Lehmann shift. Automatic: exact below 50 patients an arm without ties, else normal with continuity correction (R). Exact with ties: conditional on them (SAS).",
    ),
  nullValue: z.number().default(0).describe("Difference, or shift, under the null hypothesis."),
  confidence: z.number().gt(0).lt(1).default(0.95).describe("Two-sided confidence of the interval."),
});
export type TwoSampleTestSpec = z.infer<typeof twoSampleTestSpecSchema>;
