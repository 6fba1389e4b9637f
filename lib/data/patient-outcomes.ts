import type { FindingPlace, Findings } from "./assembly-findings.ts";
import { type Choice, lastByDay, nearestToTarget } from "./assign-visits.ts";
import type { MappedColumns } from "./check-mapping.ts";
import type { ProblemList } from "./file-problem.ts";
import type { VisitValue } from "./long-data-set.ts";
import type { MappingSpec } from "./mapping-spec.ts";
import { describeRange, type Measurement, onAnalysisScale } from "./measurement.ts";
import { type Followed, missingReason } from "./missing-cell.ts";
import { describeTime } from "./patient-measurements.ts";
import type { PatientRows } from "./select-records.ts";
import type { SourceValues } from "./source-values.ts";

/** What the rules for one endpoint of one patient need. */
export interface EndpointContext {
  readonly patient: PatientRows;
  readonly e: number;
  readonly spec: MappingSpec;
  readonly columns: MappedColumns;
  readonly source: SourceValues;
  readonly problems: ProblemList;
  readonly findings: Findings;
}

type Measured = Measurement & { readonly content: { readonly kind: "measured"; readonly value: number } };
const isMeasured = (measurement: Measurement): measurement is Measured => measurement.content.kind === "measured";

/**
 * Baseline of an endpoint on the analysis scale: the flagged value, else the baseline column, else the last value on or
 * before time zero; null when there is none (METHODS.md (D4)).
 */
export function baselineValue(measurements: readonly Measurement[], context: EndpointContext): number | null {
  const { spec, patient, findings } = context;
  const flagged = measurements.filter(isMeasured).filter((each) => each.baseline === "flagged");
  if (flagged.length > 1)
    findings.add(
      "several-flags",
      place(context, flagged[1]),
      `Patient ${patient.id} has ${flagged.length} records flagged as baseline; the last one counts.`,
    );
  const early = () => measurements.filter(isMeasured).filter((each) => each.baseline === "at-or-before-zero");
  const chosen = settle(lastByDay(flagged), context) ?? null;
  if (chosen !== null) return chosen.content.value;
  const fromColumn = baselineFromColumn(measurements, context);
  const value = fromColumn ?? settle(lastByDay(early()), context)?.content.value ?? null;
  if (spec.baseline.flag !== null && value !== null)
    findings.add("baseline-not-flagged", { row: patient.rows[0] ?? 0 });
  return value;
}

function baselineFromColumn(measurements: readonly Measurement[], context: EndpointContext): number | null {
  const { columns, source, spec, patient, e, findings } = context;
  if (columns.baseline === null) return null;
  const cells = measurements.flatMap(({ row }) => {
    const cell = source.baseline(e, row);
    return cell.kind === "value" ? [{ row, value: cell.value }] : [];
  });
  const first = cells[0];
  const endpoint = spec.endpoints[e]?.endpoint;
  if (first === undefined || endpoint === undefined) return null;
  const column = columns.baseline.name;
  const other = cells.find((cell) => cell.value !== first.value);
  if (other !== undefined)
    findings.add(
      "baseline-differs",
      { row: other.row, column },
      `Patient ${patient.id} has the baseline ${first.value} in row ${first.row + 1} and ${other.value} in row ${other.row + 1}; the first was used.`,
    );
  const content = onAnalysisScale(first.value, endpoint);
  if (content.kind === "measured") {
    findings.markUsed(first.row);
    return content.value;
  }
  findings.add(
    "out-of-range",
    { row: first.row, column, endpointId: endpoint.id },
    `The baseline ${first.value} of patient ${patient.id} is not admissible for ${endpoint.label} (${describeRange(endpoint)}); it was set missing.`,
  );
  return null;
}

/** Planned values of an endpoint, one a visit, each the number or the reason for its absence (METHODS.md (D2)–(D6)). */
export function plannedValues(
  measurements: readonly Measurement[],
  followed: Followed,
  context: EndpointContext,
): VisitValue[] {
  const { spec, patient, findings } = context;
  const ended = followed.endingEventDay;
  const usable = measurements.filter((each) => {
    const isAfterEvent = ended !== null && each.day !== null && each.day > ended;
    if (isAfterEvent && isMeasured(each))
      findings.add(
        "after-event",
        place(context, each),
        `The value of patient ${patient.id} on day ${each.day} lies after the event of day ${ended}, which ends the variable; it was not used.`,
      );
    if (
      !isAfterEvent &&
      each.baseline === null &&
      each.visitId === null &&
      isMeasured(each) &&
      (each.day !== null || spec.time.kind === "visit")
    ) {
      findings.add("unscheduled", { row: each.row });
    }
    return !isAfterEvent;
  });
  return spec.visits.map((visit) => {
    const ofVisit = usable.filter((each) => each.visitId === visit.id);
    const chosen = settle(nearestToTarget(ofVisit.filter(isMeasured), visit.targetDay), context);
    if (chosen !== null) return { value: chosen.content.value, day: chosen.day ?? visit.targetDay };
    return {
      missing: missingReason(
        visit,
        ofVisit.map((each) => each.content.kind),
        followed,
      ),
    };
  });
}

/** The chosen measurement; a different value at the same time is a problem, because nothing decides between them. */
function settle(choice: Choice | null, context: EndpointContext): Measured | null {
  if (choice === null || !isMeasured(choice.chosen)) return null;
  const { chosen } = choice;
  const { patient, spec, e, problems, findings } = context;
  const rival = choice.ties.filter(isMeasured).find((each) => each.content.value !== chosen.content.value);
  if (rival !== undefined) {
    const log = spec.endpoints[e]?.endpoint.scale === "log";
    const shown = (each: Measured) => (log ? Math.exp(each.content.value) : each.content.value);
    problems.add(
      "contradictory-records",
      `Patient ${patient.id} has two different values of ${spec.endpoints[e]?.endpoint.label ?? "the endpoint"} at the same time (${describeTime(chosen)}): ${number(shown(chosen))} in row ${chosen.row + 1} and ${number(shown(rival))} in row ${rival.row + 1}. Correct the file, or add a row filter that keeps one of them.`,
      { row: rival.row + 1, column: place(context, rival).column ?? "" },
    );
  }
  findings.markUsed(chosen.row);
  return chosen;
}

/** Enough digits to recognise the cell, without the rounding of a logarithm and back. */
function number(value: number): number {
  return Number(value.toPrecision(12));
}

function place(context: EndpointContext, measurement: Measurement | undefined): FindingPlace {
  const { columns, e } = context;
  const column = (columns.values.length === 1 ? columns.values[0] : columns.values[e])?.name ?? "";
  return { row: measurement?.row ?? 0, column };
}
