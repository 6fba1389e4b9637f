import type { XAXisComponentOption, YAXisComponentOption } from "echarts";
import type { ChartSpecification } from "../chart-specification.ts";
import { formatFixed } from "../format-number.ts";
import { INK } from "../theme.ts";
import { type ChartType, textWidth, wrapped } from "./chart-frame.ts";

type Axis = Extract<ChartSpecification, { kind: "cartesian" }>["x"];

export function axisTitle(axis: Axis): string {
  return axis.unit === "" ? axis.title : `${axis.title} (${axis.unit})`;
}

/** Number as an axis prints it: shortest form with a proper minus sign. */
export function axisNumber(value: number): string {
  const shown = Number(value.toPrecision(10));
  const decimals = /e/.test(String(shown)) ? 4 : (String(shown).split(".")[1] ?? "").length;
  return formatFixed(shown, Math.min(decimals, 6));
}

const shared = (axis: Axis, type: ChartType) => ({
  name: axisTitle(axis),
  nameLocation: "middle" as const,
  nameTextStyle: { color: INK.text, fontSize: type.axis },
  axisLine: { show: true, onZero: false, lineStyle: { color: INK.axis, width: 1 } },
});

/**
 * A category axis is drawn as a linear one with a label per integer, because several series stand side by side within a
 * category and ECharts rounds coordinates on its own category axis.
 */
function scaleOption(axis: Axis, type: ChartType, labelWidth: number | null) {
  if (axis.scale.kind === "category") {
    const categories = axis.scale.categories;
    const positions = categories.map((_, index) => index);
    return {
      type: "value" as const,
      min: -0.5,
      max: categories.length - 0.5,
      axisTick: { show: true, length: 4, lineStyle: { color: INK.axis }, customValues: positions },
      splitLine: { show: false },
      axisLabel: {
        color: INK.text,
        fontSize: type.label,
        customValues: positions,
        hideOverlap: false,
        formatter: (value: number) => categories[value] ?? "",
        ...(labelWidth === null ? {} : { width: labelWidth, overflow: "break" as const, interval: 0 }),
      },
    };
  }
  return {
    type: "value" as const,
    scale: true,
    ...(axis.scale.minimum === null ? {} : { min: axis.scale.minimum }),
    ...(axis.scale.maximum === null ? {} : { max: axis.scale.maximum }),
    axisTick: { show: true, length: 4, lineStyle: { color: INK.axis } },
    splitLine: { show: true, lineStyle: { color: INK.grid, width: 1 } },
    axisLabel: { color: INK.muted, fontSize: type.label, formatter: axisNumber, hideOverlap: true },
  };
}

/** Labels and title wrap at the widths given. */
export function xAxisOption(
  axis: Axis,
  type: ChartType,
  labelWidth: number | null,
  titleWidth: number,
): XAXisComponentOption {
  const option = scaleOption(axis, type, labelWidth);
  const common = shared(axis, type);
  return {
    ...common,
    ...option,
    name: wrapped(common.name, titleWidth, type.axis),
    nameTextStyle: { ...common.nameTextStyle, lineHeight: 15 },
    splitLine: { ...option.splitLine, show: false },
    nameGap: 28,
  };
}

/** A title too long for one line loses the end of its words, never its unit. */
function shortened(axis: Axis, width: number, fontSize: number): string {
  const whole = axisTitle(axis);
  const excess = textWidth(whole, fontSize) - width;
  if (excess <= 0) return whole;
  const kept = Math.max(8, axis.title.length - Math.ceil(excess / textWidth("n", fontSize)) - 1);
  return axisTitle({ ...axis, title: `${axis.title.slice(0, kept).trimEnd()}…` });
}

/** The title of a y axis stands above it, level and flush with the chart's left edge: long titles fit and read easily. */
export function yAxisOption(axis: Axis, type: ChartType, leftMargin: number, width: number): YAXisComponentOption {
  const category = axis.scale.kind === "category";
  return {
    ...shared(axis, type),
    ...scaleOption(axis, type, category ? leftMargin - 10 : null),
    inverse: category,
    name: category ? "" : shortened(axis, width, type.axis),
    nameLocation: "end",
    nameGap: 10,
    nameTextStyle: { color: INK.text, fontSize: type.axis, align: "left", padding: [0, 0, 0, -leftMargin] },
  };
}
