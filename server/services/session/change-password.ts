import { eq, sql } from "drizzle-orm";
import { member } from "../../../drizzle/schema/index.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { actorLabel } from "../../auth/actor.ts";
import { hashPassword } from "../../auth/password.ts";
import type { ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import { confirmPassword } from "./confirm-password.ts";
import { signedInUser } from "./get-me.ts";
import type { ChangePasswordInput } from "./session-schemas.ts";

/** Replaces the password and ends every session of the person, this one too. */
export async function changePassword(ctx: ServiceContext, input: ChangePasswordInput): Promise<{ changed: true }> {
  const userId = signedInUser(ctx);
  await confirmPassword(ctx, input.current, "current");
  if (input.next.normalize("NFC") === input.current.normalize("NFC")) {
    const requirement = "must differ from the current password";
    throw new ServiceError("INVALID", `The new password ${requirement}.`, { argument: "next", requirement });
  }
  const passwordHash = await hashPassword(input.next);
  await ctx.db.transaction(async (tx) => {
    await tx
      .update(member)
      .set({ passwordHash, temporaryPassword: false, sessionVersion: sql`${member.sessionVersion} + 1` })
      .where(eq(member.id, userId));
    await recordEvent(tx, ctx.actor, ctx.now(), {
      action: "member.change-password",
      subject: `member ${actorLabel(ctx.actor)}`,
      change: "password replaced; all sessions ended",
    });
  });
  return { changed: true };
}
