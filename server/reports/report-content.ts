import type { Content } from "pdfmake/interfaces.js";
import { chartParts } from "../../lib/reporting/chart-parts.ts";
import type { ReportNumbering } from "../../lib/reporting/number-report.ts";
import type { ReportBlock, ReportDocument } from "../../lib/reporting/report-document.ts";
import { CODE_FONT } from "./fonts.ts";
import { inlineRuns, plainRuns, textContent } from "./inline-text.ts";
import { CHART_PIXELS, DIVIDED_CHART_HEIGHT, innerWidth, printedChartHeight, TYPE } from "./page-layout.ts";
import { renderChartSvg } from "./render-chart-svg.ts";
import { noteLines, tableContent, tableHeight } from "./table-content.ts";

/** A node whose place in the finished document is the target of links and bookmarks. */
export interface Anchor {
  readonly id: string;
  /** Filled by pdfmake: the first position is where the node begins. */
  readonly node: AnchorNode;
}

interface AnchorNode {
  readonly id: string;
  positions?: { pageNumber: number; left: number; top: number }[];
}

export interface ReportContent {
  readonly content: Content[];
  readonly anchors: readonly Anchor[];
}

const HEADING_SIZE = { 1: 16, 2: 12.5, 3: 10.5 } as const;
const CALLOUT = { information: "#475569", warning: "#b45309", critical: "#b3261e" } as const;
/** A paragraph up to this length stays on the page of its heading. */
const KEEP_TOGETHER = 1400;
/** A paragraph up to this many characters (five lines) is not split over two pages: one of them would get a single line. */
const WHOLE_PARAGRAPH = 520;
/** A table up to this height in points is not split, and its notes stay with it. */
const WHOLE_TABLE = 260;
/** A figure above this height in pixels lets the tables after it go first, which can fill the page that it does not fit on. */
const TALL_FIGURE = 330;

/** pdfmake content of the blocks of a report, with a list of everything that can be linked to. */
export function reportContent(document: ReportDocument, numbering: ReportNumbering): ReportContent {
  const anchors: Anchor[] = [];
  const content: Content[] = [];
  let headings: Content[] = [];
  let wide = false;
  let breakBefore = false;
  for (const block of floated(document.blocks)) {
    if (block.kind === "page-break") {
      breakBefore = true;
      continue;
    }
    const node = blockContent(block, numbering, anchors);
    if (block.kind === "heading") {
      headings.push(node);
      continue;
    }
    const landscape = block.kind === "table" && block.wide;
    const together = headings.length === 0 ? [node] : keepTogether(headings, node, block);
    headings = [];
    for (const [index, entry] of together.entries()) {
      const turn = index === 0 && landscape !== wide;
      content.push(turn || (index === 0 && breakBefore) ? turned(entry, landscape) : entry);
    }
    wide = landscape;
    breakBefore = false;
  }
  return { content: [...content, ...headings], anchors };
}

/** A tall figure followed by a table changes places with it; numbers stay, as tables and figures are counted apart. */
function floated(blocks: readonly ReportBlock[]): ReportBlock[] {
  const order = [...blocks];
  for (let index = 0; index + 1 < order.length; index++) {
    const [block, next] = [order[index]!, order[index + 1]!];
    if (block.kind !== "figure" || printedChartHeight(block.chart) <= TALL_FIGURE) continue;
    if (next.kind === "table" && !next.wide) [order[index], order[index + 1]] = [next, block];
  }
  return order;
}

/** Starts a page, in portrait or landscape. */
function turned(entry: Content, landscape: boolean): Content {
  return { stack: [entry], pageBreak: "before", pageOrientation: landscape ? "landscape" : "portrait" };
}

function keepTogether(headings: Content[], node: Content, block: ReportBlock): Content[] {
  return lengthOf(block) <= KEEP_TOGETHER ? [{ stack: [...headings, node], unbreakable: true }] : [...headings, node];
}

/** Rough length of a block in characters; tables may always break. */
function lengthOf(block: ReportBlock): number {
  switch (block.kind) {
    case "paragraph":
      return JSON.stringify(block.content).length;
    case "list":
      return JSON.stringify(block.items).length;
    case "figure":
      return 0;
    default:
      return Number.POSITIVE_INFINITY;
  }
}

