import type { ChartLayer, ChartSpecification } from "./chart-specification.ts";

/** The numbers of a chart as a table: its second view on the page, its download, and what a test compares. */
export interface ChartTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/**
 * Every number a chart draws, unrounded, one row a mark.
 *
 * @param specification - Any chart.
 * @returns Columns and rows; text stands for categories and names, numbers stay numbers.
 */
export function chartTable(specification: ChartSpecification): ChartTable {
  if (specification.kind === "heat-map") {
    return {
      columns: ["row", "column", specification.valueTitle, "shown"],
      rows: specification.rows.flatMap((row, y) =>
        specification.columns.map((column, x) => {
          const cell = specification.cells[y]?.[x] ?? null;
          return [row, column, cell === null ? "" : cell.value, cell === null ? "" : cell.text];
        }),
      ),
    };
  }
  const title = (axis: typeof specification.x) => (axis.unit === "" ? axis.title : `${axis.title} (${axis.unit})`);
  const category = (axis: typeof specification.x, at: number) =>
    axis.scale.kind === "category" ? (axis.scale.categories[Math.round(at)] ?? at) : at;
  return {
    columns: ["series", title(specification.x) || "x", title(specification.y) || "y", "lower", "upper", "label"],
    rows: specification.layers.flatMap((layer) =>
      layerRows(layer).map(([x, y, lower, upper, label]) => [
        layer.name,
        x === "" ? "" : category(specification.x, x),
        y === "" ? "" : category(specification.y, y),
        lower,
        upper,
        label,
      ]),
    ),
  };
}

type Row = [x: number | "", y: number | "", lower: number | "", upper: number | "", label: string];

function layerRows(layer: ChartLayer): Row[] {
  switch (layer.type) {
    case "line":
      return layer.points.map(([x, y]): Row => [x, y, "", "", ""]);
    case "points":
      return layer.points.map(([x, y], index): Row => [x, y, "", "", layer.labels?.[index] ?? ""]);
    case "band":
      return layer.points.map(([x, lower, upper]): Row => [x, "", lower, upper, ""]);
    case "intervals":
      return layer.items.map(
        (item): Row =>
          layer.orientation === "horizontal"
            ? [item.value, item.at, item.lower, item.upper, item.label]
            : [item.at, item.value, item.lower, item.upper, item.label],
      );
    case "bars":
      return layer.items.map(([x, y]): Row => [x, y, "", "", ""]);
    case "rule":
      return [layer.axis === "x" ? [layer.at, "", "", "", ""] : ["", layer.at, "", "", ""]];
    case "diagonal":
      return [];
  }
}

/**
 * The table of a chart as CSV: RFC 4180, comma, CR LF, numbers in their shortest exact form.
 *
 * Texts that a spreadsheet would run as a formula are set off by an apostrophe.
 */
export function chartCsv(specification: ChartSpecification): string {
  const { columns, rows } = chartTable(specification);
  return [columns, ...rows]
    .map((row) => row.map(csvCell).join(","))
    .join("\r\n")
    .concat("\r\n");
}

function csvCell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}
