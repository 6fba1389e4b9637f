import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { DomainError } from "../../errors/domain-error.ts";
import { normalQuantile, normalUpperTail } from "../../numerics/normal.ts";
import type { AnalysisReport, ResultTable } from "../analysis-report.ts";
import { waldInference } from "../analysis-result.ts";
import { variableAtRows } from "../model-design.ts";
import type { TrialData } from "../trial-data.ts";
import { compareRestrictedMeans, type RestrictedMeanComparison } from "./compare-restricted-means.ts";
import { type EventData, eventData, modelColumns, pairOfArms } from "./event-data.ts";
import type { SurvivalCurve } from "./kaplan-meier.ts";
import { largestHorizon } from "./restricted-mean.ts";
import { restrictedMeanProgram } from "./restricted-mean-program.ts";
import { type RestrictedMeanRegression, restrictedMeanRegression } from "./restricted-mean-regression.ts";
import { curvesByArm, eventCountTable, percent } from "./survival-tables.ts";
import { timesAt } from "./survival-times.ts";
import type { RestrictedMeanSpec } from "./time-to-event-spec.ts";

/**
 * Restricted mean survival time of every arm against the control: areas under the Kaplan–Meier curves, or adjusted for
 * covariates and a score by weighted regression.
 *
 * @throws DomainError naming the field of the specification; NOT_ESTIMABLE for a horizon beyond the follow-up of an arm.
 *
 * METHODS.md eq. (V7)–(V8), (V23), (V25).
 */
export function analyseRestrictedMean(spec: RestrictedMeanSpec, data: TrialData): AnalysisReport {
  const events = eventData(spec, data);
  const curves = curvesByArm(events, spec.confidence, "log-log");
  const { horizon, diagnostics } = horizonOf(spec, curves);
  const eventless = armsWithoutEvents(events, curves, horizon);
  const adjusts = events.covariates.length > 0;
  const pairs = events.armNames.slice(1).map((name, k) => ({
    label: `${name} minus ${events.armNames[0]}`,
    comparison: compareRestrictedMeans(curves[k + 1]!, curves[0]!, horizon, spec.confidence),
    regression: adjusts ? regressionOf(events, k + 1, horizon) : null,
    subjects: pairOfArms(events.arm, k + 1).length,
  }));
  return {
    method: methodOf(spec, events, horizon),
    effects: pairs.map(({ label, comparison, regression, subjects }) => {
      const { estimate, standardError } = regression === null ? comparison.difference : armCoefficient(regression);
      if (!(standardError > NO_VARIANCE * horizon)) throw withoutVariance(label, horizon);
      return {
        label,
        result: {
          method: regression === null ? "difference of areas under the curves" : "weighted regression",
          summaryMeasure: "restricted-mean-survival-difference" as const,
          ...waldInference(estimate, standardError, null, {
            nullValue: spec.nullValue,
            benefit: spec.direction === "unfavourable" ? "higher" : "lower",
            confidence: spec.confidence,
          }),
          subjectsUsed: subjects,
          diagnostics: [],
        },
      };
    }),
    tables: [
      meansTable(
        events,
        pairs.map(({ comparison }) => comparison),
        spec.confidence,
      ),
      contrastsTable(pairs, spec.confidence),
      ...pairs.flatMap(({ label, regression }, k) =>
        regression === null ? [] : [regressionTable(regression, label, pairs.length === 1 ? "" : `-${k + 1}`)],
      ),
      eventCountTable(events, curves),
    ],
    fitNotes: [],
    diagnostics: [...events.diagnostics, ...diagnostics, ...eventless],
    code: restrictedMeanProgram(spec, events, horizon),
  };
}

function horizonOf(
  spec: RestrictedMeanSpec,
  curves: readonly SurvivalCurve[],
): { readonly horizon: number; readonly diagnostics: readonly Diagnostic[] } {
  if (spec.horizon !== null) return { horizon: spec.horizon, diagnostics: [] };
  const limits = curves.map(largestHorizon).filter(Number.isFinite);
  const horizon =
    limits.length > 0 ? Math.min(...limits) : Math.max(...curves.map(({ time }) => time[time.length - 1]!));
  return {
    horizon,
    diagnostics: [
      diagnostic(
        "warning",
        "horizon-from-data",
        `The horizon, day ${horizon}, was taken from the data: the end of the shorter follow-up. Fix it in the protocol.`,
        "horizon",
      ),
    ],
  };
}

/** A standard error below this share of the horizon is rounding error. */
const NO_VARIANCE = 1e-8;

function withoutVariance(label: string, horizon: number): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "horizon",
    received: horizon,
    requirement: `must lie beyond enough events to estimate a standard error; ${label} has none before it, or all patients of an arm at one time`,
    hint: "Choose a later horizon, or count more kinds of events.",
  });
}

/** An arm without an event up to the horizon has a mean that is the horizon, with a standard error of 0. */
function armsWithoutEvents(events: EventData, curves: readonly SurvivalCurve[], horizon: number): Diagnostic[] {
  const without = events.armNames.filter((_, code) => {
    const { time, events: seen } = curves[code]!;
    return !seen.some((count, j) => count > 0 && time[j]! < horizon);
  });
  return without.map((name) =>
    diagnostic(
      "warning",
      "no-event-in-arm",
      `${name} has no event before day ${horizon}: its mean is taken as known without error, so that standard error and p-value of its comparison are too small.`,
      "horizon",
    ),
  );
}

