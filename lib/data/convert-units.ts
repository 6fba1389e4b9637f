import { isSameValue, type NumberCell } from "./cell-value.ts";
import type { MappedColumns } from "./check-mapping.ts";
import type { ProblemList } from "./file-problem.ts";
import type { MappingSpec } from "./mapping-spec.ts";
import { cellText, findColumn, type RawTable } from "./raw-table.ts";
import { studyOf } from "./select-records.ts";
import { listed } from "./sentence.ts";
import type { SourceValues } from "./source-values.ts";
import { isSameUnit, knownConversion, type UnitConversion, unitBeforeLog } from "./unit-conversion.ts";
import type { AppliedConversion, UnitMapping } from "./unit-mapping.ts";

/** Names that data standards give to the column with the unit of a value, besides the value's own name and a U. */
const UNIT_COLUMNS = ["AVALU", "LBSTRESU", "LBORRESU", "VSSTRESU", "VSORRESU", "UNIT", "UNITS"];

/** Values of a file in the units of the endpoints and covariates, and what was done to bring them there. */
export interface ConvertedValues {
  readonly source: SourceValues;
  /** Conversions made so far, in the order of the mapping, then of study and unit. */
  applied(): AppliedConversion[];
}

/**
 * Brings values to the unit of their endpoint or covariate, record by record. A unit from which no conversion is declared or known
 * is a problem, as is a value without a unit where a column should name it. METHODS.md (D9).
 *
 * @param rows - Rows in use.
 */
export function convertUnits(
  source: SourceValues,
  rows: readonly number[],
  spec: MappingSpec,
  columns: MappedColumns,
  problems: ProblemList,
): ConvertedValues {
  const counts = new Map<string, { conversion: AppliedConversion; values: number }>();
  const refused = new Set<string>();
  const studies = new Set(rows.map((row) => studyOf(spec, columns, row)));
  for (const mapping of spec.units ?? []) refuseUnknownStudies(mapping, studies, problems);

  const converterOf = (id: string, label: string, to: string): ((cell: NumberCell, row: number) => NumberCell) => {
    const at = (spec.units ?? []).findIndex((mapping) => mapping.id === id);
    const mapping = spec.units?.[at];
    if (mapping === undefined) return (cell) => cell;
    const column = columns.units[at] ?? null;
    return (cell, row) => {
      if (cell.kind !== "value") return cell;
      const study = studyOf(spec, columns, row);
      const from =
        mapping.source.kind === "column"
          ? column === null
            ? ""
            : cellText(column, row)
          : (mapping.source.units.find((entry) => entry.study === study)?.unit ?? to);
      if (isSameUnit(from, to)) return cell;
      const key = JSON.stringify([at, study, from]);
      const found = conversionTo(mapping, from, to);
      if (found === null) {
        if (!refused.has(key))
          problems.add("unit-unknown", refusal(label, study, from, to), { row: row + 1, column: column?.name ?? "" });
        refused.add(key);
        return cell;
      }
      const known = counts.get(key);
      if (known === undefined)
        counts.set(key, { conversion: { id, label, study, from, to, ...found, values: 0 }, values: 1 });
      else known.values++;
      return { kind: "value", value: found.factor * cell.value + found.offset };
    };
  };
  const endpoints = spec.endpoints.map(({ endpoint }) =>
    converterOf(endpoint.id, endpoint.label, unitBeforeLog(endpoint.unit)),
  );
  const covariates = spec.covariates.map((covariate) =>
    converterOf(covariate.id, covariate.label, covariate.type === "continuous" ? unitBeforeLog(covariate.unit) : ""),
  );
  return {
    source: {
      ...source,
      endpoint: (e, row) => endpoints[e]?.(source.endpoint(e, row), row) ?? source.endpoint(e, row),
      baseline: (e, row) => endpoints[e]?.(source.baseline(e, row), row) ?? source.baseline(e, row),
      covariate: (p, row) => covariates[p]?.(source.covariate(p, row), row) ?? source.covariate(p, row),
    },
    applied: () => [...counts.values()].map(({ conversion, values }) => ({ ...conversion, values })),
  };
}

