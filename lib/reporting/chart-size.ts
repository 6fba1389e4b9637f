import { wrappedLines } from "./chart-option/chart-frame.ts";
import type { ChartSpecification } from "./chart-specification.ts";

/** Pixels that a column of a heat map needs to print "0.903 ± 0.003" on one line, and its row names beside them. */
const HEAT_MAP_COLUMN = 88;
const HEAT_MAP_ROW_NAMES = 200;
/** Pixels that names of the rows of a forest plot have before their words wrap, and the size of their letters. */
const ROW_NAME_WIDTH = 170;
const ROW_NAME_SIZE = 12;

/**
 * Width in pixels below which a chart cannot be read; a narrower page scrolls it inside itself. 0 where any width will do.
 *
 * @param specification - Any chart.
 */
export function chartMinimumWidth(specification: ChartSpecification): number {
  return specification.kind === "heat-map" ? HEAT_MAP_ROW_NAMES + HEAT_MAP_COLUMN * specification.columns.length : 0;
}

/**
 * Height in pixels that shows a chart without crowding: rows of a forest plot or heat map need room each, other charts
 * have a fixed height.
 *
 * @param specification - Any chart.
 * @param compact - True for small panels.
 */
export function chartHeight(specification: ChartSpecification, compact: boolean): number {
  if (specification.kind === "heat-map") return 104 + specification.rows.length * (compact ? 26 : 34);
  if (specification.y.scale.kind !== "category") return compact ? 220 : 320;
  const { categories } = specification.y.scale;
  const lines = Math.max(1, ...categories.map((name) => wrappedLines(name, ROW_NAME_WIDTH, ROW_NAME_SIZE)));
  const dodged = specification.layers.filter((layer) => layer.type === "intervals" || layer.type === "points").length;
  return 92 + categories.length * Math.max(compact ? 20 : 24, dodged * 17, lines * (ROW_NAME_SIZE + 2) + 4);
}
