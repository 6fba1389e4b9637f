import { DomainError, namingFields } from "../../errors/domain-error.ts";
import { chiSquareUpperTail } from "../../numerics/chi-square.ts";
import { normalQuantile, normalUpperTail } from "../../numerics/normal.ts";
import type { AnalysisReport, ResultTable } from "../analysis-report.ts";
import { waldInference } from "../analysis-result.ts";
import type { TrialData } from "../trial-data.ts";
import { concordance } from "./concordance.ts";
import { coxProgram } from "./cox-program.ts";
import { robustCovariance } from "./cox-residuals.ts";
import { type CovariateColumns, type EventData, eventData, modelColumns } from "./event-data.ts";
import { type CoxFit, coefficientIndex, fitCox } from "./fit-cox.ts";
import { proportionalHazardsTest } from "./proportional-hazards-test.ts";
import { curvesByArm, eventCountTable } from "./survival-tables.ts";
import type { CoxSpec } from "./time-to-event-spec.ts";

/**
 * Cox's proportional hazards model of a trial: every arm against the control in one model, with covariates, a score and
 * strata.
 *
 * @returns Log hazard ratios, coefficients, tests of the model, the test of proportional hazards, and programs.
 * @throws DomainError naming the field of the specification; NOT_ESTIMABLE for an arm or level without events.
 *
 * METHODS.md eq. (V9)–(V19), (V25).
 */
export function analyseCox(spec: CoxSpec, data: TrialData): AnalysisReport {
  if (spec.ties === "exact" && spec.variance === "robust")
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "variance",
      received: "robust",
      requirement: "must be model with exact ties",
      hint: "Use Efron's or Breslow's ties with robust standard errors.",
    });
  const events = eventData(spec, data);
  assertEventsInArms(events);
  const design = modelColumns(events.arm, events.armNames, events.covariates);
  const fit = namingFields(COLUMN_FIELDS, () =>
    fitCox(events.times, design.columns, {
      ties: spec.ties,
      ...(events.strata === null ? {} : { strata: events.strata }),
    }),
  );
  const covariance = spec.variance === "robust" ? robustCovariance(fit) : fit.covariance;
  const q = fit.used.length;
  return {
    method: methodOf(spec, events),
    effects: events.armNames.slice(1).map((name, k) => {
      const position = namingFields(COLUMN_FIELDS, () => coefficientIndex(fit, k));
      const inference = waldInference(fit.coefficients[k]!, Math.sqrt(covariance[position * q + position]!), null, {
        nullValue: Math.log(spec.nullHazardRatio),
        benefit: spec.direction === "unfavourable" ? "lower" : "higher",
        confidence: spec.confidence,
      });
      return {
        label: `${name} minus ${events.armNames[0]}`,
        result: {
          method: `Cox's model, ${spec.variance === "robust" ? "robust" : "model-based"} standard error`,
          summaryMeasure: "log-hazard-ratio" as const,
          ...inference,
          subjectsUsed: fit.subjects,
          diagnostics: [],
        },
      };
    }),
    tables: [
      coefficientTable(spec, fit, covariance),
      modelTestTable(fit),
      hazardsTable(spec, fit, design),
      fitTable(events, fit),
      eventCountTable(events, curvesByArm(events, spec.confidence, "log-log")),
    ],
    fitNotes: [
      `Newton's method from 0 converged after ${fit.iterations} iterations; the last step was ${fit.lastStep.toExponential(1)} standard errors.`,
    ],
    diagnostics: [...events.diagnostics, ...fit.diagnostics],
    code: coxProgram(spec, events),
  };
}

/** What the columns of a model come from. */
const COLUMN_FIELDS = { columns: "covariates" };

/** Without an event an arm has a hazard ratio of 0, which no model estimates. */
function assertEventsInArms({ times, arm, armNames }: EventData): void {
  armNames.forEach((name, code) => {
    if (arm.some((own, i) => own === code && times.event[i] === 1)) return;
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "events",
      received: 0,
      requirement: `must have occurred in every arm; ${name} has none, so its hazard ratio has no finite estimate`,
      hint: "Use the log-rank test or the restricted mean, or count more kinds of events.",
    });
  });
}

const TIES = { efron: "Efron's", breslow: "Breslow's", exact: "exact (discrete)" } as const;

function methodOf(spec: CoxSpec, events: EventData): string {
  const covariates =
    events.covariates.length === 0 ? "" : `, covariates ${events.covariates.map(({ name }) => name).join(", ")}`;
  const strata = events.strata === null ? "" : `, stratified by ${events.strataNames.join(" and ")}`;
  const other = spec.otherEvents === "ignore" ? "" : ", other events censor";
  const cutoff = spec.cutoffDay === null ? "" : `, follow-up to day ${spec.cutoffDay}`;
  return `Cox's proportional hazards model, ${TIES[spec.ties]} ties${covariates}${strata}; event: ${spec.events.join(" or ")}${other}${cutoff}`;
}

