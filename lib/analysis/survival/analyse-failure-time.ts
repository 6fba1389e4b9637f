import { diagnostic } from "../../errors/diagnostic.ts";
import { DomainError, namingFields } from "../../errors/domain-error.ts";
import { normalQuantile, normalUpperTail } from "../../numerics/normal.ts";
import type { AnalysisReport, ResultTable } from "../analysis-report.ts";
import { waldInference } from "../analysis-result.ts";
import { variableAtRows } from "../model-design.ts";
import type { TrialData } from "../trial-data.ts";
import { type FailureTimeFit, fitFailureTime } from "./accelerated-failure-time.ts";
import { type EventData, eventData, modelColumns } from "./event-data.ts";
import { errorLaw } from "./failure-time-distribution.ts";
import { failureTimeProgram } from "./failure-time-program.ts";
import { curvesByArm, eventCountTable, percent } from "./survival-tables.ts";
import { timesAt } from "./survival-times.ts";
import type { FailureTimeSpec } from "./time-to-event-spec.ts";

/**
 * Parametric model of the time to event of a trial: every arm against the control, with covariates and a score.
 *
 * @returns Log time ratios (differences of location for laws of time itself), coefficients, scale and log-likelihood.
 * @throws DomainError naming the field of the specification.
 *
 * METHODS.md eq. (V20)–(V21), (V25).
 */
export function analyseFailureTime(spec: FailureTimeSpec, data: TrialData): AnalysisReport {
  const all = eventData(spec, data);
  const { logarithmic } = errorLaw(spec.law);
  const events = logarithmic ? withoutDayZero(all) : all;
  const left = all.times.time.length - events.times.time.length;
  const { columns } = modelColumns(events.arm, events.armNames, events.covariates);
  const fit = namingFields({ columns: "covariates" }, () => fitFailureTime(events.times, columns, spec.law));
  const size = Math.sqrt(fit.covariance.length);
  return {
    method: methodOf(spec, events),
    effects: events.armNames.slice(1).map((name, k) => {
      const position = fit.used.indexOf(k + 1);
      if (position === -1)
        throw new DomainError("NOT_ESTIMABLE", {
          argument: "covariates",
          received: name,
          requirement: "must not determine the arm",
          hint: "Leave out the covariates that determine it.",
        });
      return {
        label: `${name} minus ${events.armNames[0]}`,
        result: {
          method: `${spec.law} model, maximum likelihood`,
          summaryMeasure: logarithmic ? ("log-time-ratio" as const) : ("mean-difference" as const),
          ...waldInference(fit.coefficients[k + 1]!, Math.sqrt(fit.covariance[position * size + position]!), null, {
            nullValue: spec.nullValue,
            benefit: spec.direction === "unfavourable" ? "higher" : "lower",
            confidence: spec.confidence,
          }),
          subjectsUsed: fit.subjects,
          diagnostics: [],
        },
      };
    }),
    tables: [
      coefficientTable(spec, fit, size, logarithmic),
      fitTable(fit),
      eventCountTable(events, curvesByArm(events, spec.confidence, "log-log")),
    ],
    fitNotes: [
      `Newton's method converged after ${fit.iterations} iterations; the last step was ${fit.lastStep.toExponential(1)} standard errors.`,
    ],
    diagnostics: [
      ...all.diagnostics,
      ...(left > 0
        ? [
            diagnostic(
              "warning",
              "day-zero-left-out",
              `${left} patients with time 0 are left out: the ${spec.law} law has no such times.`,
              "law",
            ),
          ]
        : []),
      ...fit.diagnostics,
    ],
    code: failureTimeProgram(spec, events, logarithmic),
  };
}

function withoutDayZero(events: EventData): EventData {
  const rows = Array.from(events.times.time, (_, i) => i).filter((i) => events.times.time[i]! > 0);
  if (rows.length === events.times.time.length) return events;
  return {
    ...events,
    times: timesAt(events.times, rows),
    arm: Int32Array.from(rows, (row) => events.arm[row]!),
    covariates: events.covariates.map((covariate) => variableAtRows(covariate, rows)),
  };
}

function methodOf(spec: FailureTimeSpec, events: EventData): string {
  const covariates =
    events.covariates.length === 0 ? "" : `, covariates ${events.covariates.map(({ name }) => name).join(", ")}`;
  const other = spec.otherEvents === "ignore" ? "" : ", other events censor";
  const cutoff = spec.cutoffDay === null ? "" : `, follow-up to day ${spec.cutoffDay}`;
  return `Parametric model of the time to event, ${spec.law} law${covariates}; event: ${spec.events.join(" or ")}${other}${cutoff}`;
}

/** Above it e^x overflows, as with a covariate in an unsuitable unit. */
const LARGEST_LOGARITHM = 709;

function coefficientTable(spec: FailureTimeSpec, fit: FailureTimeFit, size: number, logarithmic: boolean): ResultTable {
  const half = -normalQuantile((1 - spec.confidence) / 2);
  const unit = logarithmic ? "" : "days";
  return {
    id: "coefficients",
    title: logarithmic ? "Coefficients of log time" : "Coefficients of time",
    columns: [
      { title: "Term", unit: "", kind: "text" },
      { title: "Estimate", unit, kind: "number" },
      { title: "Standard error", unit, kind: "number" },
      { title: "z", unit: "", kind: "number" },
      { title: "Two-sided p", unit: "", kind: "p-value" },
      { title: "Lower limit", unit, kind: "number" },
      { title: "Upper limit", unit, kind: "number" },
      { title: "Time ratio", unit: "", kind: "number" },
    ],
    rows: fit.names.map((name, column) => {
      const position = fit.used.indexOf(column);
      if (position === -1) return [name, null, null, null, null, null, null, null];
      const estimate = fit.coefficients[column]!;
      const standardError = Math.sqrt(fit.covariance[position * size + position]!);
      const z = estimate / standardError;
      return [
        name,
        estimate,
        standardError,
        z,
        2 * normalUpperTail(Math.abs(z)),
        estimate - half * standardError,
        estimate + half * standardError,
        logarithmic && column > 0 && estimate < LARGEST_LOGARITHM ? Math.exp(estimate) : null,
      ];
    }),
    note: `${percent(spec.confidence)} intervals. The first level of a category is its reference.`,
  };
}

function fitTable(fit: FailureTimeFit): ResultTable {
  const parameters = Math.sqrt(fit.covariance.length);
  return {
    id: "model-fit",
    title: "Fit",
    columns: [
      { title: "Patients", unit: "", kind: "count" },
      { title: "Events", unit: "", kind: "count" },
      { title: "Scale", unit: "", kind: "number" },
      { title: "Log-likelihood", unit: "", kind: "number" },
      { title: "Without terms", unit: "", kind: "number" },
      { title: "AIC", unit: "", kind: "number" },
    ],
    rows: [
      [
        fit.subjects,
        fit.events,
        fit.scale,
        fit.logLikelihood.fitted,
        fit.logLikelihood.interceptOnly,
        2 * (parameters - fit.logLikelihood.fitted),
      ],
    ],
    note:
      fit.law === "weibull" || fit.law === "exponential"
        ? "Minus the coefficient over the scale is the log hazard ratio."
        : "",
  };
}
