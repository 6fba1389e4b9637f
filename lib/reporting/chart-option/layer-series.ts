import type { CustomSeriesOption, SeriesOption } from "echarts";
import type { ChartLayer } from "../chart-specification.ts";
import { BAND_OPACITY, INK, ROLE_STYLES } from "../theme.ts";
import { axisNumber } from "./axis-option.ts";
import { type ChartType, escapeHtml } from "./chart-frame.ts";

export interface LayerContext {
  readonly type: ChartType;
  /** Names of line layers that are labelled at their right end. */
  readonly directLabels: ReadonlySet<string>;
  /** Width of one bar on the x axis. */
  readonly barWidth: number;
  /** Whether interval labels are printed at the right edge. */
  readonly intervalLabels: boolean;
  /** Whether the drawing is too narrow for names beside the plot. */
  readonly narrow: boolean;
  readonly xText: (value: number) => string;
  readonly yText: (value: number) => string;
}

const dashOf = (role: ChartLayer["role"], dashed: boolean) => {
  const dash = ROLE_STYLES[role].dash;
  if (dash !== "solid") return [...dash];
  return dashed ? [6, 4] : "solid";
};

/** ECharts series of one layer. */
export function layerSeries(layer: ChartLayer, context: LayerContext): SeriesOption {
  switch (layer.type) {
    case "line":
      return lineSeries(layer, context);
    case "points":
      return pointSeries(layer, context);
    case "band":
      return bandSeries(layer, context);
    case "intervals":
      return intervalSeries(layer, context);
    case "bars":
      return barSeries(layer, context);
    case "rule":
      return ruleSeries(layer, context);
    case "diagonal":
      return diagonalSeries(layer);
  }
}

type Layer<T extends ChartLayer["type"]> = Extract<ChartLayer, { type: T }>;

function tip(name: string, parts: readonly string[]): string {
  return [name, ...parts]
    .filter((part) => part !== "")
    .map(escapeHtml)
    .join("<br>");
}

function lineSeries(layer: Layer<"line">, context: LayerContext): SeriesOption {
  const style = ROLE_STYLES[layer.role];
  const faint = layer.role === "history" && !layer.markers;
  return {
    type: "line",
    name: layer.name,
    data: layer.points.map((point) => [...point]),
    showSymbol: layer.markers,
    symbol: layer.markers ? style.marker : "none",
    symbolSize: 7,
    connectNulls: false,
    itemStyle: { color: style.colour },
    lineStyle: {
      color: style.colour,
      width: faint ? 1 : style.width,
      type: dashOf(layer.role, layer.dashed),
      opacity: faint ? 0.55 : 1,
    },
    endLabel: {
      show: context.directLabels.has(layer.name),
      formatter: "{a}",
      color: style.colour,
      fontSize: context.type.label,
      fontWeight: 600,
      distance: 6,
    },
    labelLayout: { moveOverlap: "shiftY" },
    tooltip: { formatter: (item) => pointTip(layer.name, item, context) },
    z: faint ? 2 : 4,
  };
}

function pointTip(name: string, item: unknown, context: LayerContext): string {
  const value = (item as { value?: unknown }).value;
  if (!Array.isArray(value)) return escapeHtml(name);
  return tip(name, [context.xText(Number(value[0])), context.yText(Number(value[1]))]);
}

function pointSeries(layer: Layer<"points">, context: LayerContext): SeriesOption {
  const style = ROLE_STYLES[layer.role];
  return {
    type: "scatter",
    name: layer.name,
    data: layer.points.map((point, index) => {
      const label = layer.labels?.[index] ?? "";
      return { value: [...point], name: label, label: { show: label !== "", formatter: label } };
    }),
    symbol: style.marker,
    symbolSize: 9,
    itemStyle: { color: style.colour },
    label: { position: "top", color: INK.text, fontSize: context.type.label },
    labelLayout: { hideOverlap: true },
    tooltip: { formatter: (item) => pointTip(layer.name, item, context) },
    z: 6,
  };
}

