import { eq, sql } from "drizzle-orm";
import { member, signInThrottle } from "../../../drizzle/schema/index.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { hashPassword, randomPassword } from "../../auth/password.ts";
import { accountKey } from "../../auth/rate-limit.ts";
import type { ServiceContext } from "../context.ts";
import { memberToManage } from "./access.ts";

/** Gives a member a new random password, returned once; ends their sessions and lifts a lockout. */
export async function resetMemberPassword(
  ctx: ServiceContext,
  input: { userId: string },
): Promise<{ userId: string; temporaryPassword: string }> {
  const row = await memberToManage(ctx, input.userId);
  const temporaryPassword = randomPassword();
  const passwordHash = await hashPassword(temporaryPassword);
  await ctx.db.transaction(async (tx) => {
    await tx
      .update(member)
      .set({ passwordHash, temporaryPassword: true, sessionVersion: sql`${member.sessionVersion} + 1` })
      .where(eq(member.id, row.id));
    await tx.delete(signInThrottle).where(eq(signInThrottle.key, accountKey(row.email)));
    await recordEvent(tx, ctx.actor, ctx.now(), {
      action: "member.reset-password",
      subject: `member ${row.email}`,
      change: "temporary password set; all sessions ended",
    });
  });
  return { userId: row.id, temporaryPassword };
}
