import { expect, test } from "vitest";
import { chartParts } from "../../../lib/reporting/chart-parts.ts";
import { chartHeight } from "../../../lib/reporting/chart-size.ts";
import type { ChartSpecification } from "../../../lib/reporting/chart-specification.ts";

function forest(rows: number): ChartSpecification {
  return {
    kind: "cartesian",
    title: "Forest",
    description: "",
    x: { title: "Effect", unit: "", scale: { kind: "linear", minimum: null, maximum: null } },
    y: {
      title: "",
      unit: "",
      scale: { kind: "category", categories: Array.from({ length: rows }, (_, k) => `row ${k}`) },
    },
    layers: [
      { type: "rule", name: "no effect", role: "neutral", axis: "x", at: 0 },
      {
        type: "intervals",
        name: "effect",
        role: "twin",
        orientation: "horizontal",
        items: Array.from({ length: rows }, (_, k) => ({ at: k, value: k, lower: k - 1, upper: k + 1, label: `${k}` })),
      },
    ],
  };
}

test("a chart that fits is left as it is", () => {
  const chart = forest(5);
  expect(chartParts(chart, 600)).toEqual([chart]);
});

test("parts hold every row once, fit, and share an axis that holds every interval", () => {
  const parts = chartParts(forest(70), 600);
  expect(parts.length).toBeGreaterThan(1);
  const names = parts.flatMap((part) => {
    if (part.kind !== "cartesian" || part.y.scale.kind !== "category" || part.x.scale.kind !== "linear")
      throw new Error("another kind of chart");
    expect(chartHeight(part, true)).toBeLessThanOrEqual(600);
    expect(part.x.scale.minimum!).toBeLessThanOrEqual(-1);
    expect(part.x.scale.maximum!).toBeGreaterThanOrEqual(70);
    const { categories } = part.y.scale;
    const intervals = part.layers.find((layer) => layer.type === "intervals");
    if (intervals?.type !== "intervals") throw new Error("no intervals");
    expect(intervals.items.map(({ at, label }) => `${categories[at]}`.replace("row ", "") === label)).toEqual(
      categories.map(() => true),
    );
    return categories;
  });
  expect(names).toEqual(Array.from({ length: 70 }, (_, k) => `row ${k}`));
});