/** Adds what is contradictory in the units of a mapping by itself. */
export function checkUnitMappings(spec: MappingSpec, problems: ProblemList): void {
  const targets = new Map<string, string>([
    ...spec.endpoints.map(({ endpoint }) => [endpoint.id, endpoint.unit] as const),
    ...spec.covariates.flatMap((each) => (each.type === "continuous" ? [[each.id, each.unit] as const] : [])),
  ]);
  const seen = new Set<string>();
  for (const { id } of spec.units ?? []) {
    const unit = targets.get(id);
    if (unit === undefined)
      problems.add(
        "mapping-unit",
        `The units name "${id}", which is no endpoint and no continuous covariate of the mapping. There are: ${listed([...targets.keys()])}.`,
      );
    else if (unitBeforeLog(unit) === "")
      problems.add("mapping-unit", `Values of "${id}" are to be converted, but the mapping gives it no unit.`);
    if (seen.has(id)) problems.add("mapping-unit", `The units of "${id}" are given twice.`);
    seen.add(id);
  }
}

/** Adds every endpoint whose records carry several units in a column of the file that the mapping does not name. */
export function refuseUnnamedUnits(
  table: RawTable,
  rows: readonly number[],
  spec: MappingSpec,
  columns: MappedColumns,
  problems: ProblemList,
): void {
  const { layout } = spec;
  if (layout.kind !== "parameter-rows" || columns.parameter === null) return;
  const { parameter } = columns;
  const names = [`${layout.valueColumn}U`, ...UNIT_COLUMNS];
  const column = names.map((name) => findColumn(table, name)).find((found) => found !== null) ?? null;
  if (column === null) return;
  for (const { endpoint, source } of spec.endpoints) {
    if (spec.units?.some(({ id }) => id === endpoint.id)) continue;
    const units: string[] = [];
    for (const row of rows) {
      const unit = cellText(column, row);
      if (unit === "" || !isSameValue(cellText(parameter, row), source)) continue;
      if (!units.some((other) => isSameUnit(other, unit))) units.push(unit);
    }
    if (units.length < 2) continue;
    problems.add(
      "unit-conflict",
      `The records of ${endpoint.label} stand in ${units.length} units (${listed(units)}) in the column ${column.name}. Name the column under "units" in the mapping, with the conversions to ${endpoint.unit || "one unit"}.`,
      { column: column.name },
    );
  }
}

function conversionTo(
  { conversions }: UnitMapping,
  from: string,
  to: string,
): (UnitConversion & Pick<AppliedConversion, "basis">) | null {
  const declared = conversions.find(({ unit }) => isSameUnit(unit, from));
  if (declared !== undefined) return { factor: declared.factor, offset: declared.offset, basis: "declared" };
  const known = from === "" ? null : knownConversion(from, to);
  return known === null ? null : { ...known, basis: "known" };
}

function refuseUnknownStudies({ id, source }: UnitMapping, studies: ReadonlySet<string>, problems: ProblemList): void {
  if (source.kind !== "by-study") return;
  for (const { study } of source.units) {
    if (!studies.has(study))
      problems.add(
        "mapping-unit",
        `The units of "${id}" name the study "${study}", which the file does not hold. It holds: ${listed([...studies])}.`,
      );
  }
}

function refusal(label: string, study: string, from: string, to: string): string {
  if (from === "")
    return `A value of ${label} in study ${study} has no unit in the column that names it. Complete the file, or declare the unit of the study instead.`;
  return `${label} stands in ${from} in study ${study}, and nothing says how that becomes ${to}. Declare the conversion under "units" in the mapping: a factor (and offset) with ${to} = factor × ${from} + offset.`;
}
