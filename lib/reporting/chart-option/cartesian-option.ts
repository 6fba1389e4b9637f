import type { EChartsOption, LegendComponentOption } from "echarts";
import type { ChartSurroundings } from "../chart-option.ts";
import type { ChartLayer, ChartSpecification } from "../chart-specification.ts";
import { BAND_OPACITY, INK, ROLE_STYLES } from "../theme.ts";
import { axisNumber, axisTitle, xAxisOption, yAxisOption } from "./axis-option.ts";
import { chartFrame, chartType, textWidth, titleHeight, wrappedLines } from "./chart-frame.ts";
import { layerSeries } from "./layer-series.ts";

type Cartesian = Extract<ChartSpecification, { kind: "cartesian" }>;

/** Longer category names wrap; on a phone they take at most this share of the width. */
const LARGEST_LEFT_MARGIN = 200;
const LARGEST_LEFT_SHARE = 0.45;
/** On a phone, names at the ends of lines that would take more than this share of the width go to the legend. */
const LARGEST_END_LABEL_SHARE = 0.25;
/** Room for the numbers of a linear y axis. */
const NUMBER_MARGIN = 50;
/** Width in pixels when the surroundings do not say, and what its plot has for the labels of a category axis. */
const USUAL_WIDTH = 620;
const USUAL_PLOT_WIDTH = 520;
/** Below this width (a phone) the name of a horizontal rule stands inside the plot. */
const NARROW_BELOW = 480;
const LEGEND_HEIGHT = 28;
const LEGEND_ROW = 29;
const LEGEND_GAP = 16;
const LEGEND_ICON = 24;
/** Kept free at the right of a legend on a phone: a browser draws text a little wider than the library measures it. */
const LEGEND_SPARE = 30;

/** Above this many lines, or with longer names, labels at the lines would collide and a legend is used. */
const MAXIMUM_DIRECT_LINES = 4;
const MAXIMUM_DIRECT_NAME = 26;
/** Smallest distance between line ends, as a share of the plotted range, at which labels stay apart. */
const MINIMUM_END_DISTANCE = 0.07;

export function cartesianOption(specification: Cartesian, surroundings: ChartSurroundings): EChartsOption {
  const type = chartType(surroundings);
  const width = surroundings.width ?? USUAL_WIDTH;
  const narrow = width < NARROW_BELOW;
  const direct = directlyLabelled(specification, narrow ? (LARGEST_END_LABEL_SHARE * width) / type.label : null);
  const legend = legendOption(specification, direct, surroundings);
  const legendNames = legend.data?.length ?? 0;
  const intervalLabels = specification.layers.some(
    (layer) =>
      layer.type === "intervals" && layer.orientation === "horizontal" && layer.items.some((item) => item.label !== ""),
  );
  const top =
    titleHeight(surroundings) +
    (legendNames > 0 ? LEGEND_HEIGHT + LEGEND_ROW * (legendRows(legend, surroundings) - 1) : 8) +
    headRoom(specification);
  const left = leftMargin(specification, type.label, narrow ? LARGEST_LEFT_SHARE * width : LARGEST_LEFT_MARGIN);
  const right = rightMargin(specification, direct, intervalLabels, type.label, narrow);
  const plotWidth = narrow ? width - left - right : USUAL_PLOT_WIDTH;
  // The title is centred under the plot, so the nearer edge of the drawing is where it would be cut.
  const titleWidth = (narrow ? plotWidth : Math.max(0, width - left - right)) + 2 * Math.min(left, right);
  const context = {
    type,
    directLabels: direct,
    barWidth: barWidth(specification.layers),
    intervalLabels,
    narrow,
    xText: (value: number) => readAxis(specification.x, value),
    yText: (value: number) => readAxis(specification.y, value),
  };
  return {
    ...chartFrame(specification, surroundings),
    legend,
    tooltip: { trigger: "item", confine: true, textStyle: { fontSize: 12, color: INK.text } },
    grid: {
      top,
      left,
      right,
      bottom: bottomMargin(specification, plotWidth) + extraTitleLines(specification, titleWidth, type.axis) * 15,
      outerBoundsMode: "none",
    },
    xAxis: xAxisOption(specification.x, type, categoryLabelWidth(specification, plotWidth), titleWidth),
    yAxis: yAxisOption(specification.y, type, left, width),
    series: specification.layers.map((layer) => layerSeries(layer, context)),
  };
}

