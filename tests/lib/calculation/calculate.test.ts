import { describe, expect, it } from "vitest";
import { calculate } from "../../../lib/calculation/calculate.ts";
import { calculationMethods } from "../../../lib/calculation/calculation-methods.ts";
import { calculationReportSchema } from "../../../lib/calculation/calculation-report.ts";
import { calculationSpecSchema } from "../../../lib/calculation/calculation-spec.ts";
import { formatResultTable } from "../../../lib/reporting/format-result-table.ts";

describe("every calculation", () => {
  it("is offered once, with an example of its own method", () => {
    expect(calculationMethods.map(({ method }) => method).sort()).toEqual(
      calculationSpecSchema.options.map((schema) => schema.shape.method.value).sort(),
    );
    for (const { method, example } of calculationMethods) expect(example.method).toBe(method);
  });

  it.each(calculationMethods.map(({ method, example }) => [method, example] as const))(
    "%s: its example has an answer, tables with numbers, and an R program",
    (_, example) => {
      const report = calculationReportSchema.parse(calculate(example));
      expect(report.answer).toMatch(/\d/);
      expect(report.answer + report.method + report.conventionNote).not.toMatch(/NaN|undefined|Infinity/);
      expect(report.tables.length).toBeGreaterThan(0);
      for (const table of report.tables) {
        expect(table.rows.length).toBeGreaterThan(0);
        for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
        expect(JSON.stringify(formatResultTable(table))).not.toMatch(/NaN|undefined|Infinity/);
      }
      expect(new Set(report.tables.map(({ id }) => id)).size).toBe(report.tables.length);
      expect(report.code.r.length).toBeGreaterThan(40);
    },
  );
});
