import { z } from "zod";

/** A point estimate with its two-sided interval. */
export const intervalEstimateSchema = z.object({
  value: z.number(),
  lower: z.number(),
  upper: z.number(),
  /** Confidence level in (0, 1), e.g. 0.95. */
  level: z.number(),
});
export type IntervalEstimate = z.infer<typeof intervalEstimateSchema>;