function readAxis(axis: Cartesian["x"], value: number): string {
  if (axis.scale.kind === "category") return axis.scale.categories[Math.round(value)] ?? "";
  return `${axisTitle(axis)}: ${axisNumber(value)}`;
}

/** Names that stand at the ends of their lines; none longer than `most` em, where that is limited. */
function directlyLabelled(specification: Cartesian, most: number | null): ReadonlySet<string> {
  const lines = specification.layers.filter((layer) => layer.type === "line" && layer.name !== "");
  const others = specification.layers.filter(
    (layer) => ["points", "intervals", "bars"].includes(layer.type) && layer.name !== "",
  );
  const names = new Set(lines.map((line) => line.name));
  if (lines.length > MAXIMUM_DIRECT_LINES || names.size !== lines.length || lines.length === 0 || others.length > 0)
    return new Set();
  if ([...names].some((name) => name.length > MAXIMUM_DIRECT_NAME)) return new Set();
  if (most !== null && [...names].some((name) => textWidth(name, 1) > most)) return new Set();
  const ends = lines.flatMap((line) =>
    line.type === "line" && line.points.length > 0 ? [line.points.at(-1)![1]] : [],
  );
  const heights = specification.layers.flatMap(layerHeights);
  const range = Math.max(...heights) - Math.min(...heights);
  const sorted = [...ends].sort((a, b) => a - b);
  const apart = sorted.every((end, index) => index === 0 || end - sorted[index - 1]! >= MINIMUM_END_DISTANCE * range);
  return apart ? names : new Set();
}

function layerHeights(layer: ChartLayer): number[] {
  switch (layer.type) {
    case "line":
    case "points":
      return layer.points.map((point) => point[1]);
    case "band":
      return layer.points.flatMap((point) => [point[1], point[2]]);
    case "intervals":
      return layer.orientation === "vertical" ? layer.items.flatMap((item) => [item.lower, item.upper]) : [];
    case "bars":
      return layer.items.map((item) => item[1]);
    case "rule":
      return layer.axis === "y" ? [layer.at] : [];
    case "diagonal":
      return [];
  }
}

/** Every named layer that is not labelled where it is drawn. */
function legendOption(
  specification: Cartesian,
  direct: ReadonlySet<string>,
  surroundings: ChartSurroundings,
): LegendComponentOption {
  const named = new Map<string, ChartLayer>();
  for (const layer of specification.layers) {
    if (layer.name === "" || layer.type === "rule" || direct.has(layer.name) || named.has(layer.name)) continue;
    named.set(layer.name, layer);
  }
  const type = chartType(surroundings);
  const alone = named.size === 1 && specification.layers.filter((layer) => layer.type !== "rule").length === 1;
  return {
    show: named.size > 0 && !alone,
    left: 0,
    ...((surroundings.width ?? USUAL_WIDTH) < NARROW_BELOW ? { right: LEGEND_SPARE } : {}),
    top: titleHeight(surroundings),
    padding: 0,
    itemGap: LEGEND_GAP,
    itemHeight: 10,
    itemWidth: LEGEND_ICON,
    type: "plain",
    textStyle: { fontSize: type.label, color: INK.text },
    data: alone ? [] : [...named.values()].map(legendEntry),
  };
}

/** Rows the legend needs at the width of the drawing; the library wraps it the same way. */
function legendRows(legend: LegendComponentOption, surroundings: ChartSurroundings): number {
  const available = surroundings.width ?? USUAL_WIDTH;
  const size = chartType(surroundings).label;
  let rows = 1;
  let used = 0;
  for (const entry of legend.data ?? []) {
    const width = LEGEND_ICON + 5 + textWidth(typeof entry === "object" ? String(entry.name) : String(entry), size);
    if (used > 0 && used + width > available) {
      rows++;
      used = 0;
    }
    used += width + LEGEND_GAP;
  }
  return rows;
}

/** Markers as paths, because the library stretches its own symbols to the width of the legend icon. */
const MARKER_PATHS: Readonly<Record<string, string>> = {
  triangle: "path://M5,0 L10,9 L0,9 Z",
  diamond: "path://M5,0 L10,5 L5,10 L0,5 Z",
  rect: "path://M1,1 L9,1 L9,9 L1,9 Z",
};

