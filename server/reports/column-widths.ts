import { CODE_FONT, fontRuns, measureText } from "./fonts.ts";

/** Hashes and commits are printed in the code font, so that their digits can be told apart. */
export function isHash(cell: string): boolean {
  return /^[0-9a-f]{40,64}$/.test(cell);
}

export function cellWidth(cell: string, bold: boolean, size: number): number {
  if (isHash(cell)) return measureText(cell, CODE_FONT, "normal", size);
  return fontRuns(cell).reduce((sum, run) => sum + measureText(run.text, run.font, bold ? "bold" : "normal", size), 0);
}

/** Narrowest and natural width of a column: longest word, longest line. */
function columnDemand(cells: readonly string[], header: readonly string[], size: number) {
  const widest = (texts: readonly string[], bold: boolean) =>
    Math.max(0, ...texts.map((text) => cellWidth(text, bold, size)));
  const words = (text: string) => text.split(/[\s​]+|(?<=[-–/])/);
  return {
    narrowest: Math.max(widest(cells.flatMap(words), false), widest(header.flatMap(words), true)) + 1,
    natural:
      Math.max(
        widest(
          cells.flatMap((cell) => cell.split("\n")),
          false,
        ),
        widest(header, true),
      ) + 1,
  };
}

/**
 * Widths of the columns of a table that fill `available` points: every column gets its longest word, then the rest is
 * shared by how much each column would like; text columns take what remains when there is plenty.
 *
 * @param rows - Cells, without the header.
 * @param header - Lines of each column's header.
 * @param available - Points for the cells, paddings not counted.
 * @param size - Font size in points.
 */
export function columnWidths(
  rows: readonly (readonly string[])[],
  header: readonly (readonly string[])[],
  available: number,
  size: number,
): number[] {
  const demands = header.map((lines, column) =>
    columnDemand(
      rows.map((row) => row[column] ?? ""),
      lines,
      size,
    ),
  );
  const narrowest = sum(demands.map((demand) => demand.narrowest));
  const natural = sum(demands.map((demand) => demand.natural));
  if (natural <= available) {
    const spare = available - natural;
    return demands.map((demand) => demand.natural + (spare * demand.natural) / natural);
  }
  if (narrowest >= available) return demands.map((demand) => (demand.narrowest * available) / narrowest);
  // A long text beside short columns would take nearly everything: its wish is damped.
  const wishes = demands.map(
    (demand) => Math.sqrt(Math.max(0, demand.natural - demand.narrowest)) * Math.sqrt(demand.natural),
  );
  return shareOut(demands, wishes, available - narrowest);
}

/** Gives spare points by wish, never more than a column's natural width; what one leaves goes to the others. */
function shareOut(
  demands: readonly { narrowest: number; natural: number }[],
  wishes: readonly number[],
  spare: number,
): number[] {
  const widths = demands.map((demand) => demand.narrowest);
  let open = demands.map((_, column) => column);
  let rest = spare;
  while (open.length > 0 && rest > 1e-6) {
    const total = sum(open.map((column) => wishes[column]!)) || 1;
    const share = rest;
    const next: number[] = [];
    for (const column of open) {
      const room = demands[column]!.natural - widths[column]!;
      const given = Math.min(room, (share * wishes[column]!) / total);
      widths[column]! += given;
      rest -= given;
      if (room - given > 1e-6 && wishes[column]! > 0) next.push(column);
    }
    if (next.length === open.length) break;
    open = next;
  }
  return widths;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
