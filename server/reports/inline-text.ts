import type { Content } from "pdfmake/interfaces.js";
import { type ReportNumbering, referenceText } from "../../lib/reporting/number-report.ts";
import type { Inline } from "../../lib/reporting/report-document.ts";
import { unbrokenUnits } from "../../lib/reporting/unbroken-units.ts";
import { CODE_FONT, fontRuns } from "./fonts.ts";

/** Blue is kept for links. */
export const LINK_COLOUR = "#1d4ed8";

export interface TextRun {
  readonly text: string;
  readonly font?: string;
  readonly bold?: boolean;
  readonly color?: string;
  readonly linkToDestination?: string;
}

/** Plain text as runs of fonts that have its signs. */
export function plainRuns(text: string, style: Omit<TextRun, "text" | "font"> = {}): TextRun[] {
  return fontRuns(unbrokenUnits(text)).map((run) => ({ ...style, text: run.text, font: run.font }));
}

/** Running text with links for its references. */
export function inlineRuns(content: readonly Inline[], numbering: ReportNumbering): TextRun[] {
  return content.flatMap((inline) => runsOf(inline, numbering));
}

function runsOf(inline: Inline, numbering: ReportNumbering): TextRun[] {
  switch (inline.kind) {
    case "text":
      return plainRuns(inline.text);
    case "strong":
      return plainRuns(inline.text, { bold: true });
    case "code":
      return [{ text: inline.text, font: CODE_FONT }];
    case "reference":
      return plainRuns(referenceText(numbering, inline.target).replace(" ", "\u00a0"), {
        color: LINK_COLOUR,
        linkToDestination: inline.target,
      });
  }
}

/** pdfmake's types want a mutable copy. */
export function textContent(runs: readonly TextRun[]): Content {
  return { text: runs.map((run) => ({ ...run })) };
}
