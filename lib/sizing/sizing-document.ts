import { z } from "zod";
import { diagnosticSchema } from "../errors/diagnostic.ts";

/** A number with where it came from: typed in, computed from data or a model, or the program's default. */
export function sourced<T extends z.ZodType>(value: T) {
  return z.object({ value, source: z.enum(["user", "derived", "default"]), note: z.string() });
}
const sourcedNumber = sourced(z.number());
export type Sourced<T> = { value: T; source: "user" | "derived" | "default"; note: string };

const limitsSchema = z.object({ lower: z.number(), upper: z.number() });

/** A run-in: visits before randomisation, the last of which takes the place of baseline. */
export const runInSchema = z.object({
  /** 0 = randomised at baseline. */
  visits: z.number().int().min(0).max(2),
  /** The last of them as printed, "" without a run-in. */
  lastVisit: z.string(),
  /** Days of treatment from randomisation to the endpoint's visit. */
  treatedDays: z.number(),
});
export type RunIn = z.infer<typeof runInSchema>;

/** What a plan with such a run-in would enter for SD and R², METHODS.md section "Run-in". */
export const runInOptionSchema = runInSchema.extend({
  standardDeviation: sourcedNumber,
  rSquaredAncova: sourcedNumber,
  rSquaredWithScore: sourcedNumber,
  rSquaredWithScoreLimits: limitsSchema,
  scoreGainShown: z.boolean(),
});
export type RunInOption = z.infer<typeof runInOptionSchema>;

/** Everything that goes into sizing (methods: prognostic covariate adjustment). */
export const sizingSpecSchema = z.object({
  format: z.literal("understudy-sizing/1"),
  endpointId: z.string(),
  visitId: z.string(),
  /** How endpoint, visit and unit are called in print; absent = by their ids, without a unit. */
  names: z.object({ endpoint: z.string(), visit: z.string(), unit: z.string() }).optional(),
  /**
   * Experimental minus control, analysis scale; sign kept. Superiority: its size is what is to be shown, not 0.
   * Non-inferiority: may be 0, or a small loss where `benefit` is given.
   */
  effect: sourcedNumber,
  /** Which sign of the effect is a benefit. Absent = the effect is taken to be one. */
  benefit: z.enum(["lower-is-better", "higher-is-better"]).optional(),
  /**
   * ≥ 0, same scale. Superiority: the benefit that must be exceeded (usually 0), so the distance to show is |effect| −
   * margin. Non-inferiority: the loss that is tolerated (> 0), so the distance is gain + margin, the gain being the
   * effect in the direction of benefit (|effect| where no direction is given).
   */
  margin: sourcedNumber,
  /** Absent = superiority. */
  hypothesis: z.enum(["superiority", "non-inferiority"]).optional(),
  /** SD of the outcome under control, analysis scale. */
  standardDeviation: sourcedNumber,
  oneSidedAlpha: sourcedNumber,
  power: sourcedNumber,
  /** Experimental : control. */
  randomizationRatio: sourcedNumber,
  /** R² of ANCOVA on baseline value and strata. */
  rSquaredAncova: sourcedNumber,
  /** R² of the same ANCOVA + twin score. */
  rSquaredWithScore: sourcedNumber,
  /** R² with score at the 95 % limits of the score's partial correlation, R² of ANCOVA held; null where not known. */
  rSquaredWithScoreLimits: limitsSchema.nullable(),
  /** Whether out-of-fold evidence shows a gain of the score over ANCOVA; absent when nobody has looked. */
  scoreGainShown: z.boolean().optional(),
  /** λ in (0, 1]: deflates the correlation of every adjusted analysis. */
  correlationDeflation: sourcedNumber,
  /** γ ≥ 1: inflates the control SD in all three analyses. */
  controlSdInflation: sourcedNumber,
  /** Expected proportion of patients without the endpoint at the visit, in [0, 1). */
  dropout: sourcedNumber,
  /** Columns besides intercept and treatment: baseline value and one per stratum level but the first. */
  covariatesInAncova: sourcedNumber,
  /** Type of a discrete endpoint and its mean in the controls of the history (of a binary one: the proportion); absent: continuous. */
  outcome: z
    .object({ type: z.enum(["binary", "ordinal", "count"]), controlMean: z.number() })
    .optional()
    .describe("of a binary, ordinal or count endpoint; left out: continuous"),
  /** The run-in that SD and R² are those of; absent = randomised at baseline. */
  runIn: runInSchema.optional(),
  /** Plans with and without a run-in, to be sized beside this one; absent when the model has no figures for them. */
  runInOptions: z.array(runInOptionSchema).optional(),
});
export type SizingSpec = z.infer<typeof sizingSpecSchema>;

