import { chartHeight } from "./chart-size.ts";
import type { ChartLayer, ChartSpecification } from "./chart-specification.ts";

type Cartesian = Extract<ChartSpecification, { kind: "cartesian" }>;

/** Share of the range that stays free at both ends of the common axis. */
const MARGIN = 0.04;

/**
 * A chart with more rows than one page holds as several of the same axis, each with as many rows as fit.
 *
 * @param chart - Any chart; only rows of names down the side (forest plots) are divided.
 * @param most - Height of one part at most, in pixels of {@link chartHeight} for paper.
 * @returns The chart itself when it fits.
 */
export function chartParts(chart: ChartSpecification, most: number): ChartSpecification[] {
  if (chart.kind !== "cartesian" || chart.y.scale.kind !== "category") return [chart];
  const { categories } = chart.y.scale;
  const parts = Math.min(categories.length, Math.ceil(chartHeight(chart, true) / most));
  if (parts <= 1) return [chart];
  const rows = Math.ceil(categories.length / parts);
  const x = { ...chart.x, scale: commonScale(chart) };
  return Array.from({ length: Math.ceil(categories.length / rows) }, (_, part) => {
    const from = part * rows;
    const within = (at: number) => at > from - 0.5 && at < from + rows - 0.5;
    return {
      ...chart,
      x,
      y: { ...chart.y, scale: { kind: "category" as const, categories: categories.slice(from, from + rows) } },
      layers: chart.layers.map((layer) => rowsOf(layer, within, from)),
    };
  });
}

function rowsOf(layer: ChartLayer, within: (at: number) => boolean, from: number): ChartLayer {
  switch (layer.type) {
    case "intervals":
      return {
        ...layer,
        items: layer.items.filter(({ at }) => within(at)).map((item) => ({ ...item, at: item.at - from })),
      };
    case "points": {
      const kept = layer.points.flatMap((point, k) => (within(point[1]) ? [k] : []));
      return {
        ...layer,
        points: kept.map((k) => [layer.points[k]![0], layer.points[k]![1] - from]),
        labels: layer.labels === null ? null : kept.map((k) => layer.labels![k]!),
      };
    }
    default:
      return layer;
  }
}

/** One axis for all parts, so that they can be compared. */
function commonScale(chart: Cartesian): Cartesian["x"]["scale"] {
  if (chart.x.scale.kind !== "linear") return chart.x.scale;
  const values = chart.layers.flatMap((layer) => {
    if (layer.type === "intervals") return layer.items.flatMap(({ lower, value, upper }) => [lower, value, upper]);
    if (layer.type === "points") return layer.points.map(([x]) => x);
    return layer.type === "rule" && layer.axis === "x" ? [layer.at] : [];
  });
  const least = values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
  const most = values.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY);
  if (!(most > least)) return chart.x.scale;
  const step = 10 ** Math.floor(Math.log10(most - least)) / 2;
  return {
    kind: "linear",
    minimum: chart.x.scale.minimum ?? tidy(Math.floor((least - MARGIN * (most - least)) / step) * step),
    maximum: chart.x.scale.maximum ?? tidy(Math.ceil((most + MARGIN * (most - least)) / step) * step),
  };
}

function tidy(value: number): number {
  return Number(value.toPrecision(6));
}
