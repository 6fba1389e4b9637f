import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { covariateColumnName } from "../analysis-table.ts";
import { constantCategoryDiagnostics } from "../constant-category.ts";
import type { Covariate } from "../covariate.ts";
import { completeRows, type ModelTerm, variableAtRows } from "../model-design.ts";
import { trialCovariates, trialEndpoint, trialVisitIndex } from "../trial-columns.ts";
import type { TrialData, TrialEndpoint } from "../trial-data.ts";
import { type Cell, centredByVisit, isConstant, scoreColumn } from "./mmrm-score.ts";
import type { MmrmSpec } from "./mmrm-spec.ts";

type Categorical = Extract<Covariate, { kind: "categorical" }>;

/** Rows of one mixed model for repeated measures: patients and visits with everything known. */
export interface MmrmColumns {
  readonly endpoint: TrialEndpoint;
  /** Visits of the model as positions in the trial, in planned order. */
  readonly visits: readonly number[];
  readonly primaryVisit: number;
  /** Visits to average over, as positions in the trial. */
  readonly averageOver: readonly number[];
  /** Arm, visit and covariates, one value a row. */
  readonly variables: readonly Covariate[];
  readonly terms: readonly ModelTerm[];
  readonly outcome: Float64Array;
  readonly arm: Categorical;
  readonly visit: Categorical;
  /** Patient of each row, as a position in the trial. */
  readonly patient: Int32Array;
  /** Day of measurement, or the planned day where it is not known. */
  readonly day: Float64Array;
  readonly weights: Float64Array | null;
  /** Covariates of the trial in the model, and the one that holds the weights. */
  readonly trialCovariates: readonly Covariate[];
  /** Whether the score is in the model; a constant one is not. */
  readonly withScore: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

export const SCORE_NAME = "score";
export const BASELINE_NAME = "baseline";

/**
 * Rows and terms that a specification names (METHODS.md eq. (M23)).
 *
 * @throws DomainError naming the field of the specification.
 */
export function mmrmColumns(spec: MmrmSpec, data: TrialData): MmrmColumns {
  const endpoint = trialEndpoint(data, spec.endpoint);
  const visits = visitsOf(spec, data, endpoint);
  const primaryVisit =
    spec.primaryVisit === null ? visits.at(-1)! : visitInModel(spec.primaryVisit, data, visits, "primaryVisit");
  const averageOver = spec.averageOver.map((id, i) => visitInModel(id, data, visits, `averageOver.${i}`));
  const named = trialCovariates(data, spec.covariates);
  spec.covariatesByVisit.forEach((name, i) => {
    if (!spec.covariates.includes(name))
      throw invalidInput(`covariatesByVisit.${i}`, name, "must be one of the covariates of the analysis");
  });
  const weighting = spec.weights === null ? null : weightCovariate(spec.weights, data);
  const cells = cellsOf(data, visits);
  const all = cellVariables(spec, data, endpoint, named, cells);
  const outcome = Float64Array.from(cells, ({ patient, visit }) => {
    const value = endpoint.values[patient * data.visits.length + visit]!;
    return spec.outcome === "change" ? value - endpoint.baseline[patient]! : value;
  });
  const observed = cells.map((_, i) => i).filter((i) => Number.isFinite(outcome[i]!));
  const diagnostics: Diagnostic[] = [];
  const score = spec.score ? scoreColumn(spec, data, endpoint, primaryVisit, cells) : null;
  const withoutScore = completeAmong(all, observed, cells.length);
  let used = withoutScore;
  let withScore = score !== null;
  if (score !== null) {
    const scored = withoutScore.filter((i) => Number.isFinite(score[i]!));
    if (scored.length === 0) throw noTwins();
    if (isConstant(score, cells, scored)) {
      withScore = false;
      diagnostics.push(
        diagnostic(
          "warning",
          "constant-score",
          "The prognostic score is the same for every patient, so it was left out: the analysis is the one without a score.",
          "score",
        ),
      );
    } else {
      used = scored;
      const lost = patientsAmong(cells, withoutScore) - patientsAmong(cells, scored);
      if (lost > 0)
        diagnostics.push(
          diagnostic(
            "warning",
            "patients-without-twin",
            `${lost} patients with complete data have no twin and were left out.`,
            "score",
          ),
        );
      all.push({
        kind: "numeric",
        name: SCORE_NAME,
        values: spec.scoreAt === "same-visit" ? centredByVisit(score, cells, used) : score,
      });
    }
  }
  if (weighting !== null) used = used.filter((i) => Number.isFinite(weighting.values[cells[i]!.patient]!));
  if (used.length === 0) throw noRows(spec, observed.length);
  const incomplete = patientsAmong(cells, observed) - patientsAmong(cells, withoutScore);
  if (incomplete > 0)
    diagnostics.push(
      diagnostic(
        "warning",
        "incomplete-covariates",
        `${incomplete} patients with an outcome lack a covariate${spec.outcome === "change" || spec.baseline !== "none" ? " or the baseline" : ""} and were left out.`,
        "covariates",
      ),
    );
  const variables = all.map((variable) => variableAtRows(variable, used));
  diagnostics.push(...constantCategoryDiagnostics(variables.slice(2)));
  return {
    endpoint,
    visits,
    primaryVisit,
    averageOver,
    variables,
    terms: termsOf(spec, named, withScore),
    outcome: Float64Array.from(used, (i) => outcome[i]!),
    arm: variables[0] as Categorical,
    visit: variables[1] as Categorical,
    patient: Int32Array.from(used, (i) => cells[i]!.patient),
    day: Float64Array.from(used, (i) => {
      const { patient, visit } = cells[i]!;
      const day = endpoint.days[patient * data.visits.length + visit]!;
      return Number.isFinite(day) ? day : data.visits[visit]!.day;
    }),
    weights:
      weighting === null ? null : Float64Array.from(used, (i) => weightAt(spec, weighting.values[cells[i]!.patient]!)),
    trialCovariates:
      weighting === null || named.some(({ name }) => name === weighting.name) ? named : [...named, weighting],
    withScore,
    diagnostics,
  };
}

function cellsOf(data: TrialData, visits: readonly number[]): Cell[] {
  return data.patientIds.flatMap((_, patient) => visits.map((visit) => ({ patient, visit })));
}

function visitsOf(spec: MmrmSpec, data: TrialData, endpoint: TrialEndpoint): number[] {
  const measured = (visit: number) =>
    data.patientIds.some((_, patient) => Number.isFinite(endpoint.values[patient * data.visits.length + visit]!));
  const byDay = (a: number, b: number) => data.visits[a]!.day - data.visits[b]!.day;
  if (spec.visits.length > 0) {
    const named = spec.visits.map((id, i) => {
      const visit = trialVisitIndex(data, id, `visits.${i}`);
      if (spec.visits.indexOf(id) !== i) throw invalidInput(`visits.${i}`, id, "must not be named twice");
      if (!measured(visit))
        throw new DomainError("INSUFFICIENT_DATA", {
          argument: `visits.${i}`,
          received: id,
          requirement: `must have at least one value of ${spec.endpoint}`,
          hint: "Leave the visit out of the analysis.",
        });
      return visit;
    });
    return named.sort(byDay);
  }
  const found = data.visits.map((_, visit) => visit).filter((visit) => data.visits[visit]!.day > 0 && measured(visit));
  if (found.length === 0) throw noRows(spec, 0);
  return found.sort(byDay);
}

function visitInModel(id: string, data: TrialData, visits: readonly number[], field: string): number {
  const visit = trialVisitIndex(data, id, field);
  if (!visits.includes(visit))
    throw invalidInput(
      field,
      id,
      `must be a visit of the model: ${visits.map((index) => data.visits[index]!.id).join(", ")}`,
    );
  return visit;
}

function weightCovariate(name: string, data: TrialData): Extract<Covariate, { kind: "numeric" }> {
  const [found] = trialCovariates(data, [name], "weights");
  if (found?.kind !== "numeric") throw invalidInput("weights", name, "must name a numeric covariate");
  return found;
}

function weightAt(spec: MmrmSpec, weight: number): number {
  if (weight > 0) return weight;
  throw invalidInput("weights", weight, `must be positive for every patient analysed (${spec.weights})`);
}

function cellVariables(
  spec: MmrmSpec,
  data: TrialData,
  endpoint: TrialEndpoint,
  named: readonly Covariate[],
  cells: readonly Cell[],
): Covariate[] {
  const patients = cells.map(({ patient }) => patient);
  const variables: Covariate[] = [
    {
      kind: "categorical",
      name: "arm",
      levels: data.armNames,
      codes: Int32Array.from(patients, (patient) => data.arm[patient]!),
    },
    {
      kind: "categorical",
      name: "visit",
      levels: data.visits.map(({ id }) => id),
      codes: Int32Array.from(cells, ({ visit }) => visit),
    },
  ];
  if (spec.baseline !== "none")
    variables.push({
      kind: "numeric",
      name: BASELINE_NAME,
      values: Float64Array.from(patients, (patient) => endpoint.baseline[patient]!),
    });
  for (const covariate of named)
    variables.push({ ...variableAtRows(covariate, patients), name: covariateColumnName(covariate.name) });
  return variables;
}

function termsOf(spec: MmrmSpec, named: readonly Covariate[], withScore: boolean): ModelTerm[] {
  const byVisit = [
    ...(spec.baseline === "by-visit" ? [BASELINE_NAME] : []),
    ...spec.covariatesByVisit.map(covariateColumnName),
    ...(withScore && spec.scoreByVisit ? [SCORE_NAME] : []),
  ];
  const mains = [
    ...(spec.baseline === "none" ? [] : [BASELINE_NAME]),
    ...named.map(({ name }) => covariateColumnName(name)),
    ...(withScore ? [SCORE_NAME] : []),
  ];
  return [
    ["visit"],
    ["arm"],
    ...mains.map((name) => [name]),
    ["visit", "arm"],
    ...byVisit.map((name) => ["visit", name]),
  ];
}

function completeAmong(variables: readonly Covariate[], rows: readonly number[], count: number): number[] {
  const complete = new Set(completeRows(variables, count));
  return rows.filter((row) => complete.has(row));
}

const patientsAmong = (cells: readonly Cell[], rows: readonly number[]): number =>
  new Set(rows.map((row) => cells[row]!.patient)).size;

function noTwins(): DomainError {
  return new DomainError("INSUFFICIENT_DATA", {
    argument: "score",
    received: 0,
    requirement: "needs at least one patient with complete data and a twin",
    hint: "Generate the twins of this trial, or analyse without the score.",
  });
}

function noRows(spec: MmrmSpec, observed: number): DomainError {
  return new DomainError("INSUFFICIENT_DATA", {
    argument: "endpoint",
    received: observed,
    requirement: `must have patients with ${spec.endpoint} after baseline and complete covariates (values seen given)`,
    hint: "Check the visits, leave out covariates that are missing, or analyse the value instead of the change.",
  });
}