function legendEntry(layer: ChartLayer): NonNullable<LegendComponentOption["data"]>[number] {
  const style = ROLE_STYLES[layer.role];
  switch (layer.type) {
    case "band":
      return {
        name: layer.name,
        icon: "rect",
        itemStyle: { color: style.colour, opacity: BAND_OPACITY[layer.strength] + 0.1 },
      };
    case "bars":
      return { name: layer.name, icon: "rect", itemStyle: { color: style.colour, opacity: 0.8 } };
    case "points":
    case "intervals": {
      const empty = style.marker.startsWith("empty");
      const shape = style.marker.replace("empty", "").toLowerCase();
      const itemStyle = empty
        ? { color: INK.ground, borderColor: style.colour, borderWidth: 1.6 }
        : { color: style.colour };
      return { name: layer.name, icon: MARKER_PATHS[shape] ?? "circle", itemStyle };
    }
    case "diagonal":
      return { name: layer.name, icon: "path://M0,4 L22,4 L22,6 L0,6 Z", itemStyle: { color: style.colour } };
    case "line":
      return layer.markers ? { name: layer.name } : { name: layer.name, itemStyle: { opacity: 0 } };
    default:
      return { name: layer.name };
  }
}

function barWidth(layers: readonly ChartLayer[]): number {
  const positions = [
    ...new Set(layers.flatMap((layer) => (layer.type === "bars" ? layer.items.map((item) => item[0]) : []))),
  ].sort((a, b) => a - b);
  const gaps = positions.slice(1).map((position, index) => position - positions[index]!);
  return gaps.length === 0 ? 0.5 : 0.92 * Math.min(...gaps);
}

function leftMargin(specification: Cartesian, labelSize: number, largest: number): number {
  if (specification.y.scale.kind !== "category") return NUMBER_MARGIN;
  const longest = Math.max(0, ...specification.y.scale.categories.map((category) => textWidth(category, labelSize)));
  return Math.min(largest, longest + 14);
}

/** Space above the plot for the title of the y axis, names of vertical rules and labels of the highest points. */
function headRoom(specification: Cartesian): number {
  const title = specification.y.scale.kind === "linear" && specification.y.title !== "" ? 14 : 0;
  const above = specification.layers.some(
    (layer) =>
      (layer.type === "rule" && layer.axis === "x" && layer.name !== "") ||
      (layer.type === "points" && layer.labels !== null),
  );
  return title + (above ? 14 : 0);
}

function rightMargin(
  specification: Cartesian,
  direct: ReadonlySet<string>,
  intervalLabels: boolean,
  labelSize: number,
  narrow: boolean,
): number {
  const texts = [...direct];
  for (const layer of specification.layers)
    if (layer.type === "rule" && layer.axis === "y" && !narrow) texts.push(layer.name);
  if (intervalLabels) {
    for (const layer of specification.layers) {
      if (layer.type === "intervals") texts.push(...layer.items.map((item) => item.label));
    }
  }
  const longest = Math.max(0, ...texts.map((text) => textWidth(text, labelSize)));
  return 16 + (longest === 0 ? 0 : longest + 10);
}

/** Widest label a category of the x axis may have before its words wrap; null for linear axes. */
function categoryLabelWidth(specification: Cartesian, plotWidth: number): number | null {
  if (specification.x.scale.kind !== "category") return null;
  return Math.max(
    plotWidth < USUAL_PLOT_WIDTH ? 36 : 48,
    Math.min(140, plotWidth / Math.max(1, specification.x.scale.categories.length)),
  );
}

/** Lines beyond the first that the title of the x axis needs at a width; none where the width is not limited. */
function extraTitleLines(specification: Cartesian, width: number, fontSize: number): number {
  return wrappedLines(axisTitle(specification.x), width, fontSize) - 1;
}

function bottomMargin(specification: Cartesian, plotWidth: number): number {
  const width = categoryLabelWidth(specification, plotWidth);
  if (width === null || specification.x.scale.kind !== "category") return 48;
  const lines = Math.max(1, ...specification.x.scale.categories.map((category) => wrappedLines(category, width, 12)));
  return (specification.x.title === "" ? 16 : 36) + 15 * Math.min(4, lines);
}