function regressionOf(events: EventData, experimental: number, horizon: number): RestrictedMeanRegression {
  const rows = pairOfArms(events.arm, experimental);
  const { columns } = modelColumns(
    null,
    [],
    events.covariates.map((covariate) => variableAtRows(covariate, rows)),
  );
  return restrictedMeanRegression(
    timesAt(events.times, rows),
    Int32Array.from(rows, (row) => (events.arm[row] === experimental ? 1 : 0)),
    columns,
    horizon,
  );
}

function armCoefficient({ coefficients, covariance }: RestrictedMeanRegression) {
  const p = coefficients.length;
  return { estimate: coefficients[1]!, standardError: Math.sqrt(covariance[p + 1]!) };
}

function methodOf(spec: RestrictedMeanSpec, events: EventData, horizon: number): string {
  const adjusted =
    events.covariates.length === 0 ? "" : `, adjusted for ${events.covariates.map(({ name }) => name).join(", ")}`;
  const other = spec.otherEvents === "ignore" ? "" : ", other events censor";
  const cutoff = spec.cutoffDay === null ? "" : `, follow-up to day ${spec.cutoffDay}`;
  return `Restricted mean survival time to day ${horizon}${adjusted}; event: ${spec.events.join(" or ")}${other}${cutoff}`;
}

function meansTable(
  events: EventData,
  comparisons: readonly RestrictedMeanComparison[],
  confidence: number,
): ResultTable {
  const arms = [comparisons[0]!.control, ...comparisons.map(({ experimental }) => experimental)];
  return {
    id: "restricted-means",
    title: "Restricted means of the arms",
    columns: [
      { title: "Arm", unit: "", kind: "text" },
      { title: "Quantity", unit: "", kind: "text" },
      { title: "Days", unit: "days", kind: "number" },
      { title: "Standard error", unit: "days", kind: "number" },
      { title: "Lower limit", unit: "days", kind: "number" },
      { title: "Upper limit", unit: "days", kind: "number" },
    ],
    rows: arms.flatMap(({ mean, timeLost }, code) => [
      [
        events.armNames[code]!,
        "mean time without the event",
        mean.estimate,
        mean.standardError,
        mean.lower,
        mean.upper,
      ],
      [
        events.armNames[code]!,
        "time lost to the event",
        timeLost.estimate,
        timeLost.standardError,
        timeLost.lower,
        timeLost.upper,
      ],
    ]),
    note: `To day ${comparisons[0]!.horizon}; ${percent(confidence)} intervals.`,
  };
}

function contrastsTable(
  pairs: readonly { readonly label: string; readonly comparison: RestrictedMeanComparison }[],
  confidence: number,
): ResultTable {
  return {
    id: "restricted-mean-contrasts",
    title: "Unadjusted contrasts",
    columns: [
      { title: "Comparison", unit: "", kind: "text" },
      { title: "Contrast", unit: "", kind: "text" },
      { title: "Estimate", unit: "", kind: "number" },
      { title: "Lower limit", unit: "", kind: "number" },
      { title: "Upper limit", unit: "", kind: "number" },
      { title: "Two-sided p", unit: "", kind: "p-value" },
    ],
    rows: pairs.flatMap(({ label, comparison }) =>
      (
        [
          ["difference of means, days", comparison.difference],
          ["ratio of means", comparison.ratio],
          ["ratio of times lost", comparison.timeLostRatio],
        ] as const
      ).map(([name, contrast]) => [
        label,
        name,
        finite(contrast.estimate),
        finite(contrast.lower),
        finite(contrast.upper),
        finite(contrast.pValue),
      ]),
    ),
    note: `${percent(confidence)} intervals; tests of no difference.`,
  };
}

function regressionTable(regression: RestrictedMeanRegression, label: string, suffix: string): ResultTable {
  const p = regression.names.length;
  const z = -normalQuantile(0.025);
  return {
    id: `restricted-mean-regression${suffix}`,
    title: `Weighted regression: ${label}`,
    columns: [
      { title: "Term", unit: "", kind: "text" },
      { title: "Coefficient", unit: "days", kind: "number" },
      { title: "Standard error", unit: "days", kind: "number" },
      { title: "z", unit: "", kind: "number" },
      { title: "Two-sided p", unit: "", kind: "p-value" },
      { title: "Lower 95 % limit", unit: "days", kind: "number" },
      { title: "Upper 95 % limit", unit: "days", kind: "number" },
    ],
    rows: regression.names.map((name, j) => {
      const estimate = regression.coefficients[j]!;
      const standardError = Math.sqrt(regression.covariance[j * p + j]!);
      const statistic = estimate / standardError;
      return [
        name,
        estimate,
        standardError,
        statistic,
        2 * normalUpperTail(Math.abs(statistic)),
        estimate - z * standardError,
        estimate + z * standardError,
      ];
    }),
    note: "Weights: the inverse probability of not being censored, estimated within each arm.",
  };
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);
