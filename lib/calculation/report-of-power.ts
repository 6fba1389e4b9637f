import type { ResultTable } from "../analysis/analysis-report.ts";
import type { PowerReport } from "../power/power-report.ts";
import type { CalculationReport } from "./calculation-report.ts";

/** A report of power or size as the one report of calculations: answer, results, inputs, conventions. */
export function reportOfPower(report: PowerReport): CalculationReport {
  return {
    method: report.method,
    answer: report.statement,
    tables: [answersTable(report), ...report.tables, inputsTable(report), ...conventionsTable(report)],
    conventionNote: report.conventionNote,
    diagnostics: report.diagnostics,
    code: report.code,
  };
}

/** Results without the inputs that are the same in every row; those stand in their own table. */
function answersTable({ results, resultKeys, inputs }: PowerReport): ResultTable {
  const fixed = new Set(inputs.filter(({ values }) => values.length === 1).map(({ field }) => field));
  const kept = resultKeys.flatMap((key, j) => (fixed.has(key) ? [] : [j]));
  return {
    ...results,
    columns: kept.map((j) => results.columns[j]!),
    rows: results.rows.map((row) => kept.map((j) => row[j] ?? null)),
  };
}

function inputsTable({ inputs }: PowerReport): ResultTable {
  return {
    id: "inputs",
    title: "Inputs",
    columns: [
      { title: "Input", unit: "", kind: "text" },
      { title: "Value", unit: "", kind: "text" },
      { title: "Unit", unit: "", kind: "text" },
    ],
    rows: inputs.map(({ label, values, unit }) => [label, values.map(String).join(", "), unit]),
    note: "",
  };
}

function conventionsTable({ convention, otherConventions }: PowerReport): ResultTable[] {
  if (otherConventions.length === 0) return [];
  return [
    {
      id: "conventions",
      title: "Conventions of this calculation",
      columns: [
        { title: "Convention", unit: "", kind: "text" },
        { title: "Followed by", unit: "", kind: "text" },
        { title: "What differs", unit: "", kind: "text" },
      ],
      rows: [convention, ...otherConventions].map(({ name, software, note }, index) => [
        index === 0 ? `${name} (used here)` : name,
        software.join(", "),
        note,
      ]),
      note: "",
    },
  ];
}
