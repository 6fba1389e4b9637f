import { z } from "zod";
import { diagnosticSchema } from "../errors/diagnostic.ts";
import { normalQuantile, normalUpperTail } from "../numerics/normal.ts";
import { studentTQuantile, studentTUpperTail } from "../numerics/student-t.ts";

/** Scale on which an effect is reported; ratios are reported as logarithms. */
export const summaryMeasureSchema = z.enum([
  "mean-difference",
  "slope-difference",
  "risk-difference",
  "log-risk-ratio",
  "log-odds-ratio",
  "log-hazard-ratio",
  "log-rate-ratio",
  "log-time-ratio",
  "probability-index",
  "location-shift",
  "restricted-mean-survival-difference",
  "survival-difference",
]);

/** Which direction of the summary measure is a benefit for the patient. */
export const benefitDirectionSchema = z.enum(["higher", "lower"]);

/** What every analysis of a treatment effect returns, so that a simulation can take any of them as an argument. */
export const analysisResultSchema = z.object({
  /** Name of the method in words, e.g. "ANCOVA, HC3 standard error". */
  method: z.string(),
  summaryMeasure: summaryMeasureSchema,
  /** Experimental minus control, on the scale of `summaryMeasure`. */
  estimate: z.number(),
  /** Null for an exact test, which has none. */
  standardError: z.number().nullable(),
  /** Of the reference t distribution; null when the reference is the standard normal. */
  degreesOfFreedom: z.number().nullable(),
  /** (estimate − null value) / standard error, or the statistic that `method` names; null for an exact test without one. */
  testStatistic: z.number().nullable(),
  /** One-sided, in the direction of benefit. */
  oneSidedPValue: z.number(),
  twoSidedPValue: z.number(),
  /** Two-sided confidence interval; a limit is null where the interval is unbounded. */
  interval: z.object({ lower: z.number().nullable(), upper: z.number().nullable(), confidence: z.number() }),
  subjectsUsed: z.number(),
  diagnostics: z.array(diagnosticSchema),
});

export type SummaryMeasure = z.infer<typeof summaryMeasureSchema>;
export type BenefitDirection = z.infer<typeof benefitDirectionSchema>;
export type AnalysisResult = z.infer<typeof analysisResultSchema>;

/** Test statistic, p-values and interval of an estimate with a standard error. */
export interface WaldInference {
  readonly estimate: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number | null;
  readonly testStatistic: number;
  readonly oneSidedPValue: number;
  readonly twoSidedPValue: number;
  readonly interval: { readonly lower: number; readonly upper: number; readonly confidence: number };
}

/** The result of an analysis whose test and interval are Wald's. */
export type WaldResult = Omit<AnalysisResult, keyof WaldInference> & WaldInference;

export interface WaldOptions {
  /** Effect under the null hypothesis, on the scale of the estimate; 0 by default. */
  readonly nullValue?: number;
  /** Direction of benefit; "higher" by default. */
  readonly benefit?: BenefitDirection;
  /** Two-sided confidence in (0, 1); 0.95 by default. */
  readonly confidence?: number;
}

/**
 * Wald test and interval of an estimate (METHODS.md eq. (A6)).
 *
 * @param estimate - Estimated effect.
 * @param standardError - Its standard error, positive.
 * @param degreesOfFreedom - Of the t distribution; null for the standard normal.
 */
export function waldInference(
  estimate: number,
  standardError: number,
  degreesOfFreedom: number | null,
  options: WaldOptions = {},
): WaldInference {
  const { nullValue = 0, benefit = "higher", confidence = 0.95 } = options;
  const testStatistic = (estimate - nullValue) / standardError;
  const upperTail = (t: number) =>
    degreesOfFreedom === null ? normalUpperTail(t) : studentTUpperTail(t, degreesOfFreedom);
  const tail = (1 - confidence) / 2;
  const lowPoint = degreesOfFreedom === null ? normalQuantile(tail) : studentTQuantile(tail, degreesOfFreedom);
  return {
    estimate,
    standardError,
    degreesOfFreedom,
    testStatistic,
    oneSidedPValue: upperTail(benefit === "higher" ? testStatistic : -testStatistic),
    twoSidedPValue: 2 * upperTail(Math.abs(testStatistic)),
    interval: {
      lower: estimate + lowPoint * standardError,
      upper: estimate - lowPoint * standardError,
      confidence,
    },
  };
}
