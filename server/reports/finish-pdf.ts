import {
  type PDFArray,
  type PDFDict,
  PDFDocument,
  PDFHexString,
  PDFName,
  PDFNumber,
  type PDFRef,
  PDFString,
} from "@cantoo/pdf-lib";
import type { NumberedItem, ReportNumbering } from "../../lib/reporting/number-report.ts";
import type { ReportDocument } from "../../lib/reporting/report-document.ts";
import type { Anchor } from "./report-content.ts";

/**
 * What pdfmake lacks: bookmarks that mirror the contents with tables and figures under their section, named destinations
 * at the first place of a repeated caption, page labels, initial view, title in the window, XMP metadata.
 */
export async function finishPdf(
  bytes: Uint8Array,
  document: ReportDocument,
  numbering: ReportNumbering,
  anchors: readonly Anchor[],
): Promise<Uint8Array> {
  const pdf = await PDFDocument.load(bytes, { updateMetadata: false });
  const destinations = destinationArrays(pdf, anchors);
  writeDestinations(pdf, destinations);
  writeOutline(pdf, numbering, destinations);
  const { catalog, context } = pdf;
  catalog.set(PDFName.of("PageMode"), PDFName.of("UseOutlines"));
  catalog.set(PDFName.of("ViewerPreferences"), context.obj({ DisplayDocTitle: true }));
  catalog.set(PDFName.of("PageLabels"), context.obj({ Nums: [0, { S: "D", St: 1 }] }));
  catalog.delete(PDFName.of("OpenAction"));
  const metadata = context.stream(new TextEncoder().encode(xmpPacket(document)), { Type: "Metadata", Subtype: "XML" });
  catalog.set(PDFName.of("Metadata"), context.register(metadata));
  return pdf.save({ useObjectStreams: false, addDefaultPage: false, updateFieldAppearances: false });
}

/** [page /XYZ left top null]: the reader's zoom is kept. */
function destinationArrays(pdf: PDFDocument, anchors: readonly Anchor[]): Map<string, PDFArray> {
  const pages = pdf.getPages();
  const found = new Map<string, PDFArray>();
  for (const { id, node } of anchors) {
    const position = node.positions?.[0];
    const page = position === undefined ? undefined : pages[position.pageNumber - 1];
    if (position === undefined || page === undefined) throw new Error(`The report's part "${id}" was not laid out`);
    const top = page.getHeight() - position.top + 4;
    found.set(id, pdf.context.obj([page.ref, PDFName.of("XYZ"), position.left, top, null]));
  }
  return found;
}

/** One sorted name tree; readers look names up by binary search. */
function writeDestinations(pdf: PDFDocument, destinations: ReadonlyMap<string, PDFArray>): void {
  const ids = [...destinations.keys()].sort((a, b) => (a < b ? -1 : 1));
  const names = pdf.context.obj([]);
  for (const id of ids) {
    names.push(PDFString.of(id));
    names.push(destinations.get(id)!);
  }
  const tree = pdf.context.obj({ Names: names });
  if (ids.length > 0)
    tree.set(PDFName.of("Limits"), pdf.context.obj([PDFString.of(ids[0]!), PDFString.of(ids.at(-1)!)]));
  pdf.catalog.set(PDFName.of("Names"), pdf.context.obj({ Dests: tree }));
}

interface OutlineNode {
  readonly item: NumberedItem;
  readonly children: OutlineNode[];
}

function outlineTree(numbering: ReportNumbering): OutlineNode[] {
  const roots: OutlineNode[] = [];
  const path: OutlineNode[] = [];
  for (const item of numbering.items) {
    const node: OutlineNode = { item, children: [] };
    if (item.kind === "heading") path.length = Math.min(path.length, item.level - 1);
    const siblings = path.at(-1)?.children ?? roots;
    siblings.push(node);
    if (item.kind === "heading") path.push(node);
  }
  return roots;
}

function writeOutline(pdf: PDFDocument, numbering: ReportNumbering, destinations: ReadonlyMap<string, PDFArray>): void {
  const { context } = pdf;
  const rootRef = context.nextRef();
  const roots = outlineTree(numbering);
  const root = context.obj({ Type: "Outlines" });
  linkChildren(pdf, root, rootRef, roots, destinations);
  root.set(PDFName.of("Count"), PDFNumber.of(roots.length));
  context.assign(rootRef, root);
  pdf.catalog.set(PDFName.of("Outlines"), rootRef);
}

/** Doubly linked children of a bookmark; sections start closed (negative count). */
function linkChildren(
  pdf: PDFDocument,
  parent: PDFDict,
  parentRef: PDFRef,
  children: readonly OutlineNode[],
  destinations: ReadonlyMap<string, PDFArray>,
): void {
  const refs = children.map(() => pdf.context.nextRef());
  if (refs.length === 0) return;
  parent.set(PDFName.of("First"), refs[0]!);
  parent.set(PDFName.of("Last"), refs.at(-1)!);
  parent.set(PDFName.of("Count"), PDFNumber.of(-refs.length));
  for (const [index, { item, children: below }] of children.entries()) {
    const separator = item.kind === "heading" ? " " : ". ";
    const dictionary = pdf.context.obj({
      Title: PDFHexString.fromText(`${item.label}${separator}${item.title}`),
      Parent: parentRef,
      Dest: destinations.get(item.id)!,
    });
    if (index > 0) dictionary.set(PDFName.of("Prev"), refs[index - 1]!);
    if (index < refs.length - 1) dictionary.set(PDFName.of("Next"), refs[index + 1]!);
    linkChildren(pdf, dictionary, refs[index]!, below, destinations);
    pdf.context.assign(refs[index]!, dictionary);
  }
}

/** XMP that agrees with the document information. */
function xmpPacket(document: ReportDocument): string {
  const text = (value: string) => value.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const instant = document.createdAtUtc.replace(/\.\d+Z$/, "Z");
  return `<?xpacket begin="﻿" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${text(document.title)}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>${text(document.author)}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">${text(document.subject)}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>${document.language}</rdf:li></rdf:Bag></dc:language>
<pdf:Keywords>${text(document.keywords.join(", "))}</pdf:Keywords>
<pdf:Producer>pdfmake</pdf:Producer>
<xmp:CreatorTool>Understudy</xmp:CreatorTool>
<xmp:CreateDate>${instant}</xmp:CreateDate>
<xmp:ModifyDate>${instant}</xmp:ModifyDate>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`;
}
