import { eq } from "drizzle-orm";
import { auditEvent, workspace } from "../../drizzle/schema/index.ts";
import { type Actor, actorLabel, actorRole } from "../auth/actor.ts";
import type { Db } from "../db/client.ts";
import { auditHash } from "./audit-chain.ts";

export interface AuditEntry {
  /** Dotted verb, e.g. "dataset.import". */
  readonly action: string;
  /** What it happened to, readable and unique, e.g. "data set historical-control v2". */
  readonly subject: string;
  /** Old → new in short text; never patient-level data. */
  readonly change: string;
  readonly reason?: string;
  readonly studyId?: string;
}

/**
 * Appends an event to the workspace's chain. Takes an open transaction, so that a change without its event, or an event
 * without its change, cannot be committed. The lock on the workspace row puts concurrent events in one order.
 */
export async function recordEvent(tx: Db, actor: Actor, now: Date, entry: AuditEntry): Promise<void> {
  const [head] = await tx
    .select({ sequence: workspace.auditSequence, hash: workspace.auditHead })
    .from(workspace)
    .where(eq(workspace.id, actor.workspaceId))
    .for("update");
  if (head === undefined) throw new Error("the workspace of the actor does not exist");
  const event = {
    sequence: head.sequence + 1,
    atUtc: now.toISOString(),
    actor: actorLabel(actor),
    role: actorRole(actor),
    action: entry.action,
    subject: entry.subject,
    change: entry.change,
    reason: entry.reason ?? "",
    previousHash: head.hash,
  };
  const hash = auditHash(event);
  await tx.insert(auditEvent).values({
    ...event,
    hash,
    workspaceId: actor.workspaceId,
    studyId: entry.studyId ?? null,
  });
  await tx
    .update(workspace)
    .set({ auditSequence: event.sequence, auditHead: hash })
    .where(eq(workspace.id, actor.workspaceId));
}
