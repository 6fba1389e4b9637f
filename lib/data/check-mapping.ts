import { outcomeLevels, outcomeType } from "../trial/outcome-type.ts";
import { isSameValue } from "./cell-value.ts";
import { checkUnitMappings } from "./convert-units.ts";
import type { EligibilityRule } from "./eligibility-rule.ts";
import type { ProblemList } from "./file-problem.ts";
import type { MappingSpec } from "./mapping-spec.ts";
import { parseEligibility } from "./parse-eligibility.ts";
import { findColumn, type RawColumn, type RawTable } from "./raw-table.ts";
import { listed } from "./sentence.ts";

/** Adds what is contradictory in a mapping by itself, whatever the file. */
export function checkMapping(spec: MappingSpec, problems: ProblemList): void {
  repeated(
    spec.visits.map((visit) => visit.id),
    (id) => problems.add("mapping-visit", `Two planned visits have the id "${id}".`),
  );
  repeated(
    spec.endpoints.map((entry) => entry.endpoint.id),
    (id) => problems.add("mapping-endpoint", `Two endpoints have the id "${id}".`),
  );
  repeated(
    spec.covariates.map((covariate) => covariate.id),
    (id) => problems.add("mapping-covariate", `Two covariates have the id "${id}".`),
  );
  checkUnitMappings(spec, problems);
  for (const [index, visit] of spec.visits.entries()) {
    if (visit.targetDay <= 0)
      problems.add(
        "mapping-visit",
        `The planned visit ${visit.label} has the target day ${visit.targetDay}; planned visits lie after time zero (day 0). Values on or before day 0 are baseline.`,
      );
    const previous = spec.visits[index - 1];
    if (previous !== undefined && previous.targetDay >= visit.targetDay) {
      problems.add(
        "mapping-visit",
        `The planned visits must be in order of time: ${visit.label} (day ${visit.targetDay}) stands after ${previous.label} (day ${previous.targetDay}).`,
      );
    }
  }
  if (spec.arm.kind === "column") {
    if (!spec.arm.arms.some((entry) => entry.arm.role === "control"))
      problems.add("mapping-arm", "The mapping names no control arm. Give one of the arms the role control.");
    const labels = new Map<string, string>();
    for (const { arm } of spec.arm.arms) {
      const description = JSON.stringify([arm.label, arm.role]);
      if ((labels.get(arm.id) ?? description) !== description)
        problems.add("mapping-arm", `The arm "${arm.id}" is described twice, with different names or roles.`);
      labels.set(arm.id, description);
    }
  } else if (spec.arm.arm.role !== "control") {
    problems.add("mapping-arm", "Pooled patients count as control; give the arm the role control.");
  }
  if (spec.time.kind === "visit") {
    const known = new Set(spec.visits.map((visit) => visit.id));
    for (const { value, visitId } of spec.time.visits) {
      if (!known.has(visitId))
        problems.add(
          "mapping-visit",
          `The value "${value}" is mapped to the visit "${visitId}", which is not planned. Planned visits: ${listed([...known])}.`,
        );
    }
  }
  for (const { endpoint } of spec.endpoints) {
    const type = outcomeType(endpoint);
    if (type !== "continuous" && endpoint.scale === "log")
      problems.add(
        "mapping-endpoint",
        `The ${type} endpoint ${endpoint.label} has no log scale; take its values as they are.`,
      );
    const levels = outcomeLevels(endpoint) ?? [];
    const twice = levels.find(({ source }, k) => levels.slice(0, k).some((other) => isSameValue(source, other.source)));
    if (twice !== undefined)
      problems.add(
        "mapping-endpoint",
        `Two levels of the ${type} endpoint ${endpoint.label} have the value "${twice.source}" in the file; each level needs its own.`,
      );
  }
  if (spec.layout.kind === "endpoint-columns" && spec.baseline.column !== null && spec.endpoints.length > 1) {
    problems.add(
      "mapping-baseline",
      "A baseline column holds the baseline of one endpoint, but the mapping has several endpoints in columns. Use a baseline flag, or records on or before time zero.",
    );
  }
}

