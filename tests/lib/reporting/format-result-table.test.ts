import { expect, test } from "vitest";
import type { ResultTable } from "../../../lib/analysis/analysis-report.ts";
import { formatResultTable } from "../../../lib/reporting/format-result-table.ts";

function table(columns: ResultTable["columns"], rows: ResultTable["rows"]): ResultTable {
  return { id: "t", title: "t", columns, rows, note: "" };
}
const number = (title: string, unit = "") => ({ title, unit, kind: "number" as const });

test("an estimate, its error and its limits have the same decimals", () => {
  const { rows } = formatResultTable(
    table(
      [number("Estimate", "mg"), number("SE", "mg"), number("Lower", "95 %"), number("Upper", "95 %")],
      [[-0.0163524, 0.167671, -0.351112, 0.318407]],
    ),
  );
  expect(rows[0]).toEqual(["−0.01635", "0.16767", "−0.35111", "0.31841"]);
});

test("limits of a ratio go with the ratio, not with the logarithm before it", () => {
  const { rows } = formatResultTable(
    table(
      [number("Estimate"), number("SE"), number("Effect", "ratio"), number("Lower", "95 %"), number("Upper", "95 %")],
      [[2.302585, 0.1, 10.00001, 8.2212, 12.1642]],
    ),
  );
  expect(rows[0]!.slice(2)).toEqual(["10.000", "8.221", "12.164"]);
});

test("a small column beside a large one of the same unit keeps two digits", () => {
  const { rows } = formatResultTable(table([number("Mean", "U/L"), number("SE", "U/L")], [[12345.6, 0.0123]]));
  expect(rows[0]).toEqual(["12,345.600", "0.012"]);
});

test("an exact zero is not printed as a rounded one", () => {
  const { rows } = formatResultTable(table([{ title: "Stops", unit: "", kind: "proportion" }], [[0], [0.5]]));
  expect(rows.map(([cell]) => cell)).toEqual(["0", "0.5000"]);
});