function blockContent(
  block: Exclude<ReportBlock, { kind: "page-break" }>,
  numbering: ReportNumbering,
  anchors: Anchor[],
): Content {
  switch (block.kind) {
    case "heading": {
      const label = numbering.byId.get(block.id)?.label ?? "";
      const node = {
        text: plainRuns(`${label}   ${block.text}`).map((run) => ({ ...run })),
        fontSize: HEADING_SIZE[block.level],
        bold: true,
        margin: [0, block.level === 1 ? 18 : 10, 0, block.level === 1 ? 8 : 4] as [number, number, number, number],
        id: block.id,
        tocItem: "contents",
        tocMargin: [(block.level - 1) * 14, block.level === 1 ? 4 : 0, 0, 0] as [number, number, number, number],
        tocStyle: { bold: block.level === 1, fontSize: TYPE.contents },
        tocNumberStyle: { bold: block.level === 1, fontSize: TYPE.contents },
      };
      anchors.push({ id: block.id, node });
      return node as unknown as Content;
    }
    case "paragraph": {
      const runs = inlineRuns(block.content, numbering);
      const text = { text: runs.map((run) => ({ ...run })), margin: [0, 0, 0, 6], lineHeight: 1.18 } as Content;
      const length = runs.reduce((sum, run) => sum + run.text.length, 0);
      return length <= WHOLE_PARAGRAPH ? { stack: [text], unbreakable: true } : text;
    }
    case "list":
      return {
        ul: block.items.map((item) => ({
          text: inlineRuns(item, numbering).map((run) => ({ ...run })),
          margin: [0, 0, 0, 3],
          lineHeight: 1.15,
        })),
        margin: [6, 0, 0, 6],
      };
    case "table": {
      const whole = tableHeight(block) <= WHOLE_TABLE;
      const table = tableContent(block, caption(block, numbering, anchors, "tables"), !whole);
      return withNotes(table, whole ? block.notes : [], whole);
    }
    case "figure":
      return figureContent(block, caption(block, numbering, anchors, "figures"));
    case "callout":
      return calloutContent(block, numbering);
    case "code":
      return {
        table: {
          widths: ["*"],
          body: [
            [
              {
                text: block.text,
                font: CODE_FONT,
                fontSize: TYPE.code,
                preserveLeadingSpaces: true,
                fillColor: "#f6f7f9",
              },
            ],
          ],
        },
        layout: {
          hLineWidth: () => 0,
          vLineWidth: () => 0,
          paddingLeft: () => 6,
          paddingRight: () => 6,
          paddingTop: () => 5,
          paddingBottom: () => 5,
        },
        margin: [0, 2, 0, 8],
      };
  }
}

function caption(
  block: Extract<ReportBlock, { kind: "table" | "figure" }>,
  numbering: ReportNumbering,
  anchors: Anchor[],
  toc: "tables" | "figures",
): Content {
  const label = numbering.byId.get(block.id)?.label ?? "";
  const node = {
    text: plainRuns(`${label}.  ${block.title}`).map((run) => ({ ...run })),
    fontSize: TYPE.caption,
    bold: true,
    id: block.id,
    tocItem: toc,
    tocMargin: [0, 0, 0, 1] as [number, number, number, number],
    tocStyle: { bold: false, fontSize: TYPE.contents },
    tocNumberStyle: { bold: false, fontSize: TYPE.contents },
  };
  anchors.push({ id: block.id, node });
  const lines: Content[] = [node as unknown as Content];
  if (block.population !== "")
    lines.push({ ...(textContent(plainRuns(block.population)) as object), fontSize: TYPE.note } as Content);
  return { stack: lines };
}

/** A figure with its notes; one of more rows than a page holds as parts under one caption. */
function figureContent(block: Extract<ReportBlock, { kind: "figure" }>, head: Content): Content {
  const parts = chartParts(block.chart, DIVIDED_CHART_HEIGHT);
  const drawn = parts.map((chart, index): Content => {
    const isLast = index === parts.length - 1;
    const node: Content = {
      stack: [
        ...(index === 0 ? [head] : []),
        {
          svg: renderChartSvg(chart, { width: CHART_PIXELS, height: printedChartHeight(chart) }),
          width: innerWidth(false),
          margin: [0, 4, 0, 0],
        },
      ],
      margin: [0, 6, 0, isLast && block.notes.length > 0 ? 2 : 10],
    };
    return withNotes(node, isLast ? block.notes : [], true);
  });
  return drawn.length === 1 ? drawn[0]! : { stack: drawn };
}

function withNotes(node: Content, notes: readonly string[], together: boolean): Content {
  if (notes.length === 0) return together ? { stack: [node], unbreakable: true } : node;
  return { stack: [node, ...noteLines(notes, 10)], unbreakable: together };
}

function calloutContent(block: Extract<ReportBlock, { kind: "callout" }>, numbering: ReportNumbering): Content {
  const colour = CALLOUT[block.tone];
  return {
    table: {
      widths: ["*"],
      dontBreakRows: true,
      body: [[{ text: inlineRuns(block.content, numbering).map((run) => ({ ...run })), lineHeight: 1.15 }]],
    },
    layout: {
      hLineWidth: () => 0,
      vLineWidth: (line) => (line === 0 ? 3 : 0),
      vLineColor: () => colour,
      paddingLeft: () => 8,
      paddingRight: () => 4,
      paddingTop: () => 3,
      paddingBottom: () => 3,
    },
    margin: [0, 2, 0, 8],
  };
}
