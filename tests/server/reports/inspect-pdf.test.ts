import { PDFDocument, PDFName, PDFString } from "@cantoo/pdf-lib";
import { describe, expect, it } from "vitest";
import { inspectPdf } from "../../../server/reports/inspect-pdf.ts";

/** One grey pixel. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==",
  "base64",
);

const rasterImages = async (pdf: PDFDocument) =>
  (await inspectPdf(await pdf.save(), "a.pdf")).pages.map((page) => page.rasterImages);

describe("a PDF read back", () => {
  it("counts images that are objects of the file, page by page", async () => {
    const pdf = await PDFDocument.create();
    pdf.addPage().drawText("no image");
    pdf.addPage().drawImage(await pdf.embedPng(PNG));
    expect(await rasterImages(pdf)).toEqual([0, 1]);
  });

  it("counts images written into the page", async () => {
    const pdf = await PDFDocument.create();
    const page = pdf.addPage();
    const content = pdf.context.stream("q BI /W 1 /H 1 /BPC 8 /CS /G ID \x80 EI Q");
    page.node.set(PDFName.of("Contents"), pdf.context.register(content));
    expect(await rasterImages(pdf)).toEqual([1]);
  });

  it("finds no image where there is only text", async () => {
    const pdf = await PDFDocument.create();
    pdf.addPage().drawText("BI /W is text here");
    expect(await rasterImages(pdf)).toEqual([0]);
  });

  it("tells links by where they lead, and other annotations from links", async () => {
    const pdf = await PDFDocument.create();
    const first = pdf.addPage();
    const second = pdf.addPage();
    const { context } = pdf;
    const link = (more: object) => context.register(context.obj({ Type: "Annot", Subtype: "Link", ...more }));
    const annotations = [
      link({ A: { S: "URI", URI: PDFString.of("https://example.org") } }),
      link({ Dest: [second.ref, "XYZ", 0, 700, null] }),
      link({ A: { S: "GoTo", D: [second.ref, "XYZ", 0, 700, 2] } }),
      link({ Dest: PDFString.of("nowhere") }),
      context.register(context.obj({ Type: "Annot", Subtype: "Text", Contents: PDFString.of("a note") })),
    ];
    first.node.set(PDFName.of("Annots"), context.obj(annotations));
    const { links, otherAnnotations } = await inspectPdf(await pdf.save(), "a.pdf");
    expect(links).toEqual([
      { page: 1, kind: "external", targetPage: null, zoomInherited: true },
      { page: 1, kind: "internal", targetPage: 2, zoomInherited: true },
      { page: 1, kind: "internal", targetPage: 2, zoomInherited: false },
      { page: 1, kind: "internal", targetPage: null, zoomInherited: true },
    ]);
    expect(otherAnnotations).toBe(1);
  });
});
