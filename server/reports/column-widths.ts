import { CODE_FONT, fontRuns, measureText } from "./fonts.ts";

/** Hashes and commits are printed in the code font, so that their digits can be told apart. */
export function isHash(cell: string): boolean {
  return /^[0-9a-f]{40,64}$/.test(cell);
}

export interface TableColumn {
  readonly cells: readonly string[];
  /** Lines of the header. */
  readonly header: readonly string[];
  /** Numbers: their cells are not broken where the table has room for that. */
  readonly numeric: boolean;
}

export interface ColumnLayout {
  readonly widths: readonly number[];
  /** Where numeric cells may break: nowhere, before the parenthesis of an interval, or at any space. */
  readonly numbers: NumberBreaks;
  /** Whether every column has room for its longest word; where it has not, words would be cut in the middle. */
  readonly fits: boolean;
}

export type NumberBreaks = "nowhere" | "before-interval" | "anywhere";
const NUMBER_BREAKS: readonly NumberBreaks[] = ["nowhere", "before-interval", "anywhere"];
/** Ems at which a column of long names can be read; numbers break before it becomes narrower. */
const READABLE_WIDTH = 11;

/** A word wider than this many ems (a path, a list of codes) may be cut: it would take the room of every other column. */
const LONGEST_WORD = 14;

/**
 * Widths of the columns of a table that fill `available` points: every column gets its longest word (numbers: the whole
 * cell), then the rest is shared by how much each column would like.
 *
 * @param available - Points for the cells, paddings not counted.
 * @param size - Font size in points.
 */
export function columnLayout(columns: readonly TableColumn[], available: number, size: number): ColumnLayout {
  const found = NUMBER_BREAKS.map((numbers) => {
    const demands = columns.map((column) => columnDemand(column, column.numeric ? numbers : "anywhere", size));
    return { numbers, demands, least: leastWidth(demands) };
  });
  const fitting = found.filter(({ least }) => least <= available);
  const { numbers, demands, least } =
    fitting.find((layout) => textHasRoom(columns, shareWidth(layout.demands, available), layout.demands, size)) ??
    fitting[0] ??
    found.at(-1)!;
  return { widths: shareWidth(demands, available), numbers, fits: least <= available };
}

/** Whether every column of words has its content on one line, or at least a width at which names can be read. */
function textHasRoom(
  columns: readonly TableColumn[],
  widths: readonly number[],
  demands: readonly Demand[],
  size: number,
): boolean {
  return columns.every(
    (column, c) => column.numeric || widths[c]! + 0.01 >= Math.min(demands[c]!.content, READABLE_WIDTH * size),
  );
}

const leastWidth = (demands: readonly Demand[]) => sum(demands.map((demand) => demand.narrowest));

interface Demand {
  readonly narrowest: number;
  /** Width at which nothing but the header wraps. */
  readonly content: number;
  /** Width at which nothing wraps. */
  readonly natural: number;
}

function columnDemand(column: TableColumn, numbers: NumberBreaks, size: number): Demand {
  const widest = (texts: readonly string[], bold: boolean) =>
    Math.max(0, ...texts.map((text) => cellWidth(text, bold, size)));
  const words = (text: string) => text.split(/\s+|(?<=[-–/])/u);
  const lines = column.cells.flatMap((cell) => cell.split("\n"));
  const headerWord = widest(column.header.flatMap(words), true);
  const longest = (texts: readonly string[]) =>
    Math.max(widest(texts.filter(isHash), false), Math.min(widest(texts, false), LONGEST_WORD * size));
  const unbroken = {
    nowhere: () => widest(lines, false),
    "before-interval": () =>
      widest(
        lines.flatMap((line) => line.split(/ (?=\()/)),
        false,
      ),
    anywhere: () => longest(lines.flatMap(words)),
  };
  return {
    narrowest: Math.max(unbroken[numbers](), headerWord) + 1,
    content: Math.max(widest(lines, false), headerWord) + 1,
    natural: Math.max(widest(lines, false), widest(column.header, true)) + 1,
  };
}

/** Points that a text takes on one line. */
export function textWidth(text: string, size: number): number {
  return cellWidth(text, false, size);
}

function cellWidth(cell: string, bold: boolean, size: number): number {
  if (isHash(cell)) return measureText(cell, CODE_FONT, "normal", size);
  return fontRuns(cell).reduce(
    (total, run) => total + measureText(run.text, run.font, bold ? "bold" : "normal", size),
    0,
  );
}

function shareWidth(demands: readonly Demand[], available: number): number[] {
  const narrowest = sum(demands.map((demand) => demand.narrowest));
  const natural = sum(demands.map((demand) => demand.natural));
  if (natural <= available) return demands.map((demand) => (demand.natural * available) / natural);
  if (narrowest >= available) return demands.map((demand) => (demand.narrowest * available) / narrowest);
  // A long text beside short columns would take nearly everything: its wish is damped.
  const wishes = demands.map(({ content, narrowest: least }) => Math.sqrt(Math.max(0, content - least) * content));
  const shared = shareOut(demands, wishes, available - narrowest);
  const rest = (available - sum(shared)) / shared.length;
  return shared.map((width) => width + rest);
}

/** Gives spare points by wish, never more than the content of a column needs; what one leaves goes to the others. */
function shareOut(demands: readonly Demand[], wishes: readonly number[], spare: number): number[] {
  const widths = demands.map((demand) => demand.narrowest);
  let open = demands.map((_, column) => column).filter((column) => wishes[column]! > 0);
  let rest = spare;
  while (open.length > 0 && rest > 1e-6) {
    const total = sum(open.map((column) => wishes[column]!));
    const share = rest;
    const next: number[] = [];
    for (const column of open) {
      const room = demands[column]!.content - widths[column]!;
      const given = Math.min(room, (share * wishes[column]!) / total);
      widths[column]! += given;
      rest -= given;
      if (room - given > 1e-6) next.push(column);
    }
    if (next.length === open.length) break;
    open = next;
  }
  return widths;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
