import type { Endpoint } from "../trial/endpoint.ts";
import type { Findings } from "./assembly-findings.ts";
import { visitOfDay } from "./assign-visits.ts";
import { isSameValue, type NumberCell } from "./cell-value.ts";
import type { MappedColumns } from "./check-mapping.ts";
import type { MappingSpec } from "./mapping-spec.ts";
import { describeRange, type Measurement, type MeasurementContent, onAnalysisScale } from "./measurement.ts";
import { cellText } from "./raw-table.ts";
import type { PatientRows } from "./select-records.ts";
import type { SourceValues } from "./source-values.ts";

/** When a record was made, as far as the source says. */
export interface RecordTime {
  readonly row: number;
  readonly day: number | null;
  readonly visitId: string | null;
  readonly baseline: Measurement["baseline"];
}

/** Time of each record of a patient: day, planned visit, baseline; records that cannot be placed are findings. */
export function recordTimes(
  patient: PatientRows,
  spec: MappingSpec,
  columns: MappedColumns,
  source: SourceValues,
  findings: Findings,
): RecordTime[] {
  return patient.rows.map((row) => {
    const flag = spec.baseline.flag;
    const isFlagged =
      flag !== null && columns.baselineFlag !== null && isSameValue(cellText(columns.baselineFlag, row), flag.value);
    const day = source.day(row);
    if (spec.time.kind === "day") {
      const isAtZero = day !== null && day <= 0;
      if (day === null && !isFlagged)
        findings.add(
          "no-time",
          { row, column: columns.time.name },
          `The record of patient ${patient.id} has no day; it was left out.`,
        );
      const visit = day === null || day <= 0 || isFlagged ? null : visitOfDay(day, spec.visits);
      return {
        row,
        day,
        visitId: visit?.id ?? null,
        baseline: isFlagged ? "flagged" : isAtZero ? "at-or-before-zero" : null,
      };
    }
    const name = cellText(columns.time, row);
    const isBaselineVisit = spec.time.baselineValues.some((value) => isSameValue(name, value));
    const visitId =
      isFlagged || isBaselineVisit
        ? null
        : (spec.time.visits.find((entry) => isSameValue(name, entry.value))?.visitId ?? null);
    if (visitId !== null && day !== null) checkDayOfVisit({ patient, row, day, visitId }, spec, columns, findings);
    return { row, day, visitId, baseline: isFlagged ? "flagged" : isBaselineVisit ? "at-or-before-zero" : null };
  });
}

/** A visit counts as it is named; a day that contradicts the name is said. */
function checkDayOfVisit(
  record: { patient: PatientRows; row: number; day: number; visitId: string },
  spec: MappingSpec,
  columns: MappedColumns,
  findings: Findings,
): void {
  const { patient, row, day } = record;
  const visit = spec.visits.find(({ id }) => id === record.visitId);
  if (visit === undefined) return;
  const place = { row, ...(columns.day === null ? {} : { column: columns.day.name }) };
  if (day <= 0)
    findings.add(
      "visit-before-zero",
      place,
      `The record of patient ${patient.id} names ${visit.label} (day ${visit.targetDay}) and has the day ${day}, on or before time zero; it counts as the visit that it names. Check its day.`,
    );
  else if (day < visit.windowFrom || day > visit.windowTo) findings.add("visit-outside-window", place);
}

/**
 * Measurements of one endpoint of a patient. Values out of range are findings; a record with the same time and content
 * as an earlier one is a finding and left out.
 */
export function endpointMeasurements(
  patient: PatientRows,
  times: readonly RecordTime[],
  e: number,
  spec: MappingSpec,
  columns: MappedColumns,
  source: SourceValues,
  findings: Findings,
): Measurement[] {
  const entry = spec.endpoints[e];
  if (entry === undefined) return [];
  const { endpoint } = entry;
  const column = (columns.values.length === 1 ? columns.values[0] : columns.values[e])?.name ?? "";
  const seen = new Set<string>();
  const measurements: Measurement[] = [];
  for (const time of times) {
    if (columns.parameter !== null && !isSameValue(cellText(columns.parameter, time.row), entry.source)) continue;
    const content = contentOf(source.endpoint(e, time.row), endpoint);
    const place = { row: time.row, column, endpointId: endpoint.id };
    const key = JSON.stringify([
      time.day,
      time.visitId,
      time.baseline,
      spec.time.kind === "visit" ? cellText(columns.time, time.row) : null,
      content,
    ]);
    if (seen.has(key)) {
      findings.add(
        "duplicate",
        place,
        `The record of patient ${patient.id} repeats an earlier one (${endpoint.label}, ${describeTime(time)}); it was counted once.`,
      );
      continue;
    }
    seen.add(key);
    if (content.kind === "out-of-range")
      findings.add(
        "out-of-range",
        place,
        `The value ${content.sourceValue} of patient ${patient.id} is not admissible for ${endpoint.label} (${describeRange(endpoint)}); it was set missing.`,
      );
    measurements.push({ ...time, content });
  }
  return measurements;
}

function contentOf(cell: NumberCell, endpoint: Endpoint): MeasurementContent {
  if (cell.kind === "value") return onAnalysisScale(cell.value, endpoint);
  return { kind: "recorded-missing", code: cell.kind === "missing" ? cell.code : cell.text };
}

/** "day 84", "visit week8", "baseline". */
export function describeTime(time: Pick<RecordTime, "day" | "visitId" | "baseline">): string {
  if (time.day !== null) return `day ${time.day}`;
  return time.visitId !== null ? `visit ${time.visitId}` : time.baseline === null ? "no visit" : "baseline";
}
