import type { Endpoint } from "../trial/endpoint.ts";
import { type ColumnProfile, findProfile } from "./column-profile.ts";
import type { MappingSpec } from "./mapping-spec.ts";
import { cellText, type RawColumn, type RawTable } from "./raw-table.ts";
import { listed } from "./sentence.ts";
import type { SuggestionNotes } from "./suggestion-notes.ts";

export interface EndpointSuggestion {
  readonly layout: MappingSpec["layout"];
  readonly endpoints: MappingSpec["endpoints"];
  /** Columns that hold the endpoint, its baseline or its change; they are no covariates. */
  readonly used: readonly string[];
  /** Column with the baseline of the endpoint, where it was recognised. */
  readonly baselineColumn: string | null;
}

/** Guesses the layout and the endpoint: parameter rows of ADaM or SDTM, else a column that changes over time. */
export function suggestEndpoints(
  table: RawTable,
  profiles: readonly ColumnProfile[],
  taken: ReadonlySet<string>,
  notes: SuggestionNotes,
): EndpointSuggestion {
  const parameter = findProfile(profiles, ["PARAMCD", /^[A-Z]{2}TESTCD$/i]);
  const value = findProfile(
    profiles.filter((profile) => profile.isNumber || isMostlyNumbers(profile.column, table.rowCount)),
    ["AVAL", /^[A-Z]{2}STRESN$/i],
  );
  if (value !== null && !value.isNumber)
    notes.confirm(
      "layout.valueColumn",
      `${value.column.name} holds text besides numbers. Every such value is a fault of the file, unless it stands among the texts that mean missing.`,
    );
  if (parameter !== null && value !== null) return suggestParameter(table, parameter, value, profiles, notes);
  return suggestColumn(profiles, taken, notes);
}

/** Share of numbers from which a text column is taken for numbers with some faults. */
const MOSTLY = 0.5;

function isMostlyNumbers(column: RawColumn, rows: number): boolean {
  let filled = 0;
  let numbers = 0;
  for (let row = 0; row < rows; row++) {
    const text = cellText(column, row).trim();
    if (text === "") continue;
    filled++;
    if (Number.isFinite(Number(text))) numbers++;
  }
  return numbers > MOSTLY * filled;
}

function suggestParameter(
  table: RawTable,
  parameter: ColumnProfile,
  value: ColumnProfile,
  profiles: readonly ColumnProfile[],
  notes: SuggestionNotes,
): EndpointSuggestion {
  notes.because("layout.parameterColumn", parameter.column.name, "CDISC parameter code.");
  notes.because("layout.valueColumn", value.column.name, "CDISC analysis value.");
  const text = findProfile(
    profiles,
    parameter.column.name.toUpperCase() === "PARAMCD" ? ["PARAM"] : [/^[A-Z]{2}TEST$/i],
  );
  const nameOf = (code: string) => (text === null ? code : firstText(table, parameter.column, code, text.column));
  const chosen =
    parameter.levels.find((code) => /TOT/i.test(code)) ??
    parameter.levels.find((code) => /total/i.test(nameOf(code))) ??
    parameter.levels[0];
  const used = ["AVAL", "AVALC", "BASE", "CHG", "PCHG"];
  const base = findProfile(profiles, ["BASE"]);
  if (base !== null) notes.because("baseline.column", base.column.name, "CDISC baseline value.");
  const layout: MappingSpec["layout"] = {
    kind: "parameter-rows",
    parameterColumn: parameter.column.name,
    valueColumn: value.column.name,
  };
  if (chosen === undefined) return { layout, endpoints: [], used, baselineColumn: base?.column.name ?? null };
  const others = parameter.levels.filter((code) => code !== chosen);
  notes.because(
    "endpoints",
    value.column.name,
    others.length === 0
      ? `The only parameter of the file is ${chosen}.`
      : `${chosen} (${nameOf(chosen)}) was chosen of ${parameter.levels.length} parameters.`,
  );
  if (others.length > 0) notes.confirm("endpoints", `Choose the endpoints. Other parameters: ${listed(others, 30)}.`);
  return { layout, endpoints: [entry(chosen, nameOf(chosen), notes)], used, baselineColumn: base?.column.name ?? null };
}

function firstText(table: RawTable, column: RawColumn, code: string, text: RawColumn): string {
  for (let row = 0; row < table.rowCount; row++) if (cellText(column, row) === code) return cellText(text, row) || code;
  return code;
}

/** Columns that are never an endpoint by themselves. */
const NOT_AN_ENDPOINT =
  /^(.*chg|.*change|.*diff|.*(id|seq|num|fl|flag|dt|dtm|dy)|visit.*|avisit.*|day.*|week.*|month.*|year.*|time.*|param.*|base.*)$/i;

const BASELINE_NAME = /^(bas|base|baseline|basval|bl)(_?val(ue)?)?$/i;

