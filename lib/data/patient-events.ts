import { isSameValue } from "./cell-value.ts";
import type { MappedColumns } from "./check-mapping.ts";
import type { ProblemList } from "./file-problem.ts";
import type { PatientRecord } from "./long-data-set.ts";
import type { MappingSpec } from "./mapping-spec.ts";
import { cellText } from "./raw-table.ts";
import type { PatientRows } from "./select-records.ts";
import type { SourceValues } from "./source-values.ts";

/**
 * Intercurrent events of a patient in order of day. An event happened when the condition of the mapping holds in any
 * record (without a condition: when its day is given); its day must then be known and the same in all records.
 */
export function patientEvents(
  patient: PatientRows,
  spec: MappingSpec,
  columns: MappedColumns,
  source: SourceValues,
  problems: ProblemList,
): PatientRecord["events"] {
  const events: PatientRecord["events"] = [];
  spec.events.forEach((event, k) => {
    const mapped = columns.events[k];
    if (mapped === undefined) return;
    const condition = event.occurredWhen;
    const { occurred } = mapped;
    const rows =
      condition === null || occurred === null
        ? patient.rows
        : patient.rows.filter((row) => condition.values.some((value) => isSameValue(cellText(occurred, row), value)));
    const dated = rows.map((row) => ({ row, day: source.eventDay(k, row) })).filter((each) => each.day !== null);
    const first = dated[0];
    if (first === undefined || first.day === null) {
      const row = rows[0];
      if (condition !== null && row !== undefined)
        problems.add(
          "event-without-day",
          `Patient ${patient.id} had the event ${event.kind} (${condition.column} = ${condition.values.join(" or ")}), but ${event.dayColumn} is missing.`,
          { row: row + 1, column: event.dayColumn },
        );
      return;
    }
    const other = dated.find((each) => each.day !== first.day);
    if (other !== undefined)
      problems.add(
        "event-day-differs",
        `Patient ${patient.id} has the event ${event.kind} on day ${first.day} in row ${first.row + 1} and on day ${other.day} in row ${other.row + 1}.`,
        { row: other.row + 1, column: event.dayColumn },
      );
    events.push({ kind: event.kind, day: first.day });
  });
  return events.sort((first, second) => first.day - second.day);
}
