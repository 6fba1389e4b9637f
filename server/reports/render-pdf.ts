import { createRequire } from "node:module";
import type { Content, TDocumentDefinitions } from "pdfmake/interfaces.js";
import type { Signature } from "../../lib/dossier/dossier-record.ts";
import { formatUtc } from "../../lib/reporting/format-number.ts";
import { numberReport } from "../../lib/reporting/number-report.ts";
import type { ReportDocument } from "../../lib/reporting/report-document.ts";
import { finishPdf } from "./finish-pdf.ts";
import { FONT_FILES, TEXT_FONT } from "./fonts.ts";
import { frontMatter } from "./front-matter.ts";
import { plainRuns } from "./inline-text.ts";
import { PAGE, TYPE } from "./page-layout.ts";
import { reportContent } from "./report-content.ts";

const require = createRequire(import.meta.url);
const pdfMake = require("pdfmake") as typeof import("pdfmake");

/**
 * Renders a report as PDF 1.7: Letter, embedded fonts, contents with page numbers, links, bookmarks, page labels, vector
 * figures, no security, script or attachment. The same input gives the same bytes.
 *
 * @param document - Report as blocks.
 * @param signatures - Printed on the title page; without one the watermark of the document stands on every page.
 */
export async function renderPdf(document: ReportDocument, signatures: readonly Signature[]): Promise<Uint8Array> {
  const numbering = numberReport(document);
  const { content, anchors } = reportContent(document, numbering);
  const front = frontMatter(document, signatures, numbering);
  const definition: TDocumentDefinitions = {
    version: "1.7",
    pageSize: "LETTER",
    pageMargins: [PAGE.margins.left, PAGE.margins.top, PAGE.margins.right, PAGE.margins.bottom],
    language: "en",
    info: documentInformation(document),
    defaultStyle: { font: TEXT_FONT, fontSize: TYPE.body, color: "#000000" },
    header: (_page, _count, pageSize) => runningHeader(document, pageSize.width),
    footer: (page, count) => runningFooter(document, page, count),
    ...(document.watermark === null || signatures.length > 0
      ? {}
      : {
          watermark: {
            text: document.watermark,
            font: TEXT_FONT,
            opacity: 0.05,
            fontSize: 64,
            bold: true,
            color: "#000000",
          },
        }),
    content: [...front, firstBlockOnNewPage(content)],
  };
  // The table of contents has the layout "noBorders" built in; its rows stand closer here.
  pdfMake.setTableLayouts({
    noBorders: {
      hLineWidth: () => 0,
      vLineWidth: () => 0,
      paddingLeft: () => 0,
      paddingRight: () => 0,
      paddingTop: () => 0,
      paddingBottom: () => 1,
    },
  });
  pdfMake.setFonts(FONT_FILES as Parameters<typeof pdfMake.setFonts>[0]);
  pdfMake.setUrlAccessPolicy(() => false);
  const allowed = new Set(Object.values(FONT_FILES).flatMap((family) => Object.values(family)));
  pdfMake.setLocalAccessPolicy((path) => allowed.has(path));
  const bytes = await pdfMake.createPdf(definition).getBuffer();
  return finishPdf(new Uint8Array(bytes), document, numbering, anchors);
}

function firstBlockOnNewPage(content: readonly Content[]): Content {
  return { stack: [...content], pageBreak: "before" };
}

function documentInformation(document: ReportDocument): NonNullable<TDocumentDefinitions["info"]> {
  const created = new Date(document.createdAtUtc);
  return {
    title: document.title,
    author: document.author,
    subject: document.subject,
    keywords: document.keywords.join(", "),
    creator: "Understudy",
    producer: "pdfmake",
    creationDate: created,
    modDate: created,
  };
}

function runningHeader(document: ReportDocument, pageWidth: number): Content {
  const width = pageWidth - PAGE.margins.left - PAGE.margins.right;
  const banner: Content[] =
    document.banner === null
      ? []
      : [
          {
            text: plainRuns(document.banner, { bold: true }).map((run) => ({ ...run })),
            alignment: "center",
            fontSize: TYPE.running,
          },
        ];
  return {
    margin: [PAGE.margins.left, PAGE.edge, PAGE.margins.right, 0],
    stack: [
      ...banner,
      {
        columns: [
          { text: plainRuns(document.runningHead).map((run) => ({ ...run })), width: "*" },
          { text: plainRuns(document.runId).map((run) => ({ ...run })), width: "auto", alignment: "right" },
        ],
        columnGap: 12,
        fontSize: TYPE.running,
      },
      { canvas: [{ type: "line", x1: 0, y1: 3, x2: width, y2: 3, lineWidth: 0.5 }] },
    ],
  };
}

function runningFooter(document: ReportDocument, page: number, count: number): Content {
  return {
    margin: [PAGE.margins.left, PAGE.margins.bottom - PAGE.edge - 12, PAGE.margins.right, 0],
    columns: [
      {
        text: plainRuns(`${document.runningFoot} · ${formatUtc(document.createdAtUtc)}`).map((run) => ({ ...run })),
        width: "*",
      },
      { text: `Page ${page} of ${count}`, width: "auto", alignment: "right" },
    ],
    columnGap: 12,
    fontSize: TYPE.running,
  };
}
