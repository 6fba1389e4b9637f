import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { covariateColumnName } from "../analysis-table.ts";
import { constantCategoryDiagnostics, isConstantCategory } from "../constant-category.ts";
import type { Covariate } from "../covariate.ts";
import { completeRows, type ModelDesign, type ModelTerm, modelDesign, variableAtRows } from "../model-design.ts";
import { trialCovariates, trialEndpoint, trialScore, trialVisitIndex } from "../trial-columns.ts";
import type { TrialData, TrialEndpoint } from "../trial-data.ts";
import type { MixedModelData, NamedColumn, ResidualStructure } from "./mixed-model-data.ts";
import { DAYS_IN, type MixedModelSpec } from "./mixed-model-spec.ts";

export const TIME_NAME = "time";
export const SCORE_NAME = "score";
export const BASELINE_NAME = "baseline";

/** Rows, design and names of one analysis, one row a patient and time. */
export interface MixedModelColumns {
  readonly endpoint: TrialEndpoint;
  /** Visits analysed, as positions in `data.visits`, by planned day. */
  readonly visitIndices: readonly number[];
  /** Covariates of the trial among those of the model. */
  readonly trialCovariates: readonly Covariate[];
  readonly withScore: boolean;
  /** Names of all covariates in the model: baseline, those named, score. */
  readonly covariateNames: readonly string[];
  /** Those of them with one category only, which have no column. */
  readonly constantNames: readonly string[];
  readonly terms: readonly ModelTerm[];
  readonly design: ModelDesign;
  /** Patient of each row. */
  readonly patientOfRow: Int32Array;
  readonly model: MixedModelData;
  readonly diagnostics: readonly Diagnostic[];
}

export function residualStructureOf(spec: MixedModelSpec): ResidualStructure {
  switch (spec.residual) {
    case "independent":
      return { kind: "independent" };
    case "continuous-autoregressive":
      return { kind: "continuous-autoregressive", measurementError: false };
    case "continuous-autoregressive-with-measurement-error":
      return { kind: "continuous-autoregressive", measurementError: true };
  }
}

/**
 * The columns that a specification names (METHODS.md eq. (L20)).
 *
 * @throws DomainError naming the field: unknown names, choices that exclude each other, no usable rows, an arm without
 *   patients.
 */
export function mixedModelColumns(spec: MixedModelSpec, data: TrialData): MixedModelColumns {
  const endpoint = trialEndpoint(data, spec.endpoint);
  const named = trialCovariates(data, spec.covariates);
  const visitIndices = visitsOf(spec, data);
  if (spec.baseline === "outcome" && spec.outcome === "change")
    throw invalidInput(
      "outcome",
      "change",
      "must be the value when the baseline is an outcome",
      "A change has no baseline.",
    );
  if (spec.baseline === "outcome" && spec.score)
    throw invalidInput(
      "score",
      true,
      "cannot be used when the baseline is an outcome, since it is computed from it",
      "Use the baseline as a covariate.",
    );

  const cells = cellsOf(spec, data, endpoint, visitIndices);
  const patientOf = Int32Array.from(cells, ({ patient }) => patient);
  const change = spec.outcome === "change";
  const outcome: Covariate = {
    kind: "numeric",
    name: "outcome",
    values: Float64Array.from(cells, ({ patient, value }) => (change ? value - endpoint.baseline[patient]! : value)),
  };
  const time: Covariate = {
    kind: "numeric",
    name: TIME_NAME,
    values: Float64Array.from(cells, ({ day }) => day / DAYS_IN[spec.timeUnit]),
  };
  const arm: Covariate = {
    kind: "categorical",
    name: "arm",
    levels: data.armNames,
    codes: Int32Array.from(patientOf, (patient) => data.arm[patient]!),
  };
  const covariates = named.map((covariate) =>
    variableAtRows({ ...covariate, name: covariateColumnName(covariate.name) }, [...patientOf]),
  );
  if (spec.baseline === "covariate")
    covariates.unshift({
      kind: "numeric",
      name: BASELINE_NAME,
      values: Float64Array.from(patientOf, (patient) => endpoint.baseline[patient]!),
    });
  const diagnostics: Diagnostic[] = [];
  let rows = completeRows([outcome, time, arm, ...covariates], cells.length);
  const reached = new Set(cells.map(({ patient }) => patient)).size;
  let withScore = false;
  const byTime = spec.covariatesByTime ? covariates.map(({ name }) => name) : [];
  if (spec.score) {
    const scores = new Map(visitIndices.map((visit) => [visit, trialScore(data, endpoint.id, data.visits[visit]!.id)]));
    const score: Covariate = {
      kind: "numeric",
      name: SCORE_NAME,
      values: Float64Array.from(cells, ({ patient, visit }) => {
        const mean = scores.get(visit)!.mean[patient]!;
        return change ? mean - endpoint.baseline[patient]! : mean;
      }),
    };
    const predicted = rows.filter((row) => Number.isFinite(score.values[row]!));
    const first = score.values[predicted[0] ?? 0];
    withScore = predicted.some((row) => Math.abs(score.values[row]! - first!) > 1e-12 * Math.abs(first!));
    if (withScore) {
      covariates.push(score);
      const lost =
        new Set(rows.map((row) => patientOf[row]!)).size - new Set(predicted.map((row) => patientOf[row]!)).size;
      if (lost > 0)
        diagnostics.push(
          diagnostic("warning", "patients-without-twin", `${lost} patients have no twin and were left out.`, "score"),
        );
      rows = predicted;
    } else
      diagnostics.push(
        diagnostic(
          "warning",
          "constant-score",
          "The prognostic score is the same everywhere, so it was left out: the analysis is the one without a score.",
          "score",
        ),
      );
  }
  const used = rows.map((row) => patientOf[row]!);
  const patients = new Set(used).size;
  if (patients < reached)
    diagnostics.push(
      diagnostic(
        "warning",
        "incomplete-covariates",
        `${reached - patients} patients with observations lack a covariate and were left out.`,
      ),
    );
  if (reached < data.patientIds.length)
    diagnostics.push(
      diagnostic(
        "information",
        "patients-without-observation",
        `${data.patientIds.length - reached} of ${data.patientIds.length} patients have no observation at the visits analysed.`,
      ),
    );
  data.armNames.forEach((name, code) => {
    if (!used.some((patient) => data.arm[patient] === code))
      throw new DomainError("INSUFFICIENT_DATA", {
        argument: "endpoint",
        received: spec.endpoint,
        requirement: `must have observations in arm ${name}`,
        hint: "Check the visits and covariates of the analysis.",
      });
  });

  const names = covariates.map(({ name }) => name);
  const constant = covariates.map((covariate) => variableAtRows(covariate, rows)).filter(isConstantCategory);
  diagnostics.push(...constantCategoryDiagnostics(constant));
  const terms: ModelTerm[] = [
    [TIME_NAME],
    ...(spec.treatment === "intercept-and-slope" ? [["arm"]] : []),
    ...names.map((name) => [name]),
    ...byTime.map((name) => [TIME_NAME, name]),
    [TIME_NAME, "arm"],
  ];
  const at = [time, arm, ...covariates].map((variable) => variableAtRows(variable, rows));
  const design = modelDesign(at, terms);
  const times = Float64Array.from(rows, (row) => time.values[row]!);
  assertDistinctTimes(spec, data, used, times);
  return {
    endpoint,
    visitIndices,
    trialCovariates: named,
    withScore,
    covariateNames: names,
    constantNames: constant.map(({ name }) => name),
    terms,
    design,
    patientOfRow: Int32Array.from(used),
    model: {
      outcome: Float64Array.from(rows, (row) => outcome.values[row]!),
      group: Int32Array.from(used),
      fixed: design.columns.map(({ name, values }) => ({ name, values })),
      random: randomBlocks(spec, times),
      time: times,
    },
    diagnostics,
  };
}

