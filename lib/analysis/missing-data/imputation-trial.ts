import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { covariateColumnName } from "../analysis-table.ts";
import { constantCategoryDiagnostics, isConstantCategory } from "../constant-category.ts";
import type { Covariate } from "../covariate.ts";
import { completeRows, occurringLevels, variableAtRows } from "../model-design.ts";
import { trialCovariates, trialEndpoint, trialScore, trialVisitIndex, valuesAtVisit } from "../trial-columns.ts";
import type { TrialData, TrialEndpoint } from "../trial-data.ts";
import { ARM, imputationData, VISIT } from "./imputation-data.ts";
import type { ImputationData } from "./imputation-model.ts";
import type { ImputationStrategy } from "./imputation-strategy.ts";
import type { MultipleImputationSpec } from "./multiple-imputation-spec.ts";

/** A trial as the imputation sees it. */
export interface ImputationTrial {
  readonly data: ImputationData;
  readonly endpoint: TrialEndpoint;
  /** Visits imputed, as indices into the trial's visits, in planned order; the last is the one compared. */
  readonly visitIndices: readonly number[];
  /** Patients of the trial who enter, by index. */
  readonly patients: readonly number[];
  /** Covariates of the trial in the model, as named in the trial. */
  readonly trialCovariates: readonly Covariate[];
  readonly terms: readonly (readonly string[])[];
  /** Columns of covariates of the analysis at each visit, [visit][column][patient]. */
  readonly analysisColumns: readonly (readonly Float64Array[])[];
  /** Covariates with one category only, which have no column. */
  readonly constantNames: readonly string[];
  /** Name of the reference arm. */
  readonly referenceName: string;
  readonly diagnostics: readonly Diagnostic[];
}

export const BASELINE = "baseline";
export const SCORE = "score";

/**
 * Arranges a trial for imputation (METHODS.md eq. (D7), (D13)).
 *
 * @throws DomainError naming the field of the specification.
 */
export function imputationTrial(spec: MultipleImputationSpec, trial: TrialData): ImputationTrial {
  const endpoint = trialEndpoint(trial, spec.endpoint);
  const target = trialVisitIndex(trial, spec.visit);
  const planned = trial.visits
    .map((visit, index) => ({ index, day: visit.day }))
    .filter(({ index, day }) => index === target || (day > 0 && day < trial.visits[target]!.day))
    .sort((a, b) => a.day - b.day)
    .map(({ index }) => index);
  const visitIndices = planned.filter((visit) => valuesAtVisit(trial, endpoint, visit).some(Number.isFinite));
  if (!visitIndices.includes(target)) throw unmeasuredVisit(trial.visits[target]!.label);
  const named = trialCovariates(trial, spec.covariates);
  const reference = referenceArm(spec, trial);
  const strategy = strategiesOf(spec, trial);
  const width = trial.visits.length;
  const scores = spec.score ? visitIndices.map((visit) => trialScore(trial, endpoint.id, trial.visits[visit]!.id)) : [];

  const needsBaseline = spec.baseline || spec.outcome === "change";
  const patients = completeRows(named, trial.patientIds.length).filter(
    (patient) =>
      (!needsBaseline || Number.isFinite(endpoint.baseline[patient]!)) &&
      scores.every(({ mean }) => Number.isFinite(mean[patient]!)),
  );
  const diagnostics: Diagnostic[] = [];
  const left = trial.patientIds.length - patients.length;
  if (left > 0)
    diagnostics.push(
      diagnostic(
        "warning",
        "incomplete-covariates",
        `${left} of ${trial.patientIds.length} patients were left out because the baseline, a covariate or the score is missing; only outcomes are imputed.`,
      ),
    );
  const empty = planned.filter((visit) => !visitIndices.includes(visit)).map((visit) => trial.visits[visit]!.label);
  if (empty.length > 0)
    diagnostics.push(
      diagnostic(
        "warning",
        "visit-left-out",
        `Nobody has a value of ${endpoint.label} at ${empty.join(", ")}: nothing is imputed there.`,
        "visit",
      ),
    );
  trial.armNames.forEach((name, arm) => {
    if (!patients.some((patient) => trial.arm[patient] === arm)) throw emptyArm(name);
  });

  const m = visitIndices.length;
  const change = spec.outcome === "change";
  const outcome = new Float64Array(patients.length * m);
  const firstAfter = new Int32Array(patients.length).fill(m);
  patients.forEach((patient, i) => {
    const base = change ? endpoint.baseline[patient]! : 0;
    visitIndices.forEach((visit, v) => {
      outcome[i * m + v] = endpoint.values[patient * width + visit]! - base;
    });
    firstAfter[i] = firstVisitAfter(spec, trial, endpoint, patient, visitIndices);
    if (spec.event.kind === "event" && spec.event.valuesAfter === "set-missing")
      for (let v = firstAfter[i]!; v < m; v++) outcome[i * m + v] = Number.NaN;
  });

  const at = (covariate: Covariate) => variableAtRows(covariate, patients);
  const numericOf = (values: Float64Array) => Float64Array.from(patients, (patient) => values[patient]!);
  const baseline: Covariate[] = spec.baseline
    ? [{ kind: "numeric", name: BASELINE, values: numericOf(endpoint.baseline) }]
    : [];
  const covariates = named.map((covariate) => ({ ...at(covariate), name: covariateColumnName(covariate.name) }));
  diagnostics.push(...constantCategoryDiagnostics(covariates));
  const scoreAt = scores.map(({ mean }) =>
    Float64Array.from(patients, (patient) => mean[patient]! - (change ? endpoint.baseline[patient]! : 0)),
  );
  const score: Covariate[] = spec.score
    ? [
        {
          kind: "numeric",
          name: SCORE,
          values: Float64Array.from(
            { length: patients.length * m },
            (_, row) => scoreAt[row % m]![Math.floor(row / m)]!,
          ),
        },
      ]
    : [];
  const all = [...baseline, ...covariates, ...score];
  const terms = [
    [ARM],
    [VISIT],
    ...all.map(({ name }) => [name]),
    [ARM, VISIT],
    ...(spec.effectsByVisit ? [...baseline, ...score].map(({ name }) => [VISIT, name]) : []),
  ].filter((term) => m > 1 || !term.includes(VISIT));
  const constant = [...baseline, ...covariates].flatMap(columnsOf);
  return {
    endpoint,
    visitIndices,
    patients,
    trialCovariates: named,
    terms,
    analysisColumns: visitIndices.map((_, v) => (spec.score ? [...constant, scoreAt[v]!] : constant)),
    constantNames: covariates.filter(isConstantCategory).map(({ name }) => name),
    referenceName: trial.armNames[reference]!,
    diagnostics,
    data: imputationData({
      arm: Int32Array.from(patients, (patient) => trial.arm[patient]!),
      armNames: trial.armNames,
      visitNames: visitIndices.map((visit) => trial.visits[visit]!.id),
      outcome,
      firstAfter,
      strategy,
      reference: Int32Array.from(trial.armNames, () => reference),
      covariates: all,
      terms,
      structure: spec.covariance,
      covarianceByArm: spec.covarianceByArm,
    }),
  };
}

