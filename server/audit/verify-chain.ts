import { and, asc, eq, gt } from "drizzle-orm";
import { auditChain, auditEvent, study } from "../../drizzle/schema/index.ts";
import { canonicalJson } from "../../lib/numerics/canonical-json.ts";
import { sha256Hex } from "../../lib/numerics/sha256.ts";
import type { Db } from "../db/client.ts";
import type { AuditVerification } from "../services/audit/audit-schemas.ts";
import { auditHash, CHAIN_START } from "./audit-chain.ts";

const PAGE = 1000;

export interface ChainVerdict {
  readonly sequence: number;
  readonly hash: string;
  readonly broken: { readonly sequence: number; readonly problem: string } | null;
}

/** Recomputes every hash of one chain and compares its end with the head that was kept. */
export async function verifyChain(db: Db, chain: typeof auditChain.$inferSelect): Promise<ChainVerdict> {
  let sequence = 0;
  let hash = CHAIN_START;
  const broken = (at: number, problem: string) => ({ sequence, hash, broken: { sequence: at, problem } });
  for (;;) {
    const page = await db
      .select()
      .from(auditEvent)
      .where(and(eq(auditEvent.chainId, chain.id), gt(auditEvent.sequence, sequence)))
      .orderBy(asc(auditEvent.sequence))
      .limit(PAGE);
    for (const event of page) {
      if (event.sequence !== sequence + 1) return broken(sequence + 1, "the event is missing");
      if (event.previousHash !== hash) return broken(event.sequence, "it does not continue the event before it");
      if (auditHash(event) !== event.hash) return broken(event.sequence, "its content does not match its hash");
      sequence = event.sequence;
      hash = event.hash;
    }
    if (page.length < PAGE) break;
  }
  if (sequence !== chain.sequence || hash !== chain.head) {
    return broken(sequence + 1, `the chain ends at event ${sequence}, but event ${chain.sequence} was written`);
  }
  return { sequence, hash, broken: null };
}

/**
 * Verifies every chain of a workspace. The head returned is that of all chains together: SHA-256 of the canonical JSON of
 * [chain id, sequence, hash] in order of id; who wrote it down notices the loss of a whole chain.
 */
export async function verifyWorkspace(db: Db, workspaceId: string): Promise<AuditVerification> {
  const chains = await db
    .select()
    .from(auditChain)
    .where(eq(auditChain.workspaceId, workspaceId))
    .orderBy(asc(auditChain.id));
  const heads: [string, number, string][] = [];
  let firstBroken: AuditVerification["firstBroken"] = null;
  for (const chain of chains) {
    const verdict = await verifyChain(db, chain);
    heads.push([chain.id, verdict.sequence, verdict.hash]);
    if (verdict.broken !== null && firstBroken === null) {
      const { sequence, problem } = verdict.broken;
      firstBroken = { sequence, problem: `${await chainName(db, chain)}, event ${sequence}: ${problem}` };
    }
  }
  const studies = await db
    .select({ id: study.id, title: study.title })
    .from(study)
    .where(eq(study.workspaceId, workspaceId));
  const lost = studies.find((row) => !chains.some((chain) => chain.id === row.id));
  if (lost !== undefined) firstBroken ??= { sequence: 1, problem: `study "${lost.title}": its whole chain is missing` };
  const events = heads.reduce((total, [, sequence]) => total + sequence, 0);
  const head = { sequence: events, hash: sha256Hex(canonicalJson(heads)) };
  return { ok: firstBroken === null, events, head, firstBroken };
}

async function chainName(db: Db, chain: typeof auditChain.$inferSelect): Promise<string> {
  if (chain.id === chain.workspaceId) return "the workspace's chain";
  const [row] = await db.select({ title: study.title }).from(study).where(eq(study.id, chain.id));
  return row === undefined ? `chain ${chain.id}` : `study "${row.title}"`;
}
