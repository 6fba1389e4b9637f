import type { EChartsOption } from "echarts";
import type { ChartSurroundings } from "../chart-option.ts";
import type { ChartSpecification } from "../chart-specification.ts";
import { MISSING } from "../format-number.ts";
import { HEAT_RAMP, INK } from "../theme.ts";
import { chartFrame, chartType, escapeHtml, textWidth, titleHeight, wrappedLines } from "./chart-frame.ts";

type HeatMap = Extract<ChartSpecification, { kind: "heat-map" }>;

/** Share of the ramp above which a cell is dark and its text white. */
const DARK_FROM = 0.55;

export function heatMapOption(specification: HeatMap, surroundings: ChartSurroundings): EChartsOption {
  const type = chartType(surroundings);
  const { minimum, maximum } = specification.domain;
  const share = (value: number) => (maximum > minimum ? (value - minimum) / (maximum - minimum) : 0);
  const longest = Math.max(0, ...specification.rows.map((row) => textWidth(row, type.label)));
  const left = Math.min(240, longest + 14);
  const columnWidth = ((surroundings.width ?? 620) - left - 12) / Math.max(1, specification.columns.length) - 6;
  const lines = Math.max(1, ...specification.columns.map((column) => wrappedLines(column, columnWidth, type.label)));
  const cells = specification.cells.flatMap((row, y) =>
    row.map((cell, x) =>
      cell === null
        ? { value: [x, y, minimum], itemStyle: { color: INK.ground }, label: { formatter: MISSING, color: INK.muted } }
        : {
            value: [x, y, Math.min(maximum, Math.max(minimum, cell.value))],
            label: {
              formatter: cellText(cell.text, columnWidth, type.label),
              color: share(cell.value) > DARK_FROM ? INK.ground : INK.text,
            },
          },
    ),
  );
  const axis = {
    axisTick: { show: false },
    axisLine: { show: false },
    splitLine: { show: false },
    splitArea: { show: false },
  };
  return {
    ...chartFrame(specification, surroundings),
    tooltip: {
      trigger: "item",
      confine: true,
      formatter: (item) => {
        const value = (Array.isArray(item) ? item[0] : item)?.value;
        if (!Array.isArray(value)) return "";
        const [x, y] = [Number(value[0]), Number(value[1])];
        const text = specification.cells[y]?.[x]?.text ?? MISSING;
        return [specification.rows[y] ?? "", specification.columns[x] ?? "", `${specification.valueTitle}: ${text}`]
          .map(escapeHtml)
          .join("<br>");
      },
    },
    grid: {
      top: titleHeight(surroundings) + 10 + 15 * lines,
      left,
      right: 12,
      bottom: 42,
      outerBoundsMode: "none",
    },
    xAxis: {
      ...axis,
      type: "category",
      data: [...specification.columns],
      position: "top",
      axisLabel: { color: INK.text, fontSize: type.label, interval: 0, width: columnWidth, overflow: "break" },
    },
    yAxis: {
      ...axis,
      type: "category",
      data: [...specification.rows],
      inverse: true,
      axisLabel: { color: INK.text, fontSize: type.label, interval: 0, width: 226, overflow: "truncate" },
    },
    visualMap: {
      type: "continuous",
      min: minimum,
      max: maximum > minimum ? maximum : minimum + 1,
      dimension: 2,
      calculable: false,
      orient: "horizontal",
      left,
      bottom: 4,
      itemWidth: 10,
      itemHeight: 140,
      text: [specification.valueTitle, ""],
      textStyle: { fontSize: type.label, color: INK.muted },
      inRange: { color: [...HEAT_RAMP] },
    },
    series: [
      {
        type: "heatmap",
        data: cells,
        label: { show: true, fontSize: type.label },
        itemStyle: { borderColor: INK.ground, borderWidth: 2 },
        emphasis: { itemStyle: { borderColor: INK.text } },
      },
    ],
  };
}

/** Breaks "0.903 ± 0.003" or "0.00 (0.00, 0.01)" before the uncertainty where the cell is too narrow for one line. */
function cellText(text: string, width: number, fontSize: number): string {
  return textWidth(text, fontSize) <= width ? text : text.replace(/ (±|\()/, "\n$1");
}
