import type { Arm } from "../trial/arm.ts";
import type { Covariate } from "../trial/covariate.ts";
import { createFindings, type Findings } from "./assembly-findings.ts";
import { checkDataSet } from "./check-data-set.ts";
import { checkMapping, findMappedColumns, type MappedColumns } from "./check-mapping.ts";
import { compareNames } from "./compare-names.ts";
import { convertUnits, refuseUnnamedUnits } from "./convert-units.ts";
import { parseDerivations, withDerived } from "./derive-endpoints.ts";
import { createProblemList, type FileProblems, type ProblemList } from "./file-problem.ts";
import { joinSubjectTable } from "./join-subject-table.ts";
import type { LongDataSet, PatientRecord } from "./long-data-set.ts";
import type { MappingSpec } from "./mapping-spec.ts";
import type { Followed } from "./missing-cell.ts";
import { patientCovariates } from "./patient-covariates.ts";
import { patientEvents } from "./patient-events.ts";
import { endpointMeasurements, type RecordTime, recordTimes } from "./patient-measurements.ts";
import { baselineValue, plannedValues } from "./patient-outcomes.ts";
import type { QualityReport } from "./quality-document.ts";
import { buildQualityReport } from "./quality-report.ts";
import { cellText, type RawTable } from "./raw-table.ts";
import { type PatientRows, selectRecords } from "./select-records.ts";
import { readSourceValues, type SourceValues } from "./source-values.ts";

/** A whole data set with its quality report, or every reason why there is none. */
export type AssemblyResult =
  | { readonly ok: true; readonly data: LongDataSet; readonly report: QualityReport }
  | ({ readonly ok: false } & FileProblems);

/**
 * Makes a data set of a file as a mapping says: planned visits by window, baseline, arms, typed covariates, and a reason
 * for every absent value. All or nothing: one problem, and there is no data set but the list of all problems.
 *
 * The rules are METHODS.md (D1)–(D8).
 *
 * @param table - The file with one record a patient and visit (and parameter).
 * @param spec - The mapping; parsed by `mappingSpecSchema`.
 * @param subjects - Optional table with one row a patient (e.g. ADSL), whose columns the mapping may name as well.
 */
export function assembleDataSet(table: RawTable, spec: MappingSpec, subjects: RawTable | null = null): AssemblyResult {
  const problems = createProblemList();
  const joined =
    subjects === null ? ({ ok: true, table } as const) : joinSubjectTable(table, subjects, spec.patient.column);
  checkMapping(spec, problems);
  const derivations = parseDerivations(spec, problems);
  const columns = joined.table === null ? null : findMappedColumns(joined.table, spec, problems);
  const isReadable = problems.isEmpty;
  if (!joined.ok) problems.include(joined);
  if (joined.table === null || columns === null || !isReadable) return refusal(problems);
  const selected = selectRecords(joined.table, spec, columns, problems);
  const rows = selected.patients.flatMap((patient) => patient.rows);
  refuseUnnamedUnits(joined.table, rows, spec, columns, problems);
  const read = readSourceValues(rows, spec, columns, problems);
  const { source, applied } = convertUnits(read, rows, spec, columns, problems);
  const findings = createFindings();
  const endpoints = spec.endpoints.map((entry) => entry.endpoint);
  const patients = selected.patients.map((patient) =>
    withDerived(
      assemblePatient(patient, { spec, columns, source, problems, findings }),
      endpoints,
      derivations,
      problems,
    ),
  );
  const data: LongDataSet = {
    format: "understudy-data/1",
    name: spec.name,
    role: spec.role,
    origin: spec.origin,
    endpoints: [...endpoints, ...derivations.map(({ endpoint }) => endpoint)],
    visits: spec.visits,
    arms: armsOf(spec),
    covariates: typedCovariates(spec, patients),
    patients,
  };
  const caveats = checkDataSet(data, { table: joined.table, spec, columns, selected, findings }, problems);
  if (!problems.isEmpty) return refusal(problems);
  return {
    ok: true,
    data,
    report: buildQualityReport(data, {
      sourceRows: table.rowCount,
      flow: selected.flow,
      findings,
      conversions: applied(),
      diagnostics: [...joined.table.notes, ...caveats],
    }),
  };
}

