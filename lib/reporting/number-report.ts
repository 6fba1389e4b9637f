import { invalidInput } from "../errors/domain-error.ts";
import type { Inline, ReportBlock, ReportDocument } from "./report-document.ts";

/** What a reference prints and how deep a heading stands. */
export interface NumberedItem {
  readonly kind: "heading" | "table" | "figure";
  readonly id: string;
  /** "3.2", "Table 4" or "Figure 2". */
  readonly label: string;
  readonly title: string;
  readonly level: 1 | 2 | 3;
}

export interface ReportNumbering {
  readonly items: readonly NumberedItem[];
  readonly byId: ReadonlyMap<string, NumberedItem>;
}

/**
 * Numbers headings (1, 1.1, 1.1.1), tables and figures in the order of the document.
 *
 * @throws DomainError INVALID_INPUT when an id is used twice, a reference has no target, a level is skipped, or a table or
 *   figure is not cited before it appears.
 */
export function numberReport(document: Pick<ReportDocument, "blocks" | "titleParagraphs">): ReportNumbering {
  const items: NumberedItem[] = [];
  const counters = [0, 0, 0];
  let tables = 0;
  let figures = 0;
  for (const block of document.blocks) {
    if (block.kind === "heading") {
      if (block.level > 1 && counters[block.level - 2] === 0) {
        throw invalidInput(`heading ${block.id}`, block.level, "must not skip a level");
      }
      counters[block.level - 1]!++;
      counters.fill(0, block.level);
      items.push({
        kind: "heading",
        id: block.id,
        label: counters.slice(0, block.level).join("."),
        title: block.text,
        level: block.level,
      });
    } else if (block.kind === "table") {
      items.push({ kind: "table", id: block.id, label: `Table ${++tables}`, title: block.title, level: 1 });
    } else if (block.kind === "figure") {
      items.push({ kind: "figure", id: block.id, label: `Figure ${++figures}`, title: block.title, level: 1 });
    }
  }
  const byId = new Map(items.map((item) => [item.id, item]));
  if (byId.size !== items.length) {
    const twice = items.find((item, index) => items.findIndex((other) => other.id === item.id) !== index);
    throw invalidInput("report", twice?.id ?? "", "must use every id once");
  }
  assertCited(document, byId);
  return { items, byId };
}

/** Text printed for a reference: "Table 3", "Figure 2", "section 4.1". */
export function referenceText(numbering: ReportNumbering, target: string): string {
  const item = numbering.byId.get(target);
  if (item === undefined) throw invalidInput("reference", target, "must name a heading, table or figure of the report");
  return item.kind === "heading" ? `section ${item.label}` : item.label;
}

function assertCited(
  document: Pick<ReportDocument, "blocks" | "titleParagraphs">,
  byId: ReadonlyMap<string, NumberedItem>,
): void {
  const cited = new Set<string>();
  const read = (content: readonly Inline[]) => {
    for (const inline of content) {
      if (inline.kind !== "reference") continue;
      if (!byId.has(inline.target))
        throw invalidInput("reference", inline.target, "must name a heading, table or figure of the report");
      cited.add(inline.target);
    }
  };
  document.titleParagraphs.forEach(read);
  for (const block of document.blocks) {
    for (const content of inlineContents(block)) read(content);
    if ((block.kind === "table" || block.kind === "figure") && !cited.has(block.id)) {
      throw invalidInput(`${block.kind} ${block.id}`, block.title, "must be cited in the text before it appears");
    }
  }
}

function inlineContents(block: ReportBlock): readonly (readonly Inline[])[] {
  if (block.kind === "paragraph" || block.kind === "callout") return [block.content];
  return block.kind === "list" ? block.items : [];
}
