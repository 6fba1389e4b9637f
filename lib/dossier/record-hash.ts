import { canonicalJson } from "../numerics/canonical-json.ts";
import { sha256Hex } from "../numerics/sha256.ts";
import type { DossierRecord } from "./dossier-record.ts";

/** The bytes of `results.json`: canonical JSON without a trailing newline, so that the file's own SHA-256 is the record hash. */
export function recordText(record: DossierRecord): string {
  return canonicalJson(record);
}

/** SHA-256 of the canonical record: what is printed in the PDF and what a signature binds to. */
export function recordHash(record: DossierRecord): string {
  return sha256Hex(recordText(record));
}
