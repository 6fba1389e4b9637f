import type { Content, TableCell } from "pdfmake/interfaces.js";
import { MISSING } from "../../lib/reporting/format-number.ts";
import type { ReportBlock, ReportColumn } from "../../lib/reporting/report-document.ts";
import { type ColumnLayout, columnLayout, isHash, type NumberBreaks, textWidth } from "./column-widths.ts";
import { CODE_FONT } from "./fonts.ts";
import { plainRuns, type TextRun } from "./inline-text.ts";
import { innerWidth, TYPE } from "./page-layout.ts";

type TableBlock = Extract<ReportBlock, { kind: "table" }>;

const PADDING = 4;
/** A table of more rows is not turned: it would have too many columns the other way round. */
const MOST_ROWS_TURNED = 4;
const RULE = "#111827";
const HAIRLINE = "#d1d5db";
const HAIRLINE_WIDTH = 0.3;
const ROW_PADDING = 2.2;
/** Rows that stay with the notes of a table. */
const ROWS_WITH_NOTES = 2;

/**
 * A table with its caption as first header row, so that caption and column titles are repeated on every page.
 *
 * @param caption - The node with the caption; its id is the target of links.
 * @param notesInside - Whether the notes belong to the table: they stay on the page of its last rows.
 */
export function tableContent(given: TableBlock, caption: Content, notesInside: boolean): Content {
  const fitting = layoutOf(given);
  const block = fitting.fits || given.rows.length > MOST_ROWS_TURNED ? given : turned(given);
  const { widths, numbers } = block === given ? fitting : layoutOf(block);
  const columns = block.columns.length;
  const empty: TableCell = { text: "" };
  const overAll = (cell: TableCell): TableCell[] => [
    { ...(cell as object), colSpan: columns } as TableCell,
    ...Array.from({ length: columns - 1 }, () => ({ ...(empty as object) }) as TableCell),
  ];
  const captionRow = overAll({ stack: [caption], margin: [0, 0, 0, 2] });
  const last = notesInside && block.notes.length > 0 ? Math.min(ROWS_WITH_NOTES, block.rows.length) : 0;
  const first = block.rows.length - last;
  const rule = 2 + first + (last > 0 ? 1 : 0);
  const bodyRow = (row: readonly string[]) =>
    block.columns.map((column, c) => bodyCell(row[c] ?? MISSING, column, numbers));
  return {
    table: {
      headerRows: 2,
      keepWithHeaderRows: Math.min(2, first),
      dontBreakRows: true,
      widths: [...widths],
      body: [
        captionRow,
        block.columns.map(headerCell),
        ...block.rows.slice(0, first).map(bodyRow),
        ...(last === 0
          ? []
          : [
              overAll({
                stack: [lastRows(block.rows.slice(first).map(bodyRow), widths), ...noteLines(block.notes, 0)],
              }),
            ]),
      ],
    },
    layout: {
      hLineWidth: (line) => {
        if (line === 0 || (last > 0 && line === rule)) return 0;
        return line === 1 || line === rule ? 1 : line === 2 ? 0.6 : HAIRLINE_WIDTH;
      },
      vLineWidth: () => 0,
      hLineColor: (line) => (line <= 2 || line === rule ? RULE : HAIRLINE),
      paddingLeft: () => PADDING,
      paddingRight: () => PADDING,
      paddingTop: (line) => (line === 0 || (last > 0 && line === rule - 1) ? 0 : ROW_PADDING),
      paddingBottom: (line) => (line === 0 ? 1 : ROW_PADDING),
    },
    fontSize: TYPE.table,
    margin: [0, 6, 0, block.notes.length > 0 && !notesInside ? 2 : 10],
  };
}

