import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { type AnalysisTable, covariateColumnName, covariateTableColumns, tableText } from "../analysis-table.ts";
import { constantCategoryDiagnostics } from "../constant-category.ts";
import type { Covariate } from "../covariate.ts";
import { completeRows, occurringLevels, variableAtRows } from "../model-design.ts";
import { trialCovariates, trialScore } from "../trial-columns.ts";
import type { TrialData } from "../trial-data.ts";
import type { CoxColumn } from "./fit-cox.ts";
import { eventCount, type SurvivalTimes } from "./survival-times.ts";
import type { TimeToEventSpec } from "./time-to-event-spec.ts";

/** The patients of a trial as an analysis of a time to event sees them: those with everything it needs known. */
export interface EventData {
  readonly times: SurvivalTimes;
  /** Code of the arm, 0 control; shape [n]. */
  readonly arm: Int32Array;
  readonly armNames: readonly string[];
  /** Covariates of the model, then the score; shape [n] each; names as in the table. */
  readonly covariates: readonly Covariate[];
  readonly strataNames: readonly string[];
  /** Code of the stratum; null without strata. */
  readonly strata: Int32Array | null;
  readonly strataCount: number;
  /** The data set that the programs of the analysis read. */
  readonly table: AnalysisTable;
  readonly diagnostics: readonly Diagnostic[];
}

/** Name of the column of the score. */
export const EVENT_SCORE_NAME = "score";
const MOST_STRATUM_VALUES = 20;

/**
 * Times to event of a trial as a specification asks for them.
 *
 * The event is the first of the kinds that count. Follow-up ends at the last known day, at an event of another kind if
 * those censor, and at the cutoff; an event after that is not seen. A day on which an event and a censoring fall counts as
 * the event.
 *
 * @throws DomainError INVALID_INPUT naming the field: an unknown kind of event, covariate or stratum; INSUFFICIENT_DATA
 *   for an arm without patients or a trial without events.
 *
 * METHODS.md eq. (V25).
 */
export function eventData(spec: TimeToEventSpec, data: TrialData): EventData {
  const { time, event, problems } = followUpTimes(spec, data);
  const covariates = "covariates" in spec ? modelCovariates(spec, data) : [];
  const strataVariables =
    "strata" in spec ? trialCovariates(data, spec.strata, "strata").map((c, k) => asStratum(c, k)) : [];
  const needed = [...covariates, ...strataVariables];
  const withTime = Array.from(time, (_, i) => i).filter((i) => Number.isFinite(time[i]!));
  const complete = new Set(completeRows(needed, time.length));
  const rows = withTime.filter((row) => complete.has(row));
  const diagnostics = [...problems];
  if (rows.length < withTime.length)
    diagnostics.push(
      diagnostic(
        "warning",
        "patients-left-out",
        `${withTime.length - rows.length} patients are left out because a covariate, a stratum or the score is missing.`,
        "covariates",
      ),
    );
  const analysed = covariates.map((covariate) => variableAtRows(covariate, rows));
  diagnostics.push(...constantCategoryDiagnostics(analysed));
  const arm = Int32Array.from(rows, (row) => data.arm[row]!);
  const times = {
    time: Float64Array.from(rows, (row) => time[row]!),
    event: Uint8Array.from(rows, (row) => event[row]!),
  };
  assertAnalysable(spec, data, arm, times);
  const strata = strataVariables.length === 0 ? null : stratumCodes(strataVariables, rows);
  return {
    times,
    arm,
    armNames: data.armNames,
    covariates: analysed,
    strataNames: strataVariables.map(({ name }) => name),
    strata: strata?.codes ?? null,
    strataCount: strata?.count ?? 1,
    table: eventTable(data, time, event, withTime, covariates, strataVariables),
    diagnostics,
  };
}

