import type { Inline, ReportBlock, ReportColumn } from "../reporting/report-document.ts";

/** Running text as a template: texts stay texts, other values are parts of a report such as {@link see}. */
export function prose(
  texts: TemplateStringsArray,
  ...values: readonly (string | Inline | readonly Inline[])[]
): Inline[] {
  const content: Inline[] = [];
  texts.forEach((text, index) => {
    addText(content, text);
    const value = values[index];
    if (typeof value === "string") addText(content, value);
    else if (value !== undefined) content.push(...(Array.isArray(value) ? value : [value as Inline]));
  });
  return content;
}

function addText(content: Inline[], text: string): void {
  const last = content.at(-1);
  if (text === "") return;
  if (last?.kind === "text") content[content.length - 1] = { kind: "text", text: last.text + text };
  else content.push({ kind: "text", text });
}

/** A reference that prints "Table 3", "Figure 2" or "section 4.1" and links there. */
export function see(target: string): Inline {
  return { kind: "reference", target };
}

/** References one after the other: "Table 3, Table 4 and Table 5". */
export function seeAll(targets: readonly string[]): Inline[] {
  return targets.flatMap((target, index): Inline[] => {
    const between = index === 0 ? "" : index === targets.length - 1 ? " and " : ", ";
    return between === "" ? [see(target)] : [{ kind: "text", text: between }, see(target)];
  });
}

export function strong(text: string): Inline {
  return { kind: "strong", text };
}

export function code(text: string): Inline {
  return { kind: "code", text };
}

export function heading(level: 1 | 2 | 3, id: string, text: string): ReportBlock {
  return { kind: "heading", id, level, text };
}

/** A paragraph written as a template, see {@link prose}. */
export function paragraph(
  texts: TemplateStringsArray,
  ...values: readonly (string | Inline | readonly Inline[])[]
): ReportBlock {
  return { kind: "paragraph", content: prose(texts, ...values) };
}

export function plainParagraph(text: string): ReportBlock {
  return { kind: "paragraph", content: [{ kind: "text", text }] };
}

export function bullets(...items: readonly (readonly Inline[] | string)[]): ReportBlock {
  return { kind: "list", items: items.map((item) => (typeof item === "string" ? prose`${item}` : item)) };
}

/** Columns from short notation: "Name", or "Name|subtitle"; a leading ">" aligns right. */
export function columns(...titles: readonly string[]): ReportColumn[] {
  return titles.map((text) => {
    const right = text.startsWith(">");
    const [title = "", subtitle = ""] = (right ? text.slice(1) : text).split("|");
    return { title, subtitle, align: right ? "right" : "left" };
  });
}

export interface TableParts {
  readonly id: string;
  readonly title: string;
  readonly population: string;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly (readonly string[])[];
  readonly notes?: readonly string[];
  readonly wide?: boolean;
}

export function table(parts: TableParts): ReportBlock {
  return { kind: "table", notes: [], wide: false, ...parts };
}
