import { describe, expect, it } from "vitest";
import { type ChartSpecification, chartSpecificationSchema } from "../../../lib/reporting/chart-specification.ts";
import { chartCsv, chartTable } from "../../../lib/reporting/chart-table.ts";

const chart: ChartSpecification = {
  kind: "cartesian",
  title: "t",
  description: "",
  x: { title: "Visit", unit: "", scale: { kind: "category", categories: ["Week 1", "Week, 2"] } },
  y: { title: "Score", unit: "points", scale: { kind: "linear", minimum: null, maximum: null } },
  layers: [
    {
      type: "intervals",
      name: '=cmd"x"',
      role: "twin",
      orientation: "vertical",
      items: [{ at: 1.1, value: 0.123456789, lower: -1, upper: 2, label: "" }],
    },
    { type: "rule", name: "null", role: "neutral", axis: "y", at: 0 },
  ],
};

describe("the table view of a chart", () => {
  it("gives every number unrounded, with categories by name", () => {
    expect(chartSpecificationSchema.parse(chart)).toEqual(chart);
    expect(chartTable(chart).rows).toEqual([
      ['=cmd"x"', "Week, 2", 0.123456789, -1, 2, ""],
      ["null", "", 0, "", "", ""],
    ]);
  });

  it("writes CSV that a spreadsheet does not run", () => {
    expect(chartCsv(chart).split("\r\n")).toEqual([
      "series,Visit,Score (points),lower,upper,label",
      `"'=cmd""x""","Week, 2",0.123456789,-1,2,`,
      "null,,0,,,",
      "",
    ]);
  });
});