/** A custom series that draws once, from all its data, instead of item by item. */
function onceSeries(
  name: string,
  data: readonly (readonly number[])[],
  encode: { x: number[]; y: number[] },
  z: number,
  draw: NonNullable<CustomSeriesOption["renderItem"]>,
): CustomSeriesOption {
  return {
    type: "custom",
    name,
    data: data.map((row) => [...row]),
    encode,
    clip: true,
    silent: true,
    z,
    renderItem: (params, api) => (params.dataIndex === 0 ? draw(params, api) : null),
  };
}

function bandSeries(layer: Layer<"band">, _context: LayerContext): SeriesOption {
  const style = ROLE_STYLES[layer.role];
  const series = onceSeries(layer.name, layer.points, { x: [0], y: [1, 2] }, 1, (_params, api) => {
    const upper = layer.points.map(([x, , high]) => api.coord([x, high]));
    const lower = layer.points.map(([x, low]) => api.coord([x, low])).reverse();
    return {
      type: "polygon",
      shape: { points: [...upper, ...lower] },
      style: { fill: style.colour, opacity: BAND_OPACITY[layer.strength] },
    };
  });
  return { ...series, itemStyle: { color: style.colour, opacity: BAND_OPACITY[layer.strength] } };
}

function intervalSeries(layer: Layer<"intervals">, context: LayerContext): SeriesOption {
  const style = ROLE_STYLES[layer.role];
  const horizontal = layer.orientation === "horizontal";
  const dash = dashOf(layer.role, false);
  return {
    type: "custom",
    name: layer.name,
    data: layer.items.map((item) => ({ value: [item.at, item.value, item.lower, item.upper], name: item.label })),
    encode: horizontal ? { y: [0], x: [1, 2, 3] } : { x: [0], y: [1, 2, 3] },
    clip: false,
    itemStyle: { color: style.colour },
    z: 5,
    tooltip: {
      formatter: (item) => {
        const row = layer.items[(item as { dataIndex: number }).dataIndex];
        if (row === undefined) return "";
        const number = horizontal ? context.xText : context.yText;
        const place = (horizontal ? context.yText : context.xText)(Math.round(row.at));
        return tip(layer.name, [
          place,
          `${number(row.value)} (${axisNumber(row.lower)}, ${axisNumber(row.upper)})`,
          row.label,
        ]);
      },
    },
    renderItem: (params, api) => {
      const at = Number(api.value(0));
      const place = (value: number) => (horizontal ? api.coord([value, at]) : api.coord([at, value]));
      const [low, high, mid] = [place(Number(api.value(2))), place(Number(api.value(3))), place(Number(api.value(1)))];
      const cap = horizontal ? { dx: 0, dy: 4 } : { dx: 4, dy: 0 };
      const stroke = { stroke: style.colour, lineWidth: 1.6, fill: "none" };
      const segment = (a: number[], b: number[], lineDash: "solid" | number[]) => ({
        type: "line" as const,
        shape: { x1: a[0]!, y1: a[1]!, x2: b[0]!, y2: b[1]! },
        style: { ...stroke, lineDash },
      });
      const capAt = (p: number[]) =>
        segment([p[0]! - cap.dx, p[1]! - cap.dy], [p[0]! + cap.dx, p[1]! + cap.dy], "solid");
      const area = params.coordSys as unknown as { x: number; y: number; width: number; height: number };
      const label = layer.items[params.dataIndex]?.label ?? "";
      return {
        type: "group",
        children: [
          segment(low, high, dash),
          capAt(low),
          capAt(high),
          markerShape(style.marker, mid[0]!, mid[1]!, style.colour),
          ...(context.intervalLabels && horizontal
            ? [
                {
                  type: "text" as const,
                  style: {
                    x: area.x + area.width + 10,
                    y: mid[1]!,
                    text: label,
                    fill: style.colour,
                    fontSize: context.type.label,
                    verticalAlign: "middle" as const,
                  },
                },
              ]
            : []),
        ],
      };
    },
  };
}

