import type { AuditEvent } from "../../lib/dossier/dossier-record.ts";
import { canonicalJson } from "../../lib/numerics/canonical-json.ts";
import { sha256Hex } from "../../lib/numerics/sha256.ts";

/** What stands before the first event. */
export const CHAIN_START = "0".repeat(64);

/** SHA-256 of the canonical JSON of every other field of the event, the previous hash among them. */
export function auditHash(event: Omit<AuditEvent, "hash">): string {
  const { sequence, atUtc, actor, role, action, subject, change, reason, previousHash } = event;
  return sha256Hex(canonicalJson({ sequence, atUtc, actor, role, action, subject, change, reason, previousHash }));
}
