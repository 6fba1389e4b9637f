import type { ResultTable } from "../analysis/analysis-report.ts";
import type { AnalysisSpec } from "./analysis-spec.ts";

/**
 * Every field of a planned analysis with its value, defaults included, so that a reader sees all that was chosen: margins,
 * ties, fallbacks, seeds.
 */
export function choicesTable(spec: AnalysisSpec): ResultTable {
  const { method: _, ...chosen } = spec;
  return {
    id: "choices",
    title: "Choices of the plan",
    columns: [
      { title: "Field", unit: "", kind: "text" },
      { title: "Value", unit: "", kind: "text" },
    ],
    rows: rowsOf(chosen, ""),
    note: "Names are those of the data set. Null values of ratios are ratios, not logarithms, unless the field says so.",
  };
}

function rowsOf(record: object, path: string): string[][] {
  return Object.entries(record).flatMap(([key, value]: [string, unknown]): string[][] => {
    const name = path === "" ? wordsOf(key) : `${path}, ${wordsOf(key).toLowerCase()}`;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [[name, valueText(value)]];
    return Object.keys(value).length === 0 ? [[name, "none"]] : rowsOf(value, name);
  });
}

function valueText(value: unknown): string {
  if (value === null) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(valueText).join(", ");
  return String(value);
}

/** "covariatesByVisit" → "Covariates by visit" */
function wordsOf(key: string): string {
  const words = key.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
