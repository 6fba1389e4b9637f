import {
  decodePDFRawStream,
  PDFArray,
  PDFDict,
  PDFDocument,
  PDFHexString,
  PDFName,
  PDFNull,
  PDFNumber,
  PDFRawStream,
  PDFRef,
  PDFStream,
  PDFString,
} from "@cantoo/pdf-lib";
import { getDocument, OPS, type PDFDocumentProxy, type PDFPageProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { PageEvidence, PdfEvidence } from "../../lib/dossier/checklist/evidence.ts";
import { sha256Hex } from "../../lib/numerics/sha256.ts";

/**
 * Reads a generated PDF back: text, bookmarks and destinations through pdf.js, structure and annotations through pdf-lib.
 * Nothing is taken from the writer.
 */
export async function inspectPdf(bytes: Uint8Array, fileName: string): Promise<PdfEvidence> {
  const structure = await PDFDocument.load(bytes, { updateMetadata: false, ignoreEncryption: true });
  // pdf.js takes the buffer over, hence the copy.
  const reader = await getDocument({ data: bytes.slice(), verbosity: 0, useSystemFonts: false }).promise;
  try {
    const labels = await reader.getPageLabels();
    const destination = destinationsOf(reader);
    const mayHoldImages = holdsImages(structure);
    const pages: PageEvidence[] = [];
    const links: PdfEvidence["links"][number][] = [];
    let otherAnnotations = 0;
    for (let number = 1; number <= reader.numPages; number++) {
      const page = await reader.getPage(number);
      pages.push(await readPage(page, number, labels?.[number - 1] ?? String(number), mayHoldImages));
      const found = await readAnnotations(structure, number, destination);
      links.push(...found.links);
      otherAnnotations += found.others;
    }
    const names = objectNames(structure);
    return {
      fileName,
      bytes: bytes.length,
      sha256: sha256Hex(bytes),
      version: headerVersion(bytes),
      encrypted: structure.isEncrypted,
      linearised: latin(bytes.subarray(0, 1024)).includes("/Linearized"),
      pages,
      outline: await readOutline(reader, destination),
      metadata: await readMetadata(reader, structure),
      pageMode: nameText(structure.catalog.lookup(PDFName.of("PageMode"))),
      fonts: readFonts(structure),
      javaScript: names.has("JavaScript") || names.has("JS"),
      attachments: names.has("EmbeddedFiles") || names.has("EmbeddedFile"),
      media: ["RichMedia", "Movie", "Sound", "3D", "Screen"].some((name) => names.has(name)),
      tagged: names.has("StructElem"),
      otherAnnotations,
      links,
    };
  } finally {
    await reader.loadingTask.destroy();
  }
}

async function readPage(
  page: PDFPageProxy,
  number: number,
  label: string,
  mayHoldImages: boolean,
): Promise<PageEvidence> {
  const [, , width = 0, height = 0] = page.view;
  const content = await page.getTextContent();
  const sizes = new Map<number, number>();
  const box = {
    left: Number.POSITIVE_INFINITY,
    right: Number.NEGATIVE_INFINITY,
    bottom: Number.POSITIVE_INFINITY,
    top: Number.NEGATIVE_INFINITY,
  };
  const parts: string[] = [];
  for (const item of content.items) {
    if (!("str" in item)) continue;
    parts.push(item.str, item.hasEOL ? "\n" : "");
    if (item.str.trim() === "") continue;
    const [a = 0, b = 0, , , x = 0, y = 0] = item.transform as number[];
    const size = Math.round(Math.hypot(a, b) * 10) / 10;
    // The draft mark lies across the page and is no body text.
    if (Math.abs(b) > 0.01 && Math.abs(a) > 0.01) continue;
    sizes.set(size, (sizes.get(size) ?? 0) + item.str.length);
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x + (Math.abs(b) > 0.01 ? 0 : item.width));
    box.bottom = Math.min(box.bottom, y);
    box.top = Math.max(box.top, y + size);
  }
  return {
    number,
    label,
    text: parts.join(" ").replace(/ +/g, " "),
    width,
    height,
    rotation: page.rotate,
    textBox: Number.isFinite(box.left) ? box : null,
    fontSizes: [...sizes]
      .map(([size, characters]) => ({ size, characters }))
      .sort((one, other) => one.size - other.size),
    rasterImages: mayHoldImages ? await countImages(page) : 0,
  };
}

