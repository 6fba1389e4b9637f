import { asc, eq } from "drizzle-orm";
import { member } from "../../../drizzle/schema/index.ts";
import type { ServiceContext } from "../context.ts";
import { presentMember } from "./access.ts";
import type { Member } from "./member-schemas.ts";

export async function listMembers(ctx: ServiceContext): Promise<Member[]> {
  const rows = await ctx.db
    .select()
    .from(member)
    .where(eq(member.workspaceId, ctx.actor.workspaceId))
    .orderBy(asc(member.name), asc(member.email));
  return rows.map(presentMember);
}