function followUpTimes(spec: TimeToEventSpec, data: TrialData) {
  const { followUp } = data;
  const known = [...followUp.eventDay.keys()];
  const eventDays = spec.events.map((kind, k) => {
    const days = followUp.eventDay.get(kind);
    if (days === undefined)
      throw invalidInput(
        `events.${k}`,
        kind,
        `must be one of ${known.length === 0 ? "none in this trial" : known.join(", ")}`,
      );
    if (spec.events.indexOf(kind) !== k) throw invalidInput(`events.${k}`, kind, "must not be named twice");
    return days;
  });
  const censoringDays =
    spec.otherEvents === "ignore"
      ? []
      : known.filter((kind) => !spec.events.includes(kind)).map((kind) => followUp.eventDay.get(kind)!);
  const n = data.patientIds.length;
  const time = new Float64Array(n).fill(Number.NaN);
  const event = new Uint8Array(n);
  let unknown = 0;
  let before = 0;
  for (let i = 0; i < n; i++) {
    const seen = earliest(eventDays, i);
    const last = followUp.lastDay[i]!;
    // An event proves follow-up to its day, whatever the last visit was.
    const end = Math.min(
      Number.isNaN(last) ? seen : Math.max(last, seen === Infinity ? last : seen),
      earliest(censoringDays, i),
      spec.cutoffDay ?? Infinity,
    );
    if (!Number.isFinite(end)) unknown++;
    else if (end < 0) before++;
    else {
      time[i] = Math.min(seen, end);
      event[i] = seen <= end ? 1 : 0;
    }
  }
  const problems: Diagnostic[] = [];
  if (unknown > 0)
    problems.push(
      diagnostic(
        "warning",
        "no-follow-up",
        `${unknown} patients are left out because no event and no last day is known of them.`,
        "events",
      ),
    );
  if (before > 0)
    problems.push(
      diagnostic(
        "warning",
        "event-before-start",
        `${before} patients are left out because their event or the end of their follow-up lies before day 0.`,
        "events",
      ),
    );
  return { time, event, problems };
}

function earliest(days: readonly Float64Array[], patient: number): number {
  let first = Infinity;
  for (const each of days) if (each[patient]! < first) first = each[patient]!;
  return first;
}

function modelCovariates(spec: Extract<TimeToEventSpec, { covariates: string[] }>, data: TrialData): Covariate[] {
  const covariates = trialCovariates(data, spec.covariates).map(
    (covariate): Covariate => ({
      ...covariate,
      name: covariateColumnName(covariate.name),
    }),
  );
  if (spec.score !== null)
    covariates.push({
      kind: "numeric",
      name: EVENT_SCORE_NAME,
      values: trialScore(data, spec.score.endpoint, spec.score.visit).mean,
    });
  return covariates;
}

/** A stratifying variable as categories; a number with few values has one category a value. */
function asStratum(covariate: Covariate, position: number): Extract<Covariate, { kind: "categorical" }> {
  const name = covariateColumnName(covariate.name);
  if (covariate.kind === "categorical") return { ...covariate, name };
  const values = [...new Set(covariate.values)].filter(Number.isFinite).sort((a, b) => a - b);
  if (values.length > MOST_STRATUM_VALUES)
    throw invalidInput(
      `strata.${position}`,
      covariate.name,
      `must have at most ${MOST_STRATUM_VALUES} values; it has ${values.length}`,
      "Use it as a covariate, or a categorical covariate made from it.",
    );
  return {
    kind: "categorical",
    name,
    levels: values.map(String),
    codes: Int32Array.from(covariate.values, (value) => values.indexOf(value)),
  };
}

function stratumCodes(variables: readonly Extract<Covariate, { kind: "categorical" }>[], rows: readonly number[]) {
  const codes = new Map<string, number>();
  const coded = Int32Array.from(rows, (row) => {
    const key = variables.map(({ codes: own }) => own[row]).join(",");
    if (!codes.has(key)) codes.set(key, codes.size);
    return codes.get(key)!;
  });
  return { codes: coded, count: codes.size };
}

