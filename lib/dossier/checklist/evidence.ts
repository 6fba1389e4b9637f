import type { RawTable } from "../../data/raw-table.ts";
import { codePointText } from "../../reporting/code-point-text.ts";
import type { DossierRecord, Signature } from "../dossier-record.ts";
import { SECTION_TITLES, type SectionKey } from "../section-titles.ts";

/** One page as a reader finds it in the file. Lengths in points (1/72 inch), from the page's lower left corner. */
export interface PageEvidence {
  readonly number: number;
  readonly label: string;
  readonly text: string;
  readonly width: number;
  readonly height: number;
  readonly rotation: number;
  /** Box around all text of the page; null on a page without text. */
  readonly textBox: {
    readonly left: number;
    readonly right: number;
    readonly bottom: number;
    readonly top: number;
  } | null;
  /** Font sizes used, rounded to 0.1, with the number of characters. */
  readonly fontSizes: readonly { readonly size: number; readonly characters: number }[];
  readonly rasterImages: number;
}

/** What the generated PDF file is, read back from its bytes. */
export interface PdfEvidence {
  readonly fileName: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly version: string;
  readonly encrypted: boolean;
  readonly linearised: boolean;
  readonly pages: readonly PageEvidence[];
  readonly outline: readonly { readonly title: string; readonly level: number; readonly page: number | null }[];
  readonly metadata: {
    readonly title: string;
    readonly author: string;
    readonly subject: string;
    readonly keywords: string;
    readonly language: string;
    readonly xmpTitle: string | null;
  };
  readonly pageMode: string;
  readonly fonts: readonly {
    readonly name: string;
    readonly embedded: boolean;
    readonly subset: boolean;
    readonly unicodeMap: boolean;
  }[];
  readonly javaScript: boolean;
  readonly attachments: boolean;
  readonly media: boolean;
  readonly tagged: boolean;
  /** Annotations other than links. */
  readonly otherAnnotations: number;
  readonly links: readonly {
    readonly page: number;
    readonly kind: "internal" | "external";
    /** Page an internal link leads to; null when it leads nowhere. */
    readonly targetPage: number | null;
    readonly zoomInherited: boolean;
  }[];
}

/** Everything the checklist reads: the generated files, never the intent. */
export interface DossierEvidence {
  readonly pdf: PdfEvidence;
  /** Parsed from the generated results.json. */
  readonly record: DossierRecord;
  /** SHA-256 of the canonical record, computed from the generated results.json. */
  readonly recordHash: string;
  readonly signatures: readonly Signature[];
  /** ADTWIN read back from its files, one table a format; empty where the folder has none. */
  readonly twinData: readonly RawTable[];
}

/** Signs that look the same and come out of a font as one another. */
const ALIKE: Readonly<Record<string, string>> = {
  "\u00b5": "\u03bc",
  "\u2126": "\u03a9",
  "\u2206": "\u0394",
  "\u212a": "K",
};

/**
 * Text without white space and thousands separators, so that line breaks and digit grouping of the print do not matter; micro
 * sign and mu, ohm sign and omega are one.
 */
export function tight(text: string): string {
  return text
    .replace(/[\s\u00a0\u00ad]+/g, "")
    .replace(/[\u00b5\u2126\u2206\u212a]/g, (sign) => ALIKE[sign] ?? sign)
    .replace(/(?<=\d),(?=\d{3}(?!\d))/g, "");
}

const tightTexts = new WeakMap<DossierEvidence, string>();

/** The whole printed text, tight, up to the printed checklist: a point must not be satisfied by its own wording. */
export function printedText(evidence: DossierEvidence): string {
  const known = tightTexts.get(evidence);
  if (known !== undefined) return known;
  const checklist = sectionPages(evidence, "appendixChecklist");
  const last = checklist?.from ?? Number.POSITIVE_INFINITY;
  const text = evidence.pdf.pages
    .filter((page) => page.number <= last)
    .map((page) => (page.number === last ? beforeHeading(tight(page.text), "appendixChecklist") : tight(page.text)))
    .join("");
  tightTexts.set(evidence, text);
  return text;
}

function beforeHeading(page: string, key: SectionKey): string {
  const at = page.lastIndexOf(tight(SECTION_TITLES[key]));
  return at === -1 ? page : page.slice(0, at);
}

/** Scripts that the fonts of the report lack. */
const FOREIGN = /[\u0590-\u1cff\u2e80-\ua4cf\ua960-\ufaff\u{10000}-\u{1ffff}]/gu;

/** Which of the given strings are printed nowhere in `where` (tight text); signs of other scripts may stand as code points. */
export function missingFrom(where: string, wanted: readonly string[]): string[] {
  return wanted.filter((one) => {
    const text = tight(one);
    return text !== "" && !where.includes(text) && !where.includes(inCodePoints(text));
  });
}

/** A text as it is printed when its signs are of scripts that the fonts lack. */
export function inCodePoints(text: string): string {
  return text.replace(FOREIGN, codePointText);
}

/** Pages of a section, from its outline entry to the next one of the same or a higher level; null when it is not there. */
export function sectionPages(evidence: DossierEvidence, key: SectionKey): { from: number; to: number } | null {
  const title = tight(SECTION_TITLES[key]);
  const { outline, pages } = evidence.pdf;
  const index = outline.findIndex(
    (entry) => tight(entry.title).replace(/^[\d.]+/, "") === title && entry.page !== null,
  );
  const entry = outline[index];
  if (entry === undefined || entry.page === null) return null;
  const next = outline.slice(index + 1).find((other) => other.level <= entry.level && other.page !== null);
  return { from: entry.page, to: next?.page ?? pages.length };
}

/** Tight text of a section's pages; neighbours on its first and last page are included. Empty when it is not there. */
export function sectionText(evidence: DossierEvidence, key: SectionKey): string {
  const range = sectionPages(evidence, key);
  if (range === null) return "";
  return tight(
    evidence.pdf.pages
      .filter((page) => page.number >= range.from && page.number <= range.to)
      .map((page) => page.text)
      .join(" "),
  );
}

/** SHA-256 of every file of a data set and of the data set itself. */
export function inputHashes(dataset: DossierRecord["datasets"][number]): string[] {
  const { fileHash, subjectsFile, dataHash } = dataset;
  return [fileHash, ...(subjectsFile === undefined ? [] : [subjectsFile.fileHash]), dataHash];
}