/** The last rows as one cell over all columns, so that they and the notes under them are one row that is not broken. */
function lastRows(rows: TableCell[][], widths: readonly number[]): Content {
  return {
    table: { widths: [...widths], body: rows },
    layout: {
      hLineWidth: (line, node) => (line === 0 ? 0 : line === node.table.body.length ? 1 : HAIRLINE_WIDTH),
      vLineWidth: () => 0,
      hLineColor: (line, node) => (line === node.table.body.length ? RULE : HAIRLINE),
      paddingLeft: () => PADDING,
      paddingRight: () => PADDING,
      paddingTop: () => ROW_PADDING,
      paddingBottom: () => ROW_PADDING,
    },
    margin: [-PADDING, 0, -PADDING, 2],
  };
}

/** Notes in small type, one a line. */
export function noteLines(notes: readonly string[], below: number): Content[] {
  return notes.map((note, index) => ({
    text: plainRuns(note).map((run) => ({ ...run })),
    fontSize: TYPE.note,
    margin: [0, 0, 0, index === notes.length - 1 ? below : 1] as [number, number, number, number],
  }));
}

function layoutOf(block: TableBlock): ColumnLayout {
  return columnLayout(
    block.columns.map((column, c) => ({
      cells: block.rows.map((row) => row[c] ?? ""),
      header: [column.title, column.subtitle].filter((line) => line !== ""),
      numeric: column.align === "right",
    })),
    innerWidth(block.wide) - 2 * PADDING * block.columns.length,
    TYPE.table,
  );
}

/** A few rows of too many columns as many rows of few columns: the first column becomes the header. */
function turned(block: TableBlock): TableBlock {
  const [first, ...others] = block.columns;
  const isLabel = first?.align === "left";
  const named = isLabel ? others : block.columns;
  const heads = block.rows.map((row, index) =>
    isLabel ? (row[0] ?? "") : block.rows.length === 1 ? "Value" : `Row ${index + 1}`,
  );
  return {
    ...block,
    columns: [
      { title: isLabel ? first.title : "Quantity", subtitle: "", align: "left" },
      ...heads.map((title) => ({ title, subtitle: "", align: "right" as const })),
    ],
    rows: named.map((column, c) => [
      column.subtitle === "" ? column.title : `${column.title} (${column.subtitle})`,
      ...block.rows.map((row) => row[c + (isLabel ? 1 : 0)] ?? ""),
    ]),
  };
}

/** Points that a table takes when it stands on one page, from the number of lines of every row. */
export function tableHeight(block: TableBlock): number {
  const { widths } = layoutOf(block);
  const lines = (texts: readonly string[]) =>
    Math.max(1, ...texts.map((text, c) => Math.ceil(textWidth(text, TYPE.table) / (widths[c] ?? 1) + 0.15)));
  const rows = block.rows.reduce((sum, row) => sum + lines(row), 0);
  const head = lines(block.columns.map((column) => column.title)) + lines(block.columns.map((one) => one.subtitle));
  return (rows + head + 3) * TYPE.table * 1.2 + block.rows.length * 4.7;
}

function headerCell(column: ReportColumn): TableCell {
  const lines: TextRun[] = plainRuns(column.title, { bold: true });
  if (column.subtitle !== "") lines.push({ text: "\n" }, ...plainRuns(column.subtitle));
  return { text: lines.map((run) => ({ ...run })), alignment: column.align, fillColor: "#f3f4f6" };
}

function bodyCell(text: string, column: ReportColumn, numbers: NumberBreaks): TableCell {
  const printed = text === "" ? MISSING : text;
  if (isHash(printed)) return { text: printed, font: CODE_FONT, alignment: column.align };
  const shown = column.align === "right" ? withBreaks(printed, numbers) : printed;
  return { text: plainRuns(shown).map((run) => ({ ...run })), alignment: column.align };
}

function withBreaks(text: string, numbers: NumberBreaks): string {
  switch (numbers) {
    case "nowhere":
      return text.replaceAll(" ", "\u00a0");
    case "before-interval":
      return text.replace(/ (?!\()/g, "\u00a0");
    case "anywhere":
      return text;
  }
}
