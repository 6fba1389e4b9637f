import { buildDossier } from "../../lib/dossier/build-dossier.ts";
import { type ChecklistItem, evaluateChecklist } from "../../lib/dossier/checklist/evaluate-checklist.ts";
import type { DossierEvidence, PdfEvidence } from "../../lib/dossier/checklist/evidence.ts";
import type { DossierRecord, Signature } from "../../lib/dossier/dossier-record.ts";
import { buildManifest, DOSSIER_FILES, type DossierFile } from "../../lib/dossier/manifest.ts";
import { type SealedRecord, sealRecord } from "../../lib/dossier/record-hash.ts";
import { readTwinData, twinDataFiles } from "../../lib/dossier/twin-data-files.ts";
import { sha256Hex } from "../../lib/numerics/sha256.ts";
import type { TwinSet } from "../../lib/twins/twin-document.ts";
import { inspectPdf } from "./inspect-pdf.ts";
import { renderPdf } from "./render-pdf.ts";

export interface DossierPackage {
  readonly files: readonly DossierFile[];
  readonly recordHash: string;
  readonly pdfHash: string;
  readonly pages: number;
  readonly contents: readonly {
    readonly number: string;
    readonly title: string;
    readonly level: number;
    readonly page: number;
  }[];
  readonly checklist: readonly ChecklistItem[];
}

/** The printed checklist changes page numbers at most once or twice; more rounds would mean that it never settles. */
const MAXIMUM_ROUNDS = 4;

/**
 * Makes the dossier folder: PDF, results.json, checklist, signatures, twins (also as ADTWIN), manifest.
 *
 * The checklist scores the generated files and is itself printed in the PDF. So the PDF is written, read back and scored,
 * then written again with that score, until the score printed is the score found.
 *
 * @returns Files in a fixed order; the same record and signatures give the same bytes.
 */
export function makeDossier(
  record: DossierRecord,
  signatures: readonly Signature[],
  twins: TwinSet | null = null,
  onProgress?: (fraction: number, message: string) => void,
): Promise<DossierPackage> {
  return makeSealedDossier(sealRecord(record), signatures, twins, onProgress);
}

/** The same of a record whose bytes stand already: they are the results.json of the folder, unchanged. */
export async function makeSealedDossier(
  { record, bytes: results, hash }: SealedRecord,
  signatures: readonly Signature[],
  twins: TwinSet | null = null,
  onProgress: (fraction: number, message: string) => void = () => undefined,
): Promise<DossierPackage> {
  const dataFiles = twins === null ? [] : twinDataFiles(record, twins);
  const twinData = readTwinData(dataFiles);
  let checklist: ChecklistItem[] | null = null;
  let pdf = new Uint8Array();
  let evidence: PdfEvidence | null = null;
  for (let round = 0; round < MAXIMUM_ROUNDS; round++) {
    onProgress(progressAt(round, 0), round === 0 ? "Writing the PDF" : "Printing the checklist that was found");
    pdf = new Uint8Array(await renderPdf(buildDossier(record, signatures, checklist, hash), signatures));
    onProgress(progressAt(round, 0.6), "Reading the PDF back for the checklist");
    evidence = await inspectPdf(pdf, DOSSIER_FILES.pdf);
    const found = evaluateChecklist({
      pdf: evidence,
      record,
      recordHash: hash,
      signatures,
      twinData,
    } satisfies DossierEvidence);
    const settled = checklist !== null && sameStatus(checklist, found);
    checklist = found;
    if (settled) break;
  }
  if (evidence === null || checklist === null) throw new Error("the dossier was not rendered");
  onProgress(1, "Dossier written");
  const files: DossierFile[] = [
    { name: DOSSIER_FILES.pdf, bytes: pdf },
    { name: DOSSIER_FILES.results, bytes: results },
    { name: DOSSIER_FILES.checklist, bytes: json(checklist) },
    { name: DOSSIER_FILES.signatures, bytes: json(signatures) },
    ...(twins === null ? [] : [{ name: DOSSIER_FILES.twins, bytes: json(twins) }, ...dataFiles]),
  ];
  return {
    files: [...files, { name: DOSSIER_FILES.manifest, bytes: json(buildManifest(record, hash, files)) }],
    recordHash: hash,
    pdfHash: sha256Hex(pdf),
    pages: evidence.pages.length,
    contents: contentsOf(evidence),
    checklist,
  };
}

/** Two rounds are usual; a further one shows as nearly done. */
const progressAt = (round: number, share: number) => Math.min(0.95, (round + share) / 2);

function sameStatus(printed: readonly ChecklistItem[], found: readonly ChecklistItem[]): boolean {
  return (
    printed.length === found.length &&
    printed.every((item, index) => item.id === found[index]?.id && item.status === found[index]?.status)
  );
}

function contentsOf(evidence: PdfEvidence): DossierPackage["contents"] {
  return evidence.outline.flatMap((entry) => {
    const match = /^(\d+(?:\.\d+)*)\s+(.*)$/.exec(entry.title);
    return match === null || entry.page === null
      ? []
      : [{ number: match[1] ?? "", title: match[2] ?? "", level: entry.level, page: entry.page }];
  });
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}
