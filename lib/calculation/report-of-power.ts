import type { ResultTable } from "../analysis/analysis-report.ts";
import type { PowerReport } from "../power/power-report.ts";
import type { CalculationReport } from "./calculation-report.ts";

/** A report of power or size as the one report of calculations: answer, results, inputs, conventions. */
export function reportOfPower(report: PowerReport): CalculationReport {
  return {
    method: report.method,
    answer: report.statement,
    tables: [report.results, ...report.tables, inputsTable(report), ...conventionsTable(report)],
    conventionNote: report.conventionNote,
    diagnostics: report.diagnostics,
    code: report.code,
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