function suggestColumn(
  profiles: readonly ColumnProfile[],
  taken: ReadonlySet<string>,
  notes: SuggestionNotes,
): EndpointSuggestion {
  const layout: MappingSpec["layout"] = { kind: "endpoint-columns" };
  const numbers = profiles.filter((profile) => profile.isNumber && !taken.has(profile.column.name));
  const varying = numbers.filter(
    (profile) =>
      !profile.isConstantWithinPatient && profile.levels.length > 2 && !NOT_AN_ENDPOINT.test(profile.column.name),
  );
  const triple = findChangeTriple(varying, numbers);
  const finest = varying.reduce<ColumnProfile | null>(
    (best, each) => (best === null || each.levels.length > best.levels.length ? each : best),
    null,
  );
  const chosen = triple?.value ?? findProfile(varying, ["AVAL"]) ?? finest;
  if (chosen === null) {
    const change = numbers.find(
      (profile) => !profile.isConstantWithinPatient && /ch(g|ange)/i.test(profile.column.name),
    );
    notes.require(
      "endpoints",
      change === undefined
        ? "No column with numbers that change over time was found. Name the column of the endpoint."
        : `Only a change from baseline (${change.column.name}) was found. Add a column with the measured value, baseline plus change, to the file and name it.`,
    );
    return { layout, endpoints: [], used: [], baselineColumn: null };
  }
  const { name, label } = chosen.column;
  if (triple !== null) {
    notes.because(
      "endpoints",
      name,
      `${triple.change.column.name} is ${name} minus ${triple.baseline.column.name} in every record.`,
    );
    notes.because(
      "baseline.column",
      triple.baseline.column.name,
      `${triple.change.column.name} is ${name} minus ${triple.baseline.column.name}.`,
    );
  } else {
    notes.because("endpoints", name, "It holds numbers that change over time.");
  }
  const others = varying
    .filter((profile) => profile !== chosen && profile !== triple?.change)
    .map((profile) => profile.column.name);
  if (others.length > 0)
    notes.confirm("endpoints", `Choose the endpoints. Other columns that change over time: ${listed(others, 30)}.`);
  const baseline =
    triple?.baseline ??
    findProfile(
      numbers.filter((profile) => profile.isConstantWithinPatient),
      ["BASE", ...[`${name}_BL`, `${name}BL`, `${name}_BASE`].map((each) => each.toUpperCase()), BASELINE_NAME],
    );
  if (baseline !== null && triple === null)
    notes.because(
      "baseline.column",
      baseline.column.name,
      "Its name says that it holds the baseline, and it is the same in every record of a patient.",
    );
  const used = [
    name,
    ...(triple === null ? [] : [triple.change.column.name]),
    ...(baseline === null ? [] : [baseline.column.name]),
  ];
  return {
    layout,
    endpoints: [entry(name, label === "" ? name : label, notes)],
    used,
    baselineColumn: baseline?.column.name ?? null,
  };
}

interface ChangeTriple {
  readonly value: ColumnProfile;
  readonly baseline: ColumnProfile;
  readonly change: ColumnProfile;
}

/** Three columns of which one is the difference of the other two in every record, the subtrahend constant by patient. */
function findChangeTriple(varying: readonly ColumnProfile[], numbers: readonly ColumnProfile[]): ChangeTriple | null {
  const changes = numbers.filter((profile) => /ch(g|ange)|diff/i.test(profile.column.name));
  const baselines = numbers.filter((profile) => profile.isConstantWithinPatient);
  for (const change of changes) {
    for (const value of varying) {
      const baseline = baselines.find((candidate) => isDifference(change.column, value.column, candidate.column));
      if (baseline !== undefined && value !== change) return { value, baseline, change };
    }
  }
  return null;
}

/** Rounding of printed decimals that a difference may show. */
const PRINTED_ROUNDING = 1e-6;

function isDifference(change: RawColumn, value: RawColumn, baseline: RawColumn): boolean {
  if (change.kind !== "number" || value.kind !== "number" || baseline.kind !== "number") return false;
  let compared = 0;
  for (let row = 0; row < change.values.length; row++) {
    const difference = (value.values[row] ?? Number.NaN) - (baseline.values[row] ?? Number.NaN);
    const stated = change.values[row] ?? Number.NaN;
    if (Number.isNaN(difference) || Number.isNaN(stated)) continue;
    if (Math.abs(difference - stated) > PRINTED_ROUNDING * Math.max(1, Math.abs(stated))) return false;
    compared++;
  }
  return compared > 0;
}

function entry(source: string, label: string, notes: SuggestionNotes): MappingSpec["endpoints"][number] {
  const unit = /\(([^()]{1,20})\)\s*$/.exec(label)?.[1] ?? "";
  const hasUnit = unit !== "" && !/^\d+$/.test(unit);
  notes.confirm(
    "endpoints.0.endpoint.benefit",
    `Say whether lower or higher values of ${label} are better; lower is assumed.`,
  );
  if (!hasUnit) notes.confirm("endpoints.0.endpoint.unit", `Name the unit of ${label}.`);
  notes.confirm(
    "endpoints.0.endpoint.sourceRange",
    `Name the admissible range of ${label}, so that impossible values are noticed.`,
  );
  const endpoint: Endpoint = {
    id: identifier(source),
    label: (hasUnit ? label.replace(/\s*\([^()]*\)\s*$/, "") : label).slice(0, 120),
    unit: hasUnit ? unit : "",
    scale: "identity",
    benefit: "lower-is-better",
    sourceRange: { minimum: null, maximum: null },
  };
  return { endpoint, source };
}

/** An id of letters, digits and _ that begins with a letter. */
export function identifier(name: string): string {
  const cleaned = name
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^[^A-Za-z]+/, "")
    .replace(/_+$/, "")
    .slice(0, 40);
  return cleaned === "" ? "x" : cleaned;
}
