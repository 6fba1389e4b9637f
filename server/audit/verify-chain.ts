import { and, asc, eq, gt } from "drizzle-orm";
import { auditEvent, workspace } from "../../drizzle/schema/index.ts";
import type { Db } from "../db/client.ts";
import type { AuditVerification } from "../services/audit/audit-schemas.ts";
import { auditHash, CHAIN_START } from "./audit-chain.ts";

const PAGE = 1000;

/** Recomputes every hash of a workspace's chain and compares its end with the head that was kept. */
export async function verifyChain(db: Db, workspaceId: string): Promise<AuditVerification> {
  const [kept] = await db.select().from(workspace).where(eq(workspace.id, workspaceId));
  if (kept === undefined) throw new Error("no such workspace");
  let sequence = 0;
  let hash = CHAIN_START;
  const broken = (at: number, problem: string): AuditVerification => ({
    ok: false,
    events: sequence,
    head: { sequence, hash },
    firstBroken: { sequence: at, problem },
  });
  for (;;) {
    const page = await db
      .select()
      .from(auditEvent)
      .where(and(eq(auditEvent.workspaceId, workspaceId), gt(auditEvent.sequence, sequence)))
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
  if (sequence !== kept.auditSequence || hash !== kept.auditHead) {
    return broken(sequence + 1, `the chain ends at event ${sequence}, but event ${kept.auditSequence} was written`);
  }
  return { ok: true, events: sequence, head: { sequence, hash }, firstBroken: null };
}