/** Index among the visits imputed of the first one after the patient's event; their number without one. */
function firstVisitAfter(
  { event }: MultipleImputationSpec,
  trial: TrialData,
  endpoint: TrialEndpoint,
  patient: number,
  visitIndices: readonly number[],
): number {
  const width = trial.visits.length;
  const none = visitIndices.length;
  const afterDropout = () => {
    let v = none;
    while (v > 0 && !Number.isFinite(endpoint.values[patient * width + visitIndices[v - 1]!]!)) v--;
    return v;
  };
  switch (event.kind) {
    case "none":
      return none;
    case "dropout":
      return afterDropout();
    case "event": {
      const days = trial.followUp.eventDay.get(event.event);
      if (days === undefined) {
        const known = [...trial.followUp.eventDay.keys()].join(", ");
        throw invalidInput("event.event", event.event, `must be one of ${known === "" ? "none in this trial" : known}`);
      }
      const day = days[patient]!;
      if (!Number.isFinite(day)) return event.dropout ? afterDropout() : none;
      const first = visitIndices.findIndex((visit) => {
        const measured = endpoint.days[patient * width + visit]!;
        return (Number.isFinite(measured) ? measured : trial.visits[visit]!.day) > day;
      });
      return first === -1 ? none : first;
    }
  }
}

function referenceArm(spec: MultipleImputationSpec, trial: TrialData): number {
  if (spec.reference === null) return 0;
  const found = trial.armNames.indexOf(spec.reference);
  if (found === -1) throw invalidInput("reference", spec.reference, `must be one of ${trial.armNames.join(", ")}`);
  return found;
}

function strategiesOf(spec: MultipleImputationSpec, trial: TrialData): ImputationStrategy[] {
  for (const name of Object.keys(spec.armStrategies))
    if (!trial.armNames.includes(name))
      throw invalidInput(`armStrategies.${name}`, name, `must be one of ${trial.armNames.join(", ")}`);
  return trial.armNames.map((name) => spec.armStrategies[name] ?? spec.strategy);
}

function columnsOf(covariate: Covariate): Float64Array[] {
  if (covariate.kind === "numeric") return [covariate.values];
  return occurringLevels(covariate)
    .slice(1)
    .map((level) => Float64Array.from(covariate.codes, (code) => Number(code === level)));
}

function unmeasuredVisit(label: string): DomainError {
  return new DomainError("INSUFFICIENT_DATA", {
    argument: "visit",
    received: label,
    requirement: "must be a visit at which somebody has a value of the endpoint",
    hint: "Choose a visit with measurements.",
  });
}

function emptyArm(name: string): DomainError {
  return new DomainError("INSUFFICIENT_DATA", {
    argument: "covariates",
    received: name,
    requirement: "must be known, with the baseline, for at least one patient of every arm",
    hint: "Leave out covariates with missing values, or check the arm received.",
  });
}
