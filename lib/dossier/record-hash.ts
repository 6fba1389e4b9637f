import { DomainError } from "../errors/domain-error.ts";
import { canonicalJson } from "../numerics/canonical-json.ts";
import { sha256Hex } from "../numerics/sha256.ts";
import { type DossierRecord, dossierRecordSchema } from "./dossier-record.ts";

/** The bytes of `results.json`: canonical JSON without a trailing newline, so that the file's own SHA-256 is the record hash. */
export function recordText(record: DossierRecord): string {
  return canonicalJson(record);
}

/** SHA-256 of the canonical record: what is printed in the PDF and what a signature binds to. */
export function recordHash(record: DossierRecord): string {
  return sha256Hex(recordText(record));
}

/** A record together with the very bytes that are signed. */
export interface SealedRecord {
  readonly record: DossierRecord;
  /** `results.json`. */
  readonly bytes: Uint8Array;
  /** SHA-256 of `bytes`. */
  readonly hash: string;
}

/** Fixes the bytes of a new record; what is printed is read from them, so that file and print cannot differ. */
export function sealRecord(record: DossierRecord): SealedRecord {
  return openSealedRecord(new TextEncoder().encode(recordText(record)));
}

/**
 * Reads a record back from its bytes, which stay as they are: another version of the program may know more fields than the
 * one that wrote them, and what was locked must be signed unchanged.
 *
 * @param bytes - `results.json`, UTF-8.
 * @throws DomainError INVALID_INPUT when this version of the program cannot read the record.
 */
export function openSealedRecord(bytes: Uint8Array): SealedRecord {
  const parsed = dossierRecordSchema.safeParse(parseJson(bytes));
  if (parsed.success) return { record: parsed.data, bytes, hash: sha256Hex(bytes) };
  const [issue] = parsed.error.issues;
  throw new DomainError("INVALID_INPUT", {
    argument: `results.json: ${issue?.path.join(".") ?? ""}`,
    received: issue?.message ?? "another format",
    requirement: "must be a record that this version of the program can read",
    hint: "Use the version that wrote the record, or build the dossier anew.",
  });
}

/** Whether bytes are the canonical form of the JSON document that they hold, whatever its schema. */
export function isCanonical(bytes: Uint8Array): boolean {
  const document = parseJson(bytes);
  return document !== null && canonicalJson(document) === new TextDecoder().decode(bytes);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
