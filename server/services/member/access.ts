import { and, eq } from "drizzle-orm";
import { member } from "../../../drizzle/schema/index.ts";
import { type Authorized, authorize } from "../../auth/authorized.ts";
import type { ServiceContext } from "../context.ts";
import { notFound } from "../errors.ts";
import type { Member } from "./member-schemas.ts";

type MemberRow = typeof member.$inferSelect;

/** A member of the actor's workspace whom the actor may manage. */
export async function memberToManage(
  ctx: ServiceContext,
  userId: string,
): Promise<Authorized<MemberRow, "members.manage">> {
  const [row] = await ctx.db
    .select()
    .from(member)
    .where(and(eq(member.id, userId), eq(member.workspaceId, ctx.actor.workspaceId)));
  if (row === undefined) throw notFound("member");
  return authorize(ctx.actor, "members.manage", row);
}

export function presentMember(row: MemberRow): Member {
  return {
    userId: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    temporaryPassword: row.temporaryPassword,
    createdAt: row.createdAt.toISOString(),
  };
}