function assertAnalysable(spec: TimeToEventSpec, data: TrialData, arm: Int32Array, times: SurvivalTimes): void {
  data.armNames.forEach((name, code) => {
    if (!arm.includes(code))
      throw new DomainError("INSUFFICIENT_DATA", {
        argument: "covariates",
        received: name,
        requirement: "must leave patients in every arm: this one has none with known follow-up and covariates",
        hint: "Leave out covariates that are often missing, or check the arm.",
      });
  });
  if (eventCount(times.event) === 0)
    throw new DomainError("INSUFFICIENT_DATA", {
      argument: "events",
      received: spec.events.join(", "),
      requirement: "must have occurred in at least one patient before the end of follow-up",
      hint: "Count more kinds of events, or choose a later cutoff.",
    });
}

/** One row a patient with a known time: patient, arm, covariates, strata, score, time, event. */
function eventTable(
  data: TrialData,
  time: Float64Array,
  event: Uint8Array,
  rows: readonly number[],
  covariates: readonly Covariate[],
  strata: readonly Covariate[],
): AnalysisTable {
  const listed = [
    ...covariates.filter(({ name }) => name !== EVENT_SCORE_NAME),
    ...strata.filter((stratum) => !covariates.some(({ name }) => name === stratum.name)),
  ];
  const score = covariates.find(({ name }) => name === EVENT_SCORE_NAME);
  return {
    rowCount: rows.length,
    columns: [
      { name: "patient", kind: "text", values: rows.map((row) => tableText(data.patientIds[row]!)) },
      { name: "arm", kind: "text", values: rows.map((row) => tableText(data.armNames[data.arm[row]!]!)) },
      // Names are those of the table already.
      ...covariateTableColumns(listed, rows).map((column, k) => ({ ...column, name: listed[k]!.name })),
      ...(score?.kind === "numeric"
        ? [
            {
              name: EVENT_SCORE_NAME,
              kind: "number" as const,
              values: rows.map((row) => (Number.isFinite(score.values[row]!) ? score.values[row]! : null)),
            },
          ]
        : []),
      { name: "time", kind: "number", values: rows.map((row) => time[row]!) },
      { name: "event", kind: "number", values: rows.map((row) => event[row]!) },
    ],
  };
}

/** Columns of covariates with treatment coding, and which belong to which. */
export interface CovariateColumns {
  readonly columns: readonly CoxColumn[];
  readonly terms: readonly { readonly name: string; readonly columns: readonly number[] }[];
}

/** Indicators of every arm but the control, then the covariates. */
export function modelColumns(
  arm: Int32Array | null,
  armNames: readonly string[],
  covariates: readonly Covariate[],
): CovariateColumns {
  const columns: CoxColumn[] = [];
  const terms: { name: string; columns: number[] }[] = [];
  const add = (variable: Covariate) => {
    const own =
      variable.kind === "numeric"
        ? [{ name: variable.name, values: variable.values }]
        : occurringLevels(variable)
            .slice(1)
            .map((level) => ({
              name: `${variable.name} ${variable.levels[level]}`,
              values: Float64Array.from(variable.codes, (code) => (code === level ? 1 : 0)),
            }));
    terms.push({ name: variable.name, columns: own.map((_, k) => columns.length + k) });
    columns.push(...own);
  };
  if (arm !== null) add({ kind: "categorical", name: "arm", levels: armNames, codes: arm });
  covariates.forEach(add);
  return { columns, terms };
}

/** Positions of the patients of the control and one other arm. */
export function pairOfArms(arm: Int32Array, experimental: number): number[] {
  return Array.from(arm, (_, i) => i).filter((i) => arm[i] === 0 || arm[i] === experimental);
}

/** Positions of the patients of one arm. */
export function patientsOfArm(arm: Int32Array, code: number): number[] {
  return Array.from(arm, (_, i) => i).filter((i) => arm[i] === code);
}