interface AssemblyContext {
  readonly spec: MappingSpec;
  readonly columns: MappedColumns;
  readonly source: SourceValues;
  readonly problems: ProblemList;
  readonly findings: Findings;
}

function assemblePatient(patient: PatientRows, context: AssemblyContext): PatientRecord {
  const { spec, columns, source, problems, findings } = context;
  const times = recordTimes(patient, spec, columns, source, findings);
  const events = patientEvents(patient, spec, columns, source, problems);
  const followed = followUp(patient, times, events, context);
  const byEndpoint = spec.endpoints.map((_, e) => ({
    measurements: endpointMeasurements(patient, times, e, spec, columns, source, findings),
    context: { patient, e, spec, columns, source, problems, findings },
  }));
  return {
    id: patient.id,
    study: patient.study,
    site: siteOf(patient, context),
    arm: patient.arm.id,
    covariates: patientCovariates(patient, times, spec, columns, source, findings),
    baseline: byEndpoint.map((each) => baselineValue(each.measurements, each.context)),
    outcomes: byEndpoint.map((each) => plannedValues(each.measurements, followed, each.context)),
    lastContactDay: followed.followUpDay ?? followed.lastRecordDay,
    events,
  };
}

function followUp(
  patient: PatientRows,
  times: readonly RecordTime[],
  events: PatientRecord["events"],
  context: AssemblyContext,
): Followed {
  const { spec, columns, source, findings } = context;
  const targets = new Map(spec.visits.map((visit) => [visit.id, visit.targetDay]));
  const days = times.map((time) =>
    spec.time.kind === "visit" && time.visitId !== null ? (targets.get(time.visitId) ?? null) : time.day,
  );
  const known = days.filter((day) => day !== null);
  const isOutOfOrder = known.some((day, index) => day < (known[index - 1] ?? day));
  if (isOutOfOrder) findings.add("out-of-order", { row: patient.rows[0] ?? 0 });
  const followUpDay = patient.rows.map((row) => source.followUpDay(row)).find((day) => day !== null) ?? null;
  for (const time of times) {
    if (followUpDay === null || time.day === null || time.day <= followUpDay) continue;
    findings.add(
      "after-follow-up",
      { row: time.row, column: columns.time.name },
      `The record of patient ${patient.id} on day ${time.day} is later than the patient's last day of follow-up, ${followUpDay}.`,
    );
  }
  return {
    endingEventDay: events[0]?.day ?? null,
    followUpDay,
    lastRecordDay: known.length === 0 ? null : Math.max(...known),
  };
}

function siteOf(patient: PatientRows, context: AssemblyContext): string | null {
  const column = context.columns.site;
  if (column === null) return null;
  const sites = patient.rows.map((row) => cellText(column, row)).filter((site) => site !== "");
  const first = sites[0] ?? null;
  if (sites.some((site) => site !== first))
    context.findings.add(
      "site-differs",
      { row: patient.rows[0] ?? 0, column: column.name },
      `Patient ${patient.id} has records of several sites; the first, ${first}, was used.`,
    );
  return first;
}

function armsOf(spec: MappingSpec): Arm[] {
  const arms = spec.arm.kind === "pooled-control" ? [spec.arm.arm] : spec.arm.arms.map((entry) => entry.arm);
  return arms.filter((arm, index) => arms.findIndex((other) => other.id === arm.id) === index);
}

/** Covariates with their levels: those that occur, in order. */
function typedCovariates(spec: MappingSpec, patients: readonly PatientRecord[]): Covariate[] {
  return spec.covariates.map((covariate, p) => {
    if (covariate.type === "continuous") {
      const unit = covariate.scale === "log" && covariate.unit !== "" ? `log ${covariate.unit}` : covariate.unit;
      return { id: covariate.id, label: covariate.label, type: "continuous", unit };
    }
    const levels = new Set(
      patients.flatMap((patient) => (typeof patient.covariates[p] === "string" ? [patient.covariates[p]] : [])),
    );
    return { id: covariate.id, label: covariate.label, type: "categorical", levels: [...levels].sort(compareNames) };
  });
}

function refusal(problems: ProblemList): AssemblyResult {
  return { ok: false, problems: problems.problems, omitted: problems.omitted };
}