/** Marker of a role drawn as a polygon or circle, the same shapes as the scatter symbols. */
function markerShape(marker: string, x: number, y: number, colour: string) {
  const empty = marker.startsWith("empty");
  const style = empty ? { fill: INK.ground, stroke: colour, lineWidth: 1.6 } : { fill: colour };
  const shape = marker.replace("empty", "").toLowerCase();
  if (shape === "circle") return { type: "circle" as const, shape: { cx: x, cy: y, r: 4.2 }, style };
  const outline: Record<string, number[][]> = {
    triangle: [
      [0, -5],
      [4.8, 4],
      [-4.8, 4],
    ],
    diamond: [
      [0, -5.5],
      [5, 0],
      [0, 5.5],
      [-5, 0],
    ],
    rect: [
      [-4, -4],
      [4, -4],
      [4, 4],
      [-4, 4],
    ],
  };
  const points = (outline[shape] ?? outline.rect!).map(([dx, dy]) => [x + dx!, y + dy!]);
  return { type: "polygon" as const, shape: { points }, style };
}

function barSeries(layer: Layer<"bars">, context: LayerContext): SeriesOption {
  const style = ROLE_STYLES[layer.role];
  return {
    type: "custom",
    name: layer.name,
    data: layer.items.map(([at, height]) => [at, height, 0]),
    encode: { x: [0], y: [1, 2] },
    clip: true,
    itemStyle: { color: style.colour },
    z: 3,
    tooltip: { formatter: (item) => pointTip(layer.name, item, context) },
    renderItem: (_params, api) => {
      const at = Number(api.value(0));
      const topLeft = api.coord([at - context.barWidth / 2, Number(api.value(1))]);
      const bottomRight = api.coord([at + context.barWidth / 2, 0]);
      return {
        type: "rect",
        shape: {
          x: topLeft[0]!,
          y: Math.min(topLeft[1]!, bottomRight[1]!),
          width: bottomRight[0]! - topLeft[0]!,
          height: Math.abs(bottomRight[1]! - topLeft[1]!),
        },
        style: { fill: style.colour, opacity: 0.8 },
      };
    },
  };
}

function ruleSeries(layer: Layer<"rule">, context: LayerContext): SeriesOption {
  const style = ROLE_STYLES[layer.role];
  const alongX = layer.axis === "y";
  const data = [alongX ? [Number.NaN, layer.at] : [layer.at, Number.NaN]];
  // A name inside the plot is drawn over the marks, with a halo, so that it can be read where they meet.
  const inside = alongX && context.narrow && layer.name !== "";
  const series = onceSeries("", data, alongX ? { x: [], y: [1] } : { x: [0], y: [] }, inside ? 7 : 2, (params, api) => {
    const area = params.coordSys as unknown as { x: number; y: number; width: number; height: number };
    const at = alongX ? api.coord([0, layer.at])[1]! : api.coord([layer.at, 0])[0]!;
    const shape = alongX
      ? { x1: area.x, y1: at, x2: area.x + area.width, y2: at }
      : { x1: at, y1: area.y, x2: at, y2: area.y + area.height };
    return {
      type: "group",
      children: [
        { type: "line", shape, style: { stroke: style.colour, lineWidth: 1.2, lineDash: dashOf(layer.role, false) } },
        {
          type: "text",
          style: {
            text: layer.name,
            x: alongX ? area.x + area.width + (context.narrow ? -2 : 6) : at,
            y: alongX ? at - (context.narrow ? 3 : 0) : area.y - 3,
            align: alongX ? (context.narrow ? "right" : "left") : "center",
            verticalAlign: alongX && !context.narrow ? "middle" : "bottom",
            fill: style.colour,
            fontSize: context.type.label,
            ...(inside ? { stroke: INK.ground, lineWidth: 3 } : {}),
          },
        },
      ],
    };
  });
  return { ...series, clip: false };
}

function diagonalSeries(layer: Layer<"diagonal">): SeriesOption {
  const style = ROLE_STYLES[layer.role];
  return onceSeries(layer.name, [[Number.NaN, Number.NaN]], { x: [], y: [] }, 2, (params, api) => {
    const area = params.coordSys as unknown as { x: number; y: number; width: number; height: number };
    const origin = api.coord([0, 0]);
    const unit = api.coord([1, 1]);
    const slope = (unit[1]! - origin[1]!) / (unit[0]! - origin[0]!);
    const heightAt = (x: number) => origin[1]! + slope * (x - origin[0]!);
    return {
      type: "line",
      shape: { x1: area.x, y1: heightAt(area.x), x2: area.x + area.width, y2: heightAt(area.x + area.width) },
      style: { stroke: style.colour, lineWidth: 1.2, lineDash: [4, 3] },
    };
  });
}
