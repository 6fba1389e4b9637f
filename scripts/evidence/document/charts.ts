import type { ChartSpecification } from "../../../lib/reporting/chart-specification.ts";
import { renderChartSvg } from "../../../server/reports/render-chart-svg.ts";
import type { EvidenceResults } from "../evidence-parts.ts";
import { eventsFigure, lawCoverageFigure, methodGainFigure, runInFigure, splitFigure } from "./evidence-figures.ts";
import { INDEPENDENT_RIDGE } from "./independent-ridge.ts";

const WIDTH = 760;
/** Pixels of axes and legend, and of one row of a chart with one interval a row. */
const FRAME = 92;
const ROW = 24;

/** Plots of the report by name, and what the text puts in their place. */
export interface EvidenceCharts {
  /** Name → SVG. */
  readonly files: ReadonlyMap<string, string>;
  /** Lines of Markdown that show a chart; none when there is no such chart. */
  readonly image: (name: string) => string[];
}

/** Draws every plot of the figures that are there; same figures, same bytes. */
export function evidenceCharts(results: EvidenceResults): EvidenceCharts {
  const drawn = new Map<string, { readonly specification: ChartSpecification; readonly svg: string }>();
  const draw = (name: string, specification: ChartSpecification | null): void => {
    if (specification === null) return;
    const svg = renderChartSvg(specification, { width: WIDTH, height: heightOf(specification) });
    drawn.set(name, { specification, svg: `${svg.trim()}\n` });
  };
  for (const set of results.dataSets) {
    const last = set.visits.at(-1)?.id ?? "";
    for (const { id } of set.endpoints) draw(`${set.id}-${id}`, methodGainFigure(set, id, last));
    draw(`${set.id}-run-in`, runInFigure(set));
  }
  if (results.split !== null) {
    for (const { endpointId, label, partialCorrelation } of INDEPENDENT_RIDGE)
      draw(`pbc-split-${endpointId}`, splitFigure(results.split, endpointId, label, partialCorrelation));
  }
  if (results.survival !== null) draw("pbc-survival", eventsFigure(results.survival));
  if (results.law !== null) draw("known-law", lawCoverageFigure(results.law));
  return {
    files: new Map([...drawn].map(([name, { svg }]) => [name, svg])),
    image: (name) => {
      const found = drawn.get(name);
      return found === undefined ? [] : [`![${found.specification.title}](twins/${name}.svg)`, ""];
    },
  };
}

/** Rows of all charts here are methods, of which each has one interval, or pairs of intervals. */
function heightOf(specification: ChartSpecification): number {
  const rows =
    specification.kind === "cartesian" && specification.y.scale.kind === "category"
      ? specification.y.scale.categories.length
      : 0;
  const pairs = specification.kind === "cartesian" && specification.layers.some(({ name }) => name === "ANCOVA");
  return FRAME + rows * (pairs ? 1.5 * ROW : ROW);
}
