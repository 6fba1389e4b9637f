import type { Content } from "pdfmake/interfaces.js";
import type { Signature } from "../../lib/dossier/dossier-record.ts";
import { formatUtc } from "../../lib/reporting/format-number.ts";
import type { ReportNumbering } from "../../lib/reporting/number-report.ts";
import type { ReportDocument } from "../../lib/reporting/report-document.ts";
import { isHash } from "./column-widths.ts";
import { CODE_FONT } from "./fonts.ts";
import { inlineRuns, plainRuns } from "./inline-text.ts";
import { TYPE } from "./page-layout.ts";

const copy = (runs: ReturnType<typeof plainRuns>) => runs.map((run) => ({ ...run }));

/** Title page, signatures, contents and the lists of tables and figures; each list starts its own page part. */
export function frontMatter(
  document: ReportDocument,
  signatures: readonly Signature[],
  numbering: ReportNumbering,
): Content[] {
  const has = (kind: "table" | "figure") => numbering.items.some((item) => item.kind === kind);
  return [
    ...titlePage(document, numbering),
    ...signatureBlock(signatures),
    { ...(listTitle("Contents") as object), pageBreak: "before" } as Content,
    { toc: { id: "contents" } },
    ...(has("table") ? [listTitle("List of tables"), { toc: { id: "tables" } } as Content] : []),
    ...(has("figure") ? [listTitle("List of figures"), { toc: { id: "figures" } } as Content] : []),
  ];
}

function titlePage(document: ReportDocument, numbering: ReportNumbering): Content[] {
  return [
    { text: copy(plainRuns(document.subtitle)), fontSize: 11, margin: [0, 4, 0, 4] },
    {
      text: copy(plainRuns(document.title, { bold: true })),
      fontSize: 20,
      bold: true,
      lineHeight: 1.1,
      margin: [0, 0, 0, 8],
    },
    ...(document.banner === null
      ? []
      : [
          {
            table: {
              widths: ["*"],
              body: [[{ text: copy(plainRuns(document.banner, { bold: true })), alignment: "center" as const }]],
            },
            layout: { hLineWidth: () => 1.2, vLineWidth: () => 1.2, paddingTop: () => 4, paddingBottom: () => 4 },
            margin: [0, 2, 0, 8] as [number, number, number, number],
          },
        ]),
    {
      table: {
        widths: [118, "*"],
        body: document.titlePage.map(({ label, value }) => [
          { text: copy(plainRuns(label, { bold: true })) },
          isHash(value) ? { text: value, font: CODE_FONT, fontSize: TYPE.code } : { text: copy(plainRuns(value)) },
        ]),
      },
      layout: {
        hLineWidth: (line, node) => (line === 0 || line === node.table.body.length ? 1 : 0.3),
        vLineWidth: () => 0,
        hLineColor: (line, node) => (line === 0 || line === node.table.body.length ? "#111827" : "#d1d5db"),
        paddingTop: () => 2.4,
        paddingBottom: () => 2.4,
      },
      margin: [0, 0, 0, 10],
    },
    ...document.titleParagraphs.map(
      (content): Content => ({ text: copy(inlineRuns(content, numbering)), margin: [0, 0, 0, 6], lineHeight: 1.15 }),
    ),
  ];
}

/** Printed name, role, meaning, instant and the hash that was signed; an unsigned report says so. */
function signatureBlock(signatures: readonly Signature[]): Content[] {
  const title: Content = { text: "Signatures", bold: true, fontSize: 11, margin: [0, 6, 0, 3] };
  if (signatures.length === 0)
    return [title, { text: "None. This is a draft until it is signed.", margin: [0, 0, 0, 4] }];
  return [
    title,
    {
      table: {
        widths: ["auto", "auto", "auto", "*"],
        headerRows: 1,
        dontBreakRows: true,
        body: [
          ["Printed name", "Role", "Meaning", "Date and time"].map((text) => ({ text, bold: true })),
          ...signatures.flatMap((signature) => [
            [signature.printedName, signature.role, signature.meaning, formatUtc(signature.atUtc)].map((text) => ({
              text: copy(plainRuns(text)),
            })),
            [
              {
                text: [{ text: "signed record " }, { text: signature.recordHash, font: CODE_FONT }],
                colSpan: 4,
                fontSize: TYPE.note,
              },
              {},
              {},
              {},
            ],
          ]),
        ],
      },
      layout: {
        hLineWidth: (line) => (line <= 1 || line % 2 === 1 ? 0.6 : 0),
        vLineWidth: () => 0,
        paddingTop: () => 2,
        paddingBottom: () => 2,
      },
      fontSize: TYPE.table,
      margin: [0, 0, 0, 6],
    },
  ];
}

function listTitle(text: string): Content {
  return { text, bold: true, fontSize: 14, margin: [0, 12, 0, 4] };
}
