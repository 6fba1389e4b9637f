import { and, eq } from "drizzle-orm";
import { study } from "../../../drizzle/schema/index.ts";
import { type Authorized, authorize } from "../../auth/authorized.ts";
import type { Permission } from "../../auth/permissions.ts";
import type { ServiceContext } from "../context.ts";
import { notFound } from "../errors.ts";

export type StudyRecord = typeof study.$inferSelect;

/** A study of the actor's workspace, for reading. */
export async function studyInWorkspace(
  ctx: Pick<ServiceContext, "db" | "actor">,
  studyId: string,
): Promise<StudyRecord> {
  const [row] = await ctx.db
    .select()
    .from(study)
    .where(and(eq(study.id, studyId), eq(study.workspaceId, ctx.actor.workspaceId)));
  if (row === undefined) throw notFound("study");
  return row;
}

/** A study of the actor's workspace with the proof that the actor may do `permission` with it. */
export async function studyFor<P extends Permission>(
  ctx: Pick<ServiceContext, "db" | "actor">,
  permission: P,
  studyId: string,
): Promise<Authorized<StudyRecord, P>> {
  return authorize(ctx.actor, permission, await studyInWorkspace(ctx, studyId));
}