function repeated(ids: readonly string[], report: (id: string) => void): void {
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) report(id);
    seen.add(id);
  }
}

/** The columns a mapping names, found in the table. Arrays follow the order of the mapping. */
export interface MappedColumns {
  readonly patient: RawColumn;
  readonly study: RawColumn | null;
  readonly site: RawColumn | null;
  readonly time: RawColumn;
  /** Actual day beside a visit name; null when not mapped. */
  readonly day: RawColumn | null;
  readonly parameter: RawColumn | null;
  /** One column for all endpoints in parameter rows, one each otherwise. */
  readonly values: readonly RawColumn[];
  readonly baselineFlag: RawColumn | null;
  readonly baseline: RawColumn | null;
  readonly arm: RawColumn | null;
  readonly covariates: readonly RawColumn[];
  readonly events: readonly { readonly day: RawColumn; readonly occurred: RawColumn | null }[];
  readonly followUp: RawColumn | null;
  readonly rowFilter: readonly RawColumn[];
  /** In the order of the mapping's units; null where the unit is declared by study. */
  readonly units: readonly (RawColumn | null)[];
  /** Null when everybody is eligible. */
  readonly eligibility: EligibilityRule | null;
}

/**
 * Finds every column of a mapping and reads its eligibility expression; all faults are reported together. Null when there
 * is any.
 */
export function findMappedColumns(table: RawTable, spec: MappingSpec, problems: ProblemList): MappedColumns | null {
  const before = problems.count;
  const find = (name: string, use: string): RawColumn => {
    const column = findColumn(table, name);
    if (column !== null) return column;
    problems.add(
      "missing-column",
      `The file has no column "${name}", which the mapping names for ${use}. It has: ${listed(
        table.columns.map((each) => each.name),
        40,
      )}.`,
      { column: name },
    );
    return { name, label: "", displayFormat: "", kind: "text", values: [] };
  };
  const findOptional = (name: string | null, use: string) => (name === null ? null : find(name, use));
  const columns: MappedColumns = {
    patient: find(spec.patient.column, "the patient"),
    study: spec.study.kind === "column" ? find(spec.study.column, "the study") : null,
    site: findOptional(spec.site?.column ?? null, "the site"),
    time: find(spec.time.column, spec.time.kind === "day" ? "the day" : "the visit"),
    day: spec.time.kind === "visit" ? findOptional(spec.time.dayColumn, "the actual day") : null,
    parameter: spec.layout.kind === "parameter-rows" ? find(spec.layout.parameterColumn, "the parameter") : null,
    values:
      spec.layout.kind === "parameter-rows"
        ? [find(spec.layout.valueColumn, "the value")]
        : spec.endpoints.map((entry) => find(entry.source, `the endpoint ${entry.endpoint.label}`)),
    baselineFlag: findOptional(spec.baseline.flag?.column ?? null, "the baseline flag"),
    baseline: findOptional(spec.baseline.column, "the baseline value"),
    arm: spec.arm.kind === "column" ? find(spec.arm.column, "the arm") : null,
    covariates: spec.covariates.map((covariate) => find(covariate.column, `the covariate ${covariate.label}`)),
    events: spec.events.map((event) => ({
      day: find(event.dayColumn, `the day of ${event.kind}`),
      occurred: event.occurredWhen === null ? null : find(event.occurredWhen.column, `whether ${event.kind} occurred`),
    })),
    followUp: findOptional(spec.followUpDayColumn, "the last day of follow-up"),
    rowFilter: spec.rowFilter.map((filter) => find(filter.column, "the row filter")),
    units: (spec.units ?? []).map(({ id, source }) =>
      findOptional(source.kind === "column" ? source.column : null, `the unit of ${id}`),
    ),
    eligibility: eligibilityOf(table, spec, problems),
  };
  return problems.count > before ? null : columns;
}

function eligibilityOf(table: RawTable, spec: MappingSpec, problems: ProblemList): EligibilityRule | null {
  if (spec.include === null) return null;
  const parsed = parseEligibility(
    spec.include,
    table.columns.map((column) => column.name),
  );
  if (parsed.ok) return parsed.rule;
  problems.add("eligibility", parsed.message);
  return null;
}
