import { z } from "zod";
import { poolByRubin, rubinInference } from "../../../lib/analysis/missing-data/rubin.ts";
import type { ReferenceSet } from "../runner/reference-set.ts";

const inputSchema = z.object({
  estimates: z.array(z.number()),
  variances: z.array(z.number()),
  df_complete: z.union([z.number(), z.literal("Inf")]).default("Inf"),
  alpha: z.number().default(0.05),
});

/** Rubin's rules as mice's pool.scalar. */
export const rubinSet: ReferenceSet = {
  files: /^rubin/,
  evaluate: (item) => {
    const { estimates, variances, df_complete, alpha } = inputSchema.parse(item.input);
    const pooled = poolByRubin(estimates, variances, df_complete === "Inf" ? Infinity : df_complete);
    const inference = rubinInference(pooled, { confidence: 1 - alpha });
    return {
      m: pooled.imputations,
      qbar: pooled.estimate,
      within: pooled.withinVariance,
      between: pooled.betweenVariance,
      total: pooled.totalVariance,
      riv: pooled.relativeIncrease,
      df: pooled.degreesOfFreedom,
      fmi: pooled.fractionMissing,
      lambda: pooled.missingShare,
      se: inference.standardError,
      t: inference.testStatistic,
      p: inference.twoSidedPValue,
      ci: [inference.interval.lower, inference.interval.upper],
    };
  },
  tolerance: ({ expected, file }) => Number.parseFloat(String(file.meta.tolerance ?? "1e-10")) * Math.abs(expected),
};
