import { eq, sql } from "drizzle-orm";
import { member } from "../../../drizzle/schema/index.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { actorLabel } from "../../auth/actor.ts";
import type { ServiceContext } from "../context.ts";
import { signedInUser } from "./get-me.ts";

/** Ends every session of the person who asks, this one too. */
export async function revokeAllSessions(ctx: ServiceContext): Promise<{ revoked: true }> {
  const userId = signedInUser(ctx);
  await ctx.db.transaction(async (tx) => {
    await tx
      .update(member)
      .set({ sessionVersion: sql`${member.sessionVersion} + 1` })
      .where(eq(member.id, userId));
    await recordEvent(tx, ctx.actor, ctx.now(), {
      action: "member.revoke-sessions",
      subject: `member ${actorLabel(ctx.actor)}`,
      change: "all sessions ended",
    });
  });
  return { revoked: true };
}
