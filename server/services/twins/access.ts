import { and, eq } from "drizzle-orm";
import { twinSet } from "../../../drizzle/schema/index.ts";
import type { ServiceContext } from "../context.ts";
import { notFound, ServiceError } from "../errors.ts";
import { readDocument } from "../stored-file.ts";
import { type StoredTwins, storedTwinsSchema } from "./stored-twins.ts";

type Scope = Pick<ServiceContext, "db" | "actor">;
export type TwinSetRecord = typeof twinSet.$inferSelect;

export async function twinSetInWorkspace(ctx: Scope, twinSetId: string): Promise<TwinSetRecord> {
  const [row] = await ctx.db
    .select()
    .from(twinSet)
    .where(and(eq(twinSet.id, twinSetId), eq(twinSet.workspaceId, ctx.actor.workspaceId)));
  if (row === undefined) throw notFound("twin set");
  return row;
}

export async function storedTwins(ctx: Scope, row: TwinSetRecord): Promise<StoredTwins> {
  if (row.documentFileId === null) throw new ServiceError("CONFLICT", "These twins have not been generated yet.");
  return readDocument(ctx.db, ctx.actor.workspaceId, row.documentFileId, storedTwinsSchema);
}
