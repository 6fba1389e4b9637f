import { gunzipSync, gzipSync } from "node:zlib";
import { longDataSetSchema } from "../../../lib/data/long-data-set.ts";
import { assembleRecord, type ImportedSource, type RecordParts } from "../../../lib/dossier/assemble-record.ts";
import type { DossierRecord, Signature } from "../../../lib/dossier/dossier-record.ts";
import { openSealedRecord, sealRecord } from "../../../lib/dossier/record-hash.ts";
import { frozenModelSchema } from "../../../lib/progression/model-document.ts";
import { simulationResultSchema } from "../../../lib/simulation/simulation-document.ts";
import type { TwinSet } from "../../../lib/twins/twin-document.ts";
import { makeSealedDossier } from "../../reports/write-dossier.ts";
import type { DossierDetail } from "../../services/dossier/dossier-schemas.ts";
import { storedTwinsSchema } from "../../services/twins/stored-twins.ts";
import { type PackedDocument, unpackDocument } from "./packed-document.ts";
import { serveTask } from "./serve-task.ts";

type PackedSource = Omit<ImportedSource, "data"> & { readonly data: PackedDocument };

/** The parts of a record, the heavy ones packed. */
export type PackedParts = Omit<RecordParts, "historical" | "enrolled" | "model" | "twins" | "simulation"> & {
  readonly historical: PackedSource;
  readonly enrolled: PackedSource;
  readonly model: PackedDocument;
  readonly simulation: PackedDocument;
};

export interface BuildDossierInput {
  readonly record:
    | { readonly kind: "parts"; readonly parts: PackedParts }
    | { readonly kind: "made"; readonly document: PackedDocument };
  /** Stored twins, packed; their file lies in the dossier's folder. */
  readonly twins: PackedDocument;
  readonly signatures: readonly Signature[];
}

export interface BuildDossierOutput {
  readonly record: PackedDocument;
  readonly recordHash: string;
  readonly pdfHash: string;
  readonly pages: number;
  readonly contents: DossierDetail["contents"];
  readonly checklist: DossierDetail["checklist"];
  readonly files: readonly { readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array }[];
}

const MEDIA_TYPES = { pdf: "application/pdf", json: "application/json" } as const;

/** The parts of a study, or a record made before, and the signatures → the dossier's files. */
export default serveTask<BuildDossierInput, BuildDossierOutput>(async ({ record, twins, signatures }, report) => {
  const twinSet = unpackDocument(twins, storedTwinsSchema).twins;
  // A record that is locked keeps its bytes, also where another version of the program wrote them.
  const sealed =
    record.kind === "made"
      ? openSealedRecord(gunzipSync(record.document))
      : sealRecord(assemble(record.parts, twinSet));
  const dossier = await makeSealedDossier(sealed, signatures, twinSet, report);
  return {
    record: gzipSync(sealed.bytes, { level: 5 }),
    recordHash: dossier.recordHash,
    pdfHash: dossier.pdfHash,
    pages: dossier.pages,
    contents: dossier.contents.map(({ number, title, page }) => ({ number, title, page })),
    checklist: dossier.checklist.map((point) => ({ ...point, role: point.role ?? "" })),
    files: dossier.files.map(({ name, bytes }) => ({ name, bytes, mediaType: mediaType(name) })),
  };
});

function assemble(parts: PackedParts, twins: TwinSet): DossierRecord {
  const source = (packed: PackedSource): ImportedSource => ({
    ...packed,
    data: unpackDocument(packed.data, longDataSetSchema),
  });
  return assembleRecord({
    ...parts,
    historical: source(parts.historical),
    enrolled: source(parts.enrolled),
    model: unpackDocument(parts.model, frozenModelSchema),
    twins,
    simulation: unpackDocument(parts.simulation, simulationResultSchema),
  });
}

function mediaType(name: string): string {
  const ending = name.slice(name.lastIndexOf(".") + 1);
  return ending in MEDIA_TYPES ? MEDIA_TYPES[ending as keyof typeof MEDIA_TYPES] : "application/octet-stream";
}