async function countImages(page: PDFPageProxy): Promise<number> {
  const operators = await page.getOperatorList();
  const images = new Set<number>([OPS.paintImageXObject, OPS.paintInlineImageXObject, OPS.paintImageMaskXObject]);
  return operators.fnArray.filter((operator) => images.has(operator)).length;
}

/**
 * Whether any page can paint an image: the file has an image object, or a stream has the operator of an inline image.
 * Listing the operators of every page takes seconds, so it is done only then.
 */
function holdsImages(structure: PDFDocument): boolean {
  for (const [, object] of structure.context.enumerateIndirectObjects()) {
    if (!(object instanceof PDFRawStream)) continue;
    if (nameText(object.dict.lookup(PDFName.of("Subtype"))) === "Image") return true;
    if (/(?:^|[\s>\])])BI[\s/]/.test(latin(decodePDFRawStream(object).decode()))) return true;
  }
  return false;
}

async function readAnnotations(structure: PDFDocument, number: number, destination: DestinationReader) {
  const links: PdfEvidence["links"][number][] = [];
  let others = 0;
  const annotations =
    structure
      .getPage(number - 1)
      .node.Annots()
      ?.asArray() ?? [];
  for (const reference of annotations) {
    const annotation = structure.context.lookup(reference);
    if (!(annotation instanceof PDFDict)) continue;
    if (nameText(annotation.lookup(PDFName.of("Subtype"))) !== "Link") {
      others++;
      continue;
    }
    const action = annotation.lookup(PDFName.of("A"));
    if (action instanceof PDFDict && nameText(action.lookup(PDFName.of("S"))) === "URI")
      links.push({ page: number, kind: "external", targetPage: null, zoomInherited: true });
    else {
      const target = action instanceof PDFDict ? action.lookup(PDFName.of("D")) : annotation.lookup(PDFName.of("Dest"));
      links.push({ page: number, kind: "internal", ...(await linkTarget(structure, target, destination)) });
    }
  }
  return { links, others };
}

/** Where a link leads: a destination by its name, or one written out in the link. */
async function linkTarget(structure: PDFDocument, target: unknown, destination: DestinationReader): Promise<Target> {
  if (target instanceof PDFString || target instanceof PDFHexString) return destination(target.decodeText());
  if (target instanceof PDFName) return destination(target.decodeText());
  if (!(target instanceof PDFArray)) return { targetPage: null, zoomInherited: true };
  const [page, fit, , , zoom] = target.asArray();
  const index = structure.getPages().findIndex(({ ref }) => ref === page);
  const inherited = zoom === undefined || zoom === PDFNull || (zoom instanceof PDFNumber && zoom.asNumber() === 0);
  return { targetPage: index < 0 ? null : index + 1, zoomInherited: nameText(fit) === "XYZ" && inherited };
}

type Target = Pick<PdfEvidence["links"][number], "targetPage" | "zoomInherited">;
type DestinationReader = (target: string | readonly unknown[] | null) => Promise<Target>;

/** Destinations as pdf.js resolves them; each name is looked up once. */
function destinationsOf(reader: PDFDocumentProxy): DestinationReader {
  const known = new Map<string, Promise<Target>>();
  return (target) => {
    if (typeof target !== "string") return resolveTarget(reader, target);
    const found =
      known.get(target) ?? reader.getDestination(target).then((explicit) => resolveTarget(reader, explicit));
    known.set(target, found);
    return found;
  };
}

async function resolveTarget(reader: PDFDocumentProxy, explicit: readonly unknown[] | null): Promise<Target> {
  if (!Array.isArray(explicit)) return { targetPage: null, zoomInherited: true };
  const [reference, fit, , , zoom] = explicit as [
    unknown,
    { name?: string } | undefined,
    unknown,
    unknown,
    number | null | undefined,
  ];
  const zoomInherited = fit?.name === "XYZ" && (zoom === null || zoom === 0 || zoom === undefined);
  try {
    const index =
      typeof reference === "number" ? reference : await reader.getPageIndex(reference as { num: number; gen: number });
    return { targetPage: index + 1, zoomInherited };
  } catch {
    return { targetPage: null, zoomInherited };
  }
}

