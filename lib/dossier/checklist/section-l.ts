import { allOf, type ChecklistPoint, fail, holds, machine } from "./checklist-point.ts";
import type { DossierEvidence } from "./evidence.ts";

const INCH = 72;
const LETTER = { short: 612, long: 792 } as const;
/** Rounding of text boxes by font metrics. */
const SLACK = 1.5;

/** PDF technical points (FDA). */
export const SECTION_L: readonly ChecklistPoint[] = [
  machine("L1!", "PDF 1.4 to 1.7, not 2.0", (e) =>
    holds(/^1\.[4-7]$/.test(e.pdf.version), `PDF ${e.pdf.version}.`, `PDF ${e.pdf.version}.`),
  ),
  machine("L2!", "All fonts embedded", (e) => {
    const loose = e.pdf.fonts.filter((font) => !font.embedded).map((font) => font.name);
    return holds(
      e.pdf.fonts.length > 0 && loose.length === 0,
      `${e.pdf.fonts.length} fonts, all embedded.`,
      `Not embedded: ${loose.join(", ") || "no font found"}.`,
    );
  }),
  machine("L3!", "No password or security settings", (e) =>
    holds(!e.pdf.encrypted, "Not encrypted.", "The file is encrypted."),
  ),
  machine("L4!", "No JavaScript, audio, video, animation, 3D, attachments", (e) =>
    holds(
      !e.pdf.javaScript && !e.pdf.media && !e.pdf.attachments,
      "None found.",
      "The file holds JavaScript, media or attachments.",
    ),
  ),
  machine("L5!", "No annotations but links", (e) =>
    holds(e.pdf.otherAnnotations === 0, "Links only.", `${e.pdf.otherAnnotations} other annotations.`),
  ),
  machine("L6!", "Text searchable and extractable; no text as image", (e) => {
    const empty = e.pdf.pages.filter((page) => page.text.trim().length < 20).map((page) => page.number);
    const unmapped = e.pdf.fonts.filter((font) => !font.unicodeMap).map((font) => font.name);
    return holds(
      empty.length === 0 && unmapped.length === 0,
      `Text on all ${e.pdf.pages.length} pages; every font has a Unicode map.`,
      `Pages without text: ${empty.join(", ") || "none"}; fonts without a Unicode map: ${unmapped.join(", ") || "none"}.`,
    );
  }),
  machine("L7", "Readable without plug-ins", (e) =>
    holds(
      !e.pdf.encrypted && !e.pdf.javaScript && !e.pdf.media,
      "No feature needs a plug-in.",
      "A feature needs a plug-in.",
    ),
  ),
  machine("L8", "Pages 8.5 × 11 inches", (e) => {
    const others = e.pdf.pages.filter((page) => !isLetter(page.width, page.height)).map((page) => page.number);
    return holds(others.length === 0, "All pages are Letter.", `Other sizes on pages ${others.join(", ")}.`);
  }),
  machine("L9", "Left margin at least 3/4 inch (landscape: top)", (e) =>
    pagesWhere(
      e,
      (page) => {
        if (page.textBox === null) return false;
        return page.width > page.height
          ? page.height - page.textBox.top < 0.375 * INCH - SLACK
          : page.textBox.left < 0.75 * INCH - SLACK;
      },
      "Margins are wide enough on every page.",
    ),
  ),
  machine("L10", "Other margins at least 3/8 inch", (e) =>
    pagesWhere(
      e,
      (page) => {
        if (page.textBox === null) return false;
        const least = 0.375 * INCH - SLACK;
        return (
          page.width - page.textBox.right < least ||
          page.textBox.bottom < least ||
          page.height - page.textBox.top < least
        );
      },
      "Text keeps 3/8 inch from every edge.",
    ),
  ),
  machine("L11", "Body 9 to 12 points", (e) => {
    const main = mainFontSize(e);
    return holds(main >= 9 && main <= 12, `Most text is ${main} pt.`, `Most text is ${main} pt.`);
  }),
  machine("L12", "Tables 9 to 10 points, none below 9", (e) => {
    const small = charactersBelow(e, 8.95);
    return holds(small === 0, "No text below 9 pt.", `${small} characters below 9 pt (figure labels included).`);
  }),
  machine("L13", "Black text, blue only for links, survives greyscale", () =>
    fail("Colour is not read back from the file; look at a greyscale print."),
  ),
  machine("L14", "Landscape pages stored in landscape", (e) =>
    pagesWhere(e, (page) => page.rotation !== 0, "No page is stored rotated."),
  ),
  machine("L15", "Hyperlinks for contents and cross-references", (e) => {
    const internal = e.pdf.links.filter((link) => link.kind === "internal");
    return holds(internal.length > 20, `${internal.length} internal links.`, `Only ${internal.length} internal links.`);
  }),
  machine("L16", "Bookmarks mirror the contents, at most 4 levels", (e) => {
    const deepest = Math.max(0, ...e.pdf.outline.map((entry) => entry.level));
    return holds(
      e.pdf.outline.length > 10 && deepest <= 4,
      `${e.pdf.outline.length} bookmarks on ${deepest} levels.`,
      `${e.pdf.outline.length} bookmarks, ${deepest} levels.`,
    );
  }),
  machine("L17", "Links inherit the zoom", (e) => {
    const fixed = e.pdf.links.filter((link) => link.kind === "internal" && !link.zoomInherited).length;
    return holds(fixed === 0, "All internal links inherit the zoom.", `${fixed} links set a zoom.`);
  }),
  machine("L18", "Opens with the bookmarks panel", (e) =>
    holds(e.pdf.pageMode === "UseOutlines", "Page mode UseOutlines.", `Page mode ${e.pdf.pageMode || "not set"}.`),
  ),
  machine("L19", "Page labels equal printed page numbers, from 1", (e) => {
    const total = e.pdf.pages.length;
    const wrong = e.pdf.pages.filter(
      (page) =>
        page.label !== String(page.number) ||
        !new RegExp(`Page\\s*${page.number}\\s*of\\s*${total}`, "i").test(page.text),
    );
    return holds(
      wrong.length === 0,
      `Labels and printed numbers run 1 to ${total}.`,
      `They differ on pages ${wrong
        .map((page) => page.number)
        .slice(0, 8)
        .join(", ")}.`,
    );
  }),
  machine("L20", "Linearised (fast web view)", (e) =>
    holds(e.pdf.linearised, "Linearised.", "Not linearised; qpdf --linearize does it."),
  ),
  machine("L21", "At most 100 MB; lower-case file name of letters, digits, hyphens, at most 64 characters", (e) =>
    holds(
      e.pdf.bytes <= 100 * 1024 * 1024 && /^[a-z0-9-]{1,60}\.pdf$/.test(e.pdf.fileName),
      `${e.pdf.fileName}, ${Math.ceil(e.pdf.bytes / 1024)} kB.`,
      `${e.pdf.fileName}, ${Math.ceil(e.pdf.bytes / 1024)} kB.`,
    ),
  ),
  machine("L22", "Title, author, subject, keywords, language; XMP agrees", (e) => {
    const { title, author, subject, keywords, language, xmpTitle } = e.pdf.metadata;
    const empty = Object.entries({ title, author, subject, keywords, language }).filter(([, value]) => value === "");
    return allOf(
      holds(empty.length === 0, "All metadata are set.", `Not set: ${empty.map(([name]) => name).join(", ")}.`),
      holds(xmpTitle === title, "XMP agrees.", xmpTitle === null ? "There is no XMP." : "XMP has another title."),
    );
  }),
  machine("L23", "Vector figures", (e) => {
    const raster = e.pdf.pages.reduce((sum, page) => sum + page.rasterImages, 0);
    return holds(raster === 0, "No raster image in the file.", `${raster} raster images.`);
  }),
  machine("L24", "Tagged structure, alternative text, table headers", (e) =>
    holds(e.pdf.tagged, "Tagged.", "The file is not tagged; no claim of PDF/UA is made."),
  ),
  machine("L25", "No broken links", (e) => {
    const broken = e.pdf.links.filter((link) => link.kind === "internal" && link.targetPage === null).length;
    return holds(
      broken === 0 && e.pdf.links.length > 0,
      `${e.pdf.links.length} links lead somewhere.`,
      `${broken} links lead nowhere.`,
    );
  }),
  machine("L26", "No internet link needed for review", (e) => {
    const external = e.pdf.links.filter((link) => link.kind === "external").length;
    return holds(external === 0, "No external link.", `${external} external links.`);
  }),
];

function isLetter(width: number, height: number): boolean {
  const [short, long] = width < height ? [width, height] : [height, width];
  return Math.abs(short - LETTER.short) < 1 && Math.abs(long - LETTER.long) < 1;
}

function pagesWhere(
  e: DossierEvidence,
  isWrong: (page: DossierEvidence["pdf"]["pages"][number]) => boolean,
  good: string,
) {
  const wrong = e.pdf.pages.filter(isWrong).map((page) => page.number);
  return holds(wrong.length === 0, good, `Not on pages ${wrong.slice(0, 10).join(", ")}.`);
}

function mainFontSize(e: DossierEvidence): number {
  const totals = new Map<number, number>();
  for (const { size, characters } of e.pdf.pages.flatMap((page) => page.fontSizes))
    totals.set(size, (totals.get(size) ?? 0) + characters);
  return [...totals].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

function charactersBelow(e: DossierEvidence, limit: number): number {
  return e.pdf.pages
    .flatMap((page) => page.fontSizes)
    .filter(({ size }) => size < limit)
    .reduce((sum, { characters }) => sum + characters, 0);
}
