/** How the null distribution of a rank statistic is obtained. */
export type RankTestDistribution = "automatic" | "exact" | "normal" | "normal-continuity";

/** Result of a Wilcoxon test with the Hodges–Lehmann estimate. */
export interface RankTest {
  /** W (Mann–Whitney count of the experimental arm) or V (sum of the ranks of positive differences). */
  readonly statistic: number;
  /** Standardised statistic; null for an exact test. */
  readonly z: number | null;
  /** Distribution used: `automatic` is resolved. */
  readonly distribution: Exclude<RankTestDistribution, "automatic">;
  /** P(statistic at most, at least as large) under the null. */
  readonly lowerPValue: number;
  readonly upperPValue: number;
  readonly twoSidedPValue: number;
  /** Hodges–Lehmann estimate of the shift, or the pseudomedian. */
  readonly shift: number;
  readonly interval: { readonly lower: number; readonly upper: number; readonly confidence: number };
  /** Confidence that the exact interval really has; null for the normal approximation. */
  readonly achievedConfidence: number | null;
  readonly ties: boolean;
  /** Paired differences of zero that were left out; 0 for two samples. */
  readonly zeroes: number;
}

export interface RankTestOptions {
  /**
   * `automatic` (default) is R's rule: exact below 50 values an arm without ties, else normal with continuity correction.
   * `exact` with ties is the permutation distribution of the midranks, as in SAS NPAR1WAY.
   */
  readonly distribution?: RankTestDistribution;
  /** Shift (or location) under the null hypothesis; 0 by default. */
  readonly nullShift?: number;
  /** Two-sided confidence; 0.95 by default. */
  readonly confidence?: number;
}

/** Below this number of values an arm R's wilcox.test computes exact p-values. */
export const EXACT_BELOW = 50;
