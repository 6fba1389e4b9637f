import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { member } from "../../../drizzle/schema/index.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { assertMay } from "../../auth/authorized.ts";
import { hashPassword, randomPassword } from "../../auth/password.ts";
import type { ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import { normalizeEmail } from "../session/sign-in.ts";
import type { AddMemberInput } from "./member-schemas.ts";

/** Adds a person with a random password that is returned once and must be replaced. */
export async function addMember(
  ctx: ServiceContext,
  input: AddMemberInput,
): Promise<{ userId: string; temporaryPassword: string }> {
  assertMay(ctx.actor, "members.manage");
  const email = normalizeEmail(input.email);
  const temporaryPassword = randomPassword();
  const passwordHash = await hashPassword(temporaryPassword);
  const userId = randomUUID();
  await ctx.db.transaction(async (tx) => {
    const [existing] = await tx.select({ id: member.id }).from(member).where(eq(member.email, email));
    if (existing !== undefined) {
      const requirement = "is in use already";
      throw new ServiceError("CONFLICT", "This e-mail address is in use already.", { argument: "email", requirement });
    }
    await tx.insert(member).values({
      id: userId,
      workspaceId: ctx.actor.workspaceId,
      email,
      name: input.name,
      role: input.role,
      passwordHash,
      temporaryPassword: true,
      createdAt: ctx.now(),
    });
    await recordEvent(tx, ctx.actor, ctx.now(), {
      action: "member.add",
      subject: `member ${email}`,
      change: `added as ${input.role}`,
    });
  });
  return { userId, temporaryPassword };
}