export const sizingAnalysisSchema = z.enum(["unadjusted", "ancova", "ancova-with-score"]);
export type SizingAnalysis = z.infer<typeof sizingAnalysisSchema>;

export const sizingRowSchema = z.object({
  analysis: sizingAnalysisSchema,
  rSquared: z.number(),
  /** λ²R². */
  discountedRSquared: z.number(),
  experimental: z.number().int(),
  control: z.number().int(),
  total: z.number().int(),
  /** Solution before rounding each arm up. */
  unroundedTotal: z.number(),
  /** Residual degrees of freedom of the analysis at the integer sizes. */
  degreesOfFreedom: z.number().int(),
  /** The same plan by the normal approximation, not rounded: smaller, shown for comparison only. */
  normalApproximationTotal: z.number(),
  /** After inflation for dropout. */
  enrolled: z.object({ experimental: z.number().int(), control: z.number().int(), total: z.number().int() }),
  /** Exact power at the integer sizes. */
  power: z.number(),
  /** Power at these sizes if the R² were 0. */
  powerAtZeroRSquared: z.number(),
  /** Patients saved against the unadjusted row and against ANCOVA. */
  savedVersusUnadjusted: z.number().int(),
  savedVersusAncova: z.number().int(),
});

/** Sizes with a run-in: SD and R² of the option, everything else of the plan. */
export const runInSizesSchema = runInSchema.extend({
  scoreGainShown: z.boolean(),
  rows: z.array(
    sizingRowSchema.pick({
      analysis: true,
      rSquared: true,
      experimental: true,
      control: true,
      total: true,
      enrolled: true,
    }),
  ),
});
export type RunInSizes = z.infer<typeof runInSizesSchema>;

export const sizingResultSchema = z.object({
  format: z.literal("understudy-sizing-result/1"),
  engineVersion: z.string(),
  spec: sizingSpecSchema,
  twoSidedAlphaEquivalent: z.number(),
  rows: z.array(sizingRowSchema),
  /** Treated arm held at the ANCOVA size: control arm needed per analysis, with the exact power reached. */
  controlOnly: z.array(
    z.object({
      analysis: sizingAnalysisSchema,
      experimentalFixed: z.number().int(),
      /** null when no control arm reaches the power. */
      control: z.number().int().nullable(),
      savedVersusAncova: z.number().int().nullable(),
      power: z.number().nullable(),
    }),
  ),
  /** N over R² from 0 to beyond the estimate. */
  grid: z.array(
    z.object({
      rSquared: z.number(),
      total: z.number().int(),
      control: z.number().int(),
      powerAtPlannedSize: z.number(),
    }),
  ),
  /** Sizes with score at the limits of its R² interval. */
  range: z.object({ totalAtLower: z.number().int(), totalAtUpper: z.number().int() }).nullable(),
  /** Sizes of the plan's options of a run-in; absent when it names none. */
  runIn: z.array(runInSizesSchema).optional(),
  protocolText: z.string(),
  formulaLabels: z.array(z.string()),
  diagnostics: z.array(diagnosticSchema),
});
export type SizingResult = z.infer<typeof sizingResultSchema>;