interface OutlineNode {
  readonly title: string;
  readonly dest: string | unknown[] | null;
  readonly items: OutlineNode[];
}

async function readOutline(reader: PDFDocumentProxy, destination: DestinationReader): Promise<PdfEvidence["outline"]> {
  const entries: PdfEvidence["outline"][number][] = [];
  const walk = async (nodes: readonly OutlineNode[], level: number): Promise<void> => {
    for (const node of nodes) {
      entries.push({ title: node.title, level, page: (await destination(node.dest)).targetPage });
      await walk(node.items, level + 1);
    }
  };
  await walk(((await reader.getOutline()) ?? []) as OutlineNode[], 1);
  return entries;
}

async function readMetadata(reader: PDFDocumentProxy, structure: PDFDocument): Promise<PdfEvidence["metadata"]> {
  const { metadata } = await reader.getMetadata();
  const language = structure.catalog.lookup(PDFName.of("Lang"));
  const xmpTitle: unknown = metadata?.get("dc:title") ?? null;
  return {
    title: structure.getTitle() ?? "",
    author: structure.getAuthor() ?? "",
    subject: structure.getSubject() ?? "",
    keywords: structure.getKeywords() ?? "",
    language: language instanceof PDFString || language instanceof PDFHexString ? language.decodeText() : "",
    xmpTitle: typeof xmpTitle === "string" ? xmpTitle : null,
  };
}

/** Every font dictionary of the file; a composite font carries its file in its descendant. */
function readFonts(structure: PDFDocument): PdfEvidence["fonts"] {
  const fonts: PdfEvidence["fonts"][number][] = [];
  for (const [, object] of structure.context.enumerateIndirectObjects()) {
    if (!(object instanceof PDFDict) || nameText(object.lookup(PDFName.of("Type"))) !== "Font") continue;
    if (/^CIDFont/.test(nameText(object.lookup(PDFName.of("Subtype"))))) continue;
    const descendants = object.lookup(PDFName.of("DescendantFonts"));
    const carrier = descendants instanceof PDFArray ? descendants.lookup(0) : object;
    const descriptor = carrier instanceof PDFDict ? carrier.lookup(PDFName.of("FontDescriptor")) : undefined;
    const embedded =
      descriptor instanceof PDFDict &&
      ["FontFile", "FontFile2", "FontFile3"].some((key) => descriptor.lookup(PDFName.of(key)) instanceof PDFStream);
    const name = nameText(object.lookup(PDFName.of("BaseFont")));
    fonts.push({
      name,
      embedded,
      subset: /^[A-Z]{6}\+/.test(name),
      unicodeMap: object.lookup(PDFName.of("ToUnicode")) instanceof PDFStream,
    });
  }
  return fonts;
}

/** Every name used as a key or value in any dictionary: what the file can do at all. */
function objectNames(structure: PDFDocument): Set<string> {
  const names = new Set<string>();
  const walk = (object: unknown): void => {
    if (object instanceof PDFName) names.add(object.decodeText());
    else if (object instanceof PDFArray) for (const item of object.asArray()) walk(item);
    else if (object instanceof PDFRawStream || object instanceof PDFStream) walk(object.dict);
    else if (object instanceof PDFDict) {
      for (const [key, value] of object.entries()) {
        names.add(key.decodeText());
        if (!(value instanceof PDFRef)) walk(value);
      }
    }
  };
  for (const [, object] of structure.context.enumerateIndirectObjects()) walk(object);
  return names;
}

function nameText(object: unknown): string {
  return object instanceof PDFName ? object.decodeText() : "";
}

/** The header's version, or the catalog's where a later update raised it. */
function headerVersion(bytes: Uint8Array): string {
  return /%PDF-(\d\.\d)/.exec(latin(bytes.subarray(0, 1024)))?.[1] ?? "";
}

function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
