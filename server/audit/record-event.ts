import { eq } from "drizzle-orm";
import { auditChain, auditEvent } from "../../drizzle/schema/index.ts";
import { type Actor, actorLabel, actorRole } from "../auth/actor.ts";
import type { Db } from "../db/client.ts";
import { auditHash, CHAIN_START } from "./audit-chain.ts";

export interface AuditEntry {
  /** Dotted verb, e.g. "dataset.import". */
  readonly action: string;
  /** What it happened to, readable and unique, e.g. "data set historical-control v2". */
  readonly subject: string;
  /** Old → new in short text; never patient-level data. */
  readonly change: string;
  readonly reason?: string;
  /** The event stands in the chain of this study, else in that of the workspace. */
  readonly studyId?: string;
}

/**
 * Appends an event to its chain. Takes an open transaction, so that a change without its event, or an event without its
 * change, cannot be committed. The lock on the chain's row puts concurrent events in one order.
 */
export async function recordEvent(tx: Db, actor: Actor, now: Date, entry: AuditEntry): Promise<void> {
  const chainId = entry.studyId ?? actor.workspaceId;
  const { workspaceId } = actor;
  const start = { id: chainId, workspaceId, sequence: 0, head: CHAIN_START, startedAt: now };
  await tx.insert(auditChain).values(start).onConflictDoNothing();
  const [chain] = await tx.select().from(auditChain).where(eq(auditChain.id, chainId)).for("update");
  if (chain === undefined || chain.workspaceId !== workspaceId)
    throw new Error("the audit chain is not of this workspace");
  const event = {
    sequence: chain.sequence + 1,
    atUtc: now.toISOString(),
    actor: actorLabel(actor),
    role: actorRole(actor),
    action: entry.action,
    subject: entry.subject,
    change: entry.change,
    reason: entry.reason ?? "",
    previousHash: chain.head,
  };
  const hash = auditHash(event);
  await tx.insert(auditEvent).values({ ...event, hash, workspaceId, chainId });
  await tx.update(auditChain).set({ sequence: event.sequence, head: hash }).where(eq(auditChain.id, chainId));
}
