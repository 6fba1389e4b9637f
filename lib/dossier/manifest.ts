import { z } from "zod";
import { sha256Hex } from "../numerics/sha256.ts";
import type { DossierRecord } from "./dossier-record.ts";

export const DOSSIER_FILES = {
  pdf: "understudy-dossier.pdf",
  results: "results.json",
  checklist: "checklist.json",
  signatures: "signatures.json",
  twins: "twins.json",
  adtwinXpt: "adtwin.xpt",
  adtwinJson: "adtwin.json",
  manifest: "manifest.json",
} as const;

/** Every file of the dossier folder but the manifest itself, with size and SHA-256. */
export const manifestSchema = z.object({
  format: z.literal("understudy-manifest/1"),
  runId: z.string(),
  engineVersion: z.string(),
  createdAtUtc: z.string(),
  /** SHA-256 of the canonical record = SHA-256 of results.json; what signatures bind to. */
  recordHash: z.string(),
  files: z.array(z.object({ name: z.string(), bytes: z.number().int(), sha256: z.string() })),
});
export type Manifest = z.infer<typeof manifestSchema>;

export interface DossierFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** @param recordHash - SHA-256 of results.json. */
export function buildManifest(record: DossierRecord, recordHash: string, files: readonly DossierFile[]): Manifest {
  return {
    format: "understudy-manifest/1",
    runId: record.runId,
    engineVersion: record.engineVersion,
    createdAtUtc: record.createdAtUtc,
    recordHash,
    files: files.map(({ name, bytes }) => ({ name, bytes: bytes.length, sha256: sha256Hex(bytes) })),
  };
}
