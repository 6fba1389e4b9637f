import { eq, sql } from "drizzle-orm";
import { member } from "../../../drizzle/schema/index.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { loadActor, type SessionClaims } from "../../auth/load-actor.ts";
import type { Db } from "../../db/client.ts";

/**
 * Ends every session of the person whose session this is, so that a copy of its cookie opens nothing any more. A session
 * that has ended already ends nothing: an old cookie must not sign its owner out.
 */
export async function signOut(db: Db, claims: SessionClaims, now: Date): Promise<void> {
  const actor = await loadActor(db, claims, now);
  if (actor === null) return;
  await db.transaction(async (tx) => {
    await tx
      .update(member)
      .set({ sessionVersion: sql`${member.sessionVersion} + 1` })
      .where(eq(member.id, actor.userId));
    await recordEvent(tx, actor, now, {
      action: "session.sign-out",
      subject: `member ${actor.email}`,
      change: "signed out; all sessions ended",
    });
  });
}