function coefficientTable(spec: CoxSpec, fit: CoxFit, covariance: Float64Array): ResultTable {
  const q = fit.used.length;
  const half = -normalQuantile((1 - spec.confidence) / 2);
  return {
    id: "coefficients",
    title: "Coefficients",
    columns: [
      { title: "Term", unit: "", kind: "text" },
      { title: "Log hazard ratio", unit: "", kind: "number" },
      { title: "Standard error", unit: "", kind: "number" },
      { title: "z", unit: "", kind: "number" },
      { title: "Two-sided p", unit: "", kind: "p-value" },
      { title: "Hazard ratio", unit: "", kind: "number" },
      { title: "Lower limit", unit: "", kind: "number" },
      { title: "Upper limit", unit: "", kind: "number" },
    ],
    rows: fit.names.map((name, column) => {
      const position = fit.used.indexOf(column);
      if (position === -1) return [name, null, null, null, null, null, null, null];
      const estimate = fit.coefficients[column]!;
      const standardError = Math.sqrt(covariance[position * q + position]!);
      const z = estimate / standardError;
      return [
        name,
        estimate,
        standardError,
        z,
        2 * normalUpperTail(Math.abs(z)),
        ...[estimate, estimate - half * standardError, estimate + half * standardError].map(finiteRatio),
      ];
    }),
    note: "The first level of a category is its reference. A dash: determined by the other terms.",
  };
}

/** e^x; null where a covariate in an unsuitable unit makes the ratio of one unit overflow. */
function finiteRatio(logarithm: number): number | null {
  const ratio = Math.exp(logarithm);
  return ratio < Infinity ? ratio : null;
}

function modelTestTable(fit: CoxFit): ResultTable {
  const df = fit.used.length;
  const statistics: readonly [string, number][] = [
    ["Likelihood ratio", 2 * (fit.logLikelihood.fitted - fit.logLikelihood.null)],
    ["Score", fit.scoreStatistic],
    ["Wald", fit.waldStatistic],
  ];
  return {
    id: "model-tests",
    title: "Tests of all coefficients together (model-based)",
    columns: [
      { title: "Test", unit: "", kind: "text" },
      { title: "Chi-square", unit: "", kind: "number" },
      { title: "Degrees of freedom", unit: "", kind: "degrees-of-freedom" },
      { title: "p", unit: "", kind: "p-value" },
    ],
    rows: statistics.map(([name, statistic]) => [name, statistic, df, chiSquareUpperTail(statistic, df)]),
    note: `Log partial likelihood ${fit.logLikelihood.fitted.toFixed(6)}, without terms ${fit.logLikelihood.null.toFixed(6)}.`,
  };
}

const TRANSFORM_WORDS = {
  km: "1 minus the Kaplan–Meier curve",
  rank: "the rank of the time",
  identity: "time",
  log: "the logarithm of time",
} as const;

function hazardsTable(spec: CoxSpec, fit: CoxFit, design: CovariateColumns): ResultTable {
  return {
    id: "proportional-hazards",
    title: "Test of proportional hazards",
    columns: [
      { title: "Term", unit: "", kind: "text" },
      { title: "Chi-square", unit: "", kind: "number" },
      { title: "Degrees of freedom", unit: "", kind: "degrees-of-freedom" },
      { title: "p", unit: "", kind: "p-value" },
    ],
    rows: namingFields({ times: "timeTransform" }, () =>
      proportionalHazardsTest(fit, design.terms, spec.timeTransform),
    ).map((test) => [test.term, test.chiSquare, test.degreesOfFreedom, test.pValue]),
    note: `A dash: events at too few different times for the test. Score tests against a coefficient that changes with ${TRANSFORM_WORDS[spec.timeTransform]} (Grambsch and Therneau). A large p does not show that hazards are proportional.`,
  };
}

function fitTable(events: EventData, fit: CoxFit): ResultTable {
  const ordering = concordance(events.times, fit.linearPredictor, events.strata ?? undefined);
  return {
    id: "model-fit",
    title: "Fit",
    columns: [
      { title: "Patients", unit: "", kind: "count" },
      { title: "Events", unit: "", kind: "count" },
      { title: "Strata", unit: "", kind: "count" },
      { title: "Concordance", unit: "", kind: "number" },
      { title: "Standard error", unit: "", kind: "number" },
    ],
    rows: [[fit.subjects, fit.events, events.strataCount, ordering.concordance, ordering.standardError]],
    note: "",
  };
}
