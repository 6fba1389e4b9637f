import { and, eq, ne } from "drizzle-orm";
import { member, workspace } from "../../../drizzle/schema/index.ts";
import { recordEvent } from "../../audit/record-event.ts";
import type { Role } from "../../auth/permissions.ts";
import type { ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import { memberToManage, presentMember } from "./access.ts";
import type { Member } from "./member-schemas.ts";

export async function setMemberRole(ctx: ServiceContext, input: { userId: string; role: Role }): Promise<Member> {
  const row = await memberToManage(ctx, input.userId);
  await ctx.db.transaction(async (tx) => {
    if (row.role === "admin" && input.role !== "admin") {
      // Two admins who demote each other at once would otherwise both succeed.
      await tx.select({ id: workspace.id }).from(workspace).where(eq(workspace.id, row.workspaceId)).for("update");
      const others = await tx
        .select({ id: member.id })
        .from(member)
        .where(and(eq(member.workspaceId, row.workspaceId), eq(member.role, "admin"), ne(member.id, row.id)));
      if (others.length === 0) {
        throw new ServiceError("CONFLICT", "A workspace needs at least one admin. Make somebody else admin first.");
      }
    }
    await tx.update(member).set({ role: input.role }).where(eq(member.id, row.id));
    await recordEvent(tx, ctx.actor, ctx.now(), {
      action: "member.set-role",
      subject: `member ${row.email}`,
      change: `role ${row.role} → ${input.role}`,
    });
  });
  return presentMember({ ...row, role: input.role });
}
