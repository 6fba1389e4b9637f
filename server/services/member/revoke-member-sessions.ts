import { eq, sql } from "drizzle-orm";
import { member } from "../../../drizzle/schema/index.ts";
import { recordEvent } from "../../audit/record-event.ts";
import type { ServiceContext } from "../context.ts";
import { memberToManage } from "./access.ts";

export async function revokeMemberSessions(ctx: ServiceContext, input: { userId: string }): Promise<{ revoked: true }> {
  const row = await memberToManage(ctx, input.userId);
  await ctx.db.transaction(async (tx) => {
    await tx
      .update(member)
      .set({ sessionVersion: sql`${member.sessionVersion} + 1` })
      .where(eq(member.id, row.id));
    await recordEvent(tx, ctx.actor, ctx.now(), {
      action: "member.revoke-sessions",
      subject: `member ${row.email}`,
      change: "all sessions ended",
    });
  });
  return { revoked: true };
}
