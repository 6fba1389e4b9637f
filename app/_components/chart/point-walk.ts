import type { ECharts } from "echarts/core";

/** Place of the keyboard in a chart: which series, which of its points. */
export interface PointPlace {
  readonly series: number;
  readonly point: number;
}

interface WalkableSeries {
  readonly index: number;
  readonly name: string;
  readonly points: number;
}

/** Series that carry values a person can ask for; bands and helper series are silent and are passed over. */
function walkableSeries(chart: ECharts): WalkableSeries[] {
  const option = chart.getOption() as { series?: { name?: string; silent?: boolean; data?: unknown[] }[] };
  return (option.series ?? []).flatMap((series, index) =>
    series.silent === true || series.data === undefined || series.data.length === 0
      ? []
      : [{ index, name: series.name ?? "", points: series.data.length }],
  );
}

/** The place after an arrow key: left and right along a series, up and down between series. */
export function nextPlace(chart: ECharts, from: PointPlace | null, key: string): PointPlace | null {
  const series = walkableSeries(chart);
  const first = series[0];
  if (first === undefined) return null;
  if (from === null) return { series: first.index, point: 0 };
  const at = Math.max(
    0,
    series.findIndex((candidate) => candidate.index === from.series),
  );
  const current = series[at] ?? first;
  switch (key) {
    case "ArrowRight":
      return { series: current.index, point: Math.min(current.points - 1, from.point + 1) };
    case "ArrowLeft":
      return { series: current.index, point: Math.max(0, from.point - 1) };
    case "Home":
      return { series: current.index, point: 0 };
    case "End":
      return { series: current.index, point: current.points - 1 };
    default: {
      const step = key === "ArrowDown" ? 1 : -1;
      const target = series[(at + step + series.length) % series.length] ?? current;
      return { series: target.index, point: Math.min(target.points - 1, from.point) };
    }
  }
}

/** Shows the tooltip of a point and returns its text for the reading voice. */
export function showPoint(chart: ECharts, place: PointPlace): string {
  chart.dispatchAction({ type: "showTip", seriesIndex: place.series, dataIndex: place.point });
  const tip = [...chart.getDom().children].find(
    (child) => child instanceof HTMLElement && child.textContent !== "" && child.querySelector("svg") === null,
  );
  return tip === undefined ? "" : spokenText(tip);
}

/** The data of the mark at a place. */
export function valueAt(chart: ECharts, place: PointPlace): unknown {
  const option = chart.getOption() as { series?: { data?: unknown[] }[] };
  const item = option.series?.[place.series]?.data?.[place.point];
  return typeof item === "object" && item !== null && "value" in item ? item.value : item;
}

/** The lines of a tooltip as one sentence. */
function spokenText(tip: Element): string {
  const walker = document.createTreeWalker(tip, NodeFilter.SHOW_TEXT);
  const lines: string[] = [];
  while (walker.nextNode() !== null) lines.push(walker.currentNode.textContent?.trim() ?? "");
  return lines.filter((line) => line !== "").join("; ");
}
