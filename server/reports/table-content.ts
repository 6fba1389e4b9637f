import type { Content, TableCell } from "pdfmake/interfaces.js";
import { MISSING } from "../../lib/reporting/format-number.ts";
import type { ReportBlock, ReportColumn } from "../../lib/reporting/report-document.ts";
import { columnLayout, isHash } from "./column-widths.ts";
import { CODE_FONT } from "./fonts.ts";
import { plainRuns, type TextRun } from "./inline-text.ts";
import { innerWidth, TYPE } from "./page-layout.ts";

type TableBlock = Extract<ReportBlock, { kind: "table" }>;

const PADDING = 4;
const RULE = "#111827";
const HAIRLINE = "#d1d5db";

/**
 * A table with its caption as first header row, so that caption and column titles are repeated on every page.
 *
 * @param caption - The node with the caption; its id is the target of links.
 */
export function tableContent(block: TableBlock, caption: Content): Content {
  const columns = block.columns.length;
  const available = innerWidth(block.wide) - 2 * PADDING * columns;
  const { widths, numbersUnbroken } = columnLayout(
    block.columns.map((column, c) => ({
      cells: block.rows.map((row) => row[c] ?? ""),
      header: [column.title, column.subtitle].filter((line) => line !== ""),
      numeric: column.align === "right",
    })),
    available,
    TYPE.table,
  );
  const empty: TableCell = { text: "" };
  const captionRow: TableCell[] = [
    { stack: [caption], colSpan: columns, margin: [0, 0, 0, 2] },
    ...Array.from({ length: columns - 1 }, () => ({ ...(empty as object) }) as TableCell),
  ];
  const bodyRow = (row: readonly string[]) =>
    block.columns.map((column, c) => bodyCell(row[c] ?? MISSING, column, numbersUnbroken));
  return {
    table: {
      headerRows: 2,
      keepWithHeaderRows: Math.min(2, block.rows.length),
      dontBreakRows: true,
      widths: [...widths],
      body: [captionRow, block.columns.map(headerCell), ...block.rows.map(bodyRow)],
    },
    layout: {
      hLineWidth: (line, node) =>
        line === 0 ? 0 : line === 1 || line === node.table.body.length ? 1 : line === 2 ? 0.6 : 0.3,
      vLineWidth: () => 0,
      hLineColor: (line, node) => (line <= 2 || line === node.table.body.length ? RULE : HAIRLINE),
      paddingLeft: () => PADDING,
      paddingRight: () => PADDING,
      paddingTop: (line) => (line === 0 ? 0 : 2.2),
      paddingBottom: (line) => (line === 0 ? 1 : 2.2),
    },
    fontSize: TYPE.table,
    margin: [0, 6, 0, block.notes.length > 0 ? 2 : 10],
  };
}

function headerCell(column: ReportColumn): TableCell {
  const lines: TextRun[] = plainRuns(column.title, { bold: true });
  if (column.subtitle !== "") lines.push({ text: "\n" }, ...plainRuns(column.subtitle));
  return { text: lines.map((run) => ({ ...run })), alignment: column.align, fillColor: "#f3f4f6" };
}

function bodyCell(text: string, column: ReportColumn, unbroken: boolean): TableCell {
  const printed = text === "" ? MISSING : text;
  if (isHash(printed)) return { text: printed, font: CODE_FONT, alignment: column.align };
  const shown = unbroken && column.align === "right" ? printed.replaceAll(" ", "\u00a0") : printed;
  return { text: plainRuns(shown).map((run) => ({ ...run })), alignment: column.align };
}