interface Cell {
  readonly patient: number;
  /** Position of the visit; −1 for the baseline. */
  readonly visit: number;
  readonly day: number;
  readonly value: number;
}

function cellsOf(
  spec: MixedModelSpec,
  data: TrialData,
  endpoint: TrialEndpoint,
  visitIndices: readonly number[],
): Cell[] {
  const width = data.visits.length;
  const cells: Cell[] = [];
  for (let patient = 0; patient < data.patientIds.length; patient++) {
    if (spec.baseline === "outcome" && Number.isFinite(endpoint.baseline[patient]!))
      cells.push({ patient, visit: -1, day: 0, value: endpoint.baseline[patient]! });
    for (const visit of visitIndices) {
      const value = endpoint.values[patient * width + visit]!;
      const day = spec.time === "planned-day" ? data.visits[visit]!.day : endpoint.days[patient * width + visit]!;
      if (Number.isFinite(value) && Number.isFinite(day)) cells.push({ patient, visit, day, value });
    }
  }
  return cells;
}

function visitsOf(spec: MixedModelSpec, data: TrialData): number[] {
  const chosen =
    spec.visits.length === 0
      ? data.visits.map((_, index) => index)
      : spec.visits.map((id, index) => trialVisitIndex(data, id, `visits.${index}`));
  if (new Set(chosen).size !== chosen.length) throw invalidInput("visits", spec.visits.length, "must not repeat");
  // A visit at day 0 is the baseline itself and no outcome after it.
  const after = chosen.filter((index) => data.visits[index]!.day > 0 || spec.baseline === "none");
  if (after.length === 0)
    throw invalidInput("visits", spec.visits.length, "must include a visit after baseline", "Add visits.");
  return after.sort((a, b) => data.visits[a]!.day - data.visits[b]!.day);
}

function randomBlocks(spec: MixedModelSpec, times: Float64Array): NamedColumn[][] {
  const intercept = { name: "intercept", values: new Float64Array(times.length).fill(1) };
  const slope = { name: "slope", values: times };
  switch (spec.randomEffects) {
    case "intercept":
      return [[intercept]];
    case "intercept-and-slope":
      return [[intercept, slope]];
    case "independent-intercept-and-slope":
      return [[intercept], [slope]];
  }
}

function assertDistinctTimes(
  spec: MixedModelSpec,
  data: TrialData,
  patients: readonly number[],
  times: Float64Array,
): void {
  if (spec.residual !== "continuous-autoregressive") return;
  const seen = new Map<number, Set<number>>();
  patients.forEach((patient, row) => {
    const own = seen.get(patient) ?? new Set();
    if (own.has(times[row]!))
      throw invalidInput(
        "residual",
        spec.residual,
        `needs different times of a patient's observations; one patient of arm ${data.armNames[data.arm[patient]!]} has two on the same day`,
        "Use planned days, or add a measurement error.",
      );
    seen.set(patient, own.add(times[row]!));
  });
}
