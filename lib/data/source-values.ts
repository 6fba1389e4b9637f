import type { Endpoint } from "../trial/endpoint.ts";
import { isSameValue, type NumberCell } from "./cell-value.ts";
import type { MappedColumns } from "./check-mapping.ts";
import { readDiscrete } from "./discrete-column.ts";
import type { ProblemList } from "./file-problem.ts";
import type { MappingSpec } from "./mapping-spec.ts";
import { readNumbers } from "./number-column.ts";
import { cellText } from "./raw-table.ts";
import { counted } from "./sentence.ts";
import { daysFromZero, toDays } from "./study-day.ts";

/** All numbers that the assembly needs, read once; each getter takes a 0-based row of the source. */
export interface SourceValues {
  /** Days from time zero; null where the record has none. */
  day(row: number): number | null;
  /** Value of endpoint e. */
  endpoint(e: number, row: number): NumberCell;
  /** Value of endpoint e in the baseline column. */
  baseline(e: number, row: number): NumberCell;
  /** Continuous covariate p; not for categorical ones. */
  covariate(p: number, row: number): NumberCell;
  /** Day of event k in days from time zero. */
  eventDay(k: number, row: number): number | null;
  followUpDay(row: number): number | null;
}

/** Study days further than this from time zero (100 years) are impossible. */
const LONGEST_STUDY_DAYS = 36_525;

/** Reads every number that the mapping needs in the given rows and reports all cells that are none. */
export function readSourceValues(
  rows: readonly number[],
  spec: MappingSpec,
  columns: MappedColumns,
  problems: ProblemList,
): SourceValues {
  const position = new Map(rows.map((row, index) => [row, index]));
  const missingText = new Set(spec.missingText);
  const read = (column: MappedColumns["patient"] | null, use: string, own = rows) => {
    const cells = column === null ? null : readNumbers(column, own, missingText, use, problems);
    const at = own === rows ? position : new Map(own.map((row, index) => [row, index]));
    return (row: number): NumberCell => cells?.[at.get(row) ?? -1] ?? { kind: "missing", code: "" };
  };
  const number = (cell: NumberCell): number | null => (cell.kind === "value" ? cell.value : null);
  const time = spec.time;
  const dayColumn = time.kind === "day" ? columns.time : columns.day;
  const dayCell = read(dayColumn, time.kind === "day" ? "the day" : "the actual day");
  const day = (row: number) => {
    const value = number(dayCell(row));
    return value === null || time.kind === "visit" ? value : daysFromZero(value, time.unit, time.convention);
  };
  const impossible = rows.filter((row) => Math.abs(day(row) ?? 0) > LONGEST_STUDY_DAYS);
  for (const row of impossible) {
    problems.add(
      "impossible-day",
      `The record lies ${counted(Math.round(Math.abs(day(row) ?? 0)), "day")} from time zero, more than 100 years. Check the unit of the column in the mapping.`,
      { row: row + 1, column: dayColumn?.name ?? "" },
    );
  }
  const discrete = spec.endpoints.map(({ endpoint, source }, e) => {
    if (endpoint.outcome === undefined) return null;
    const column = columns.values.length === 1 ? columns.values[0] : columns.values[e];
    if (column === undefined) return null;
    const own = rows.filter(
      (row) => columns.parameter === null || isSameValue(cellText(columns.parameter, row), source),
    );
    return discreteReader(column, own, missingText, endpoint, problems);
  });
  const continuous = rowsOfContinuous(rows, spec, columns);
  const values = columns.values.map((column, index) =>
    spec.layout.kind === "parameter-rows"
      ? read(column, "the value", continuous)
      : discrete[index] != null
        ? discrete[index]
        : read(column, `the endpoint ${spec.endpoints[index]?.endpoint.label ?? ""}`),
  );
  const covariates = spec.covariates.map((covariate, index) =>
    read(
      covariate.type === "continuous" ? (columns.covariates[index] ?? null) : null,
      `the covariate ${covariate.label}`,
    ),
  );
  const baseline = read(columns.baseline, "the baseline value", continuous);
  const discreteBaseline = spec.endpoints.map(({ endpoint, source }) =>
    endpoint.outcome === undefined || columns.baseline === null
      ? null
      : discreteReader(
          columns.baseline,
          rows.filter((row) => columns.parameter === null || isSameValue(cellText(columns.parameter, row), source)),
          missingText,
          endpoint,
          problems,
        ),
  );
  const events = spec.events.map((event, index) =>
    read(columns.events[index]?.day ?? null, `the day of ${event.kind}`),
  );
  const followUp = read(columns.followUp, "the last day of follow-up");
  return {
    day,
    endpoint: (e, row) =>
      (discrete[e] ?? (values.length === 1 ? values[0] : values[e]))?.(row) ?? { kind: "missing", code: "" },
    baseline: (e, row) => (discreteBaseline[e] ?? baseline)(row),
    covariate: (p, row) => covariates[p]?.(row) ?? { kind: "missing", code: "" },
    eventDay: (k, row) => {
      const value = number(events[k]?.(row) ?? { kind: "missing", code: "" });
      return value === null ? null : toDays(value, spec.events[k]?.unit ?? "days");
    },
    followUpDay: (row) => number(followUp(row)),
  };
}

function discreteReader(
  column: MappedColumns["patient"],
  rows: readonly number[],
  missingText: ReadonlySet<string>,
  endpoint: Endpoint,
  problems: ProblemList,
): (row: number) => NumberCell {
  const cells = readDiscrete(column, rows, missingText, endpoint, problems);
  const position = new Map(rows.map((row, index) => [row, index]));
  return (row) => cells[position.get(row) ?? -1] ?? { kind: "missing", code: "" };
}

/** Rows that hold a number: in parameter rows those of other parameters than the discrete endpoints'. */
function rowsOfContinuous(rows: readonly number[], spec: MappingSpec, columns: MappedColumns): readonly number[] {
  const { parameter } = columns;
  const discrete = spec.endpoints.filter(({ endpoint }) => endpoint.outcome !== undefined);
  if (discrete.length === spec.endpoints.length) return [];
  if (parameter === null || discrete.length === 0) return rows;
  return rows.filter((row) => !discrete.some(({ source }) => isSameValue(cellText(parameter, row), source)));
}
