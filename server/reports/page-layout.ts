import { chartHeight } from "../../lib/reporting/chart-size.ts";
import type { ChartSpecification } from "../../lib/reporting/chart-specification.ts";

/** Geometry and type of the printed dossier in points. FDA: left ≥ 54 (landscape: top), others ≥ 27, body 9–12, tables ≥ 9. */
export const PAGE = {
  margins: { left: 66, top: 76, right: 50, bottom: 62 },
  portrait: { width: 612, height: 792 },
  /** Distance of header and footer from the edge of the page. */
  edge: 30,
} as const;

export const TYPE = { body: 10, table: 9, note: 9, caption: 10, running: 9, code: 9, contents: 9.5 } as const;

export function innerWidth(wide: boolean): number {
  const width = wide ? PAGE.portrait.height : PAGE.portrait.width;
  return width - PAGE.margins.left - PAGE.margins.right;
}

/** Width of a chart in pixels; it is printed over the whole text width, so that its smallest type is above 9 points. */
export const CHART_PIXELS = 552;

const PLAIN_CHART_HEIGHT = 262;
/** A taller chart would not fit on a page with its caption, its notes and a heading. */
const MOST_CHART_HEIGHT = 620;
/** Up to this height a chart is pressed into one page, its names closer together; above it is divided. */
export const DIVIDED_CHART_HEIGHT = 1.5 * MOST_CHART_HEIGHT;

/** Height of a printed chart in pixels: rows of forest plots and heat maps need room each, other charts are equally high. */
export function printedChartHeight(chart: ChartSpecification): number {
  const plain = chart.kind === "cartesian" && chart.y.scale.kind === "linear";
  return plain ? PLAIN_CHART_HEIGHT : Math.min(MOST_CHART_HEIGHT, chartHeight(chart, true));
}
