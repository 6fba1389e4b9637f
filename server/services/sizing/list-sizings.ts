import { desc, eq } from "drizzle-orm";
import { sizing } from "../../../drizzle/schema/index.ts";
import type { ServiceContext } from "../context.ts";
import { studyInWorkspace } from "../study/access.ts";
import type { SavedSizing } from "./sizing-schemas.ts";

export async function listSizings(ctx: ServiceContext, studyId: string): Promise<SavedSizing[]> {
  await studyInWorkspace(ctx, studyId);
  const rows = await ctx.db.select().from(sizing).where(eq(sizing.studyId, studyId)).orderBy(desc(sizing.createdAt));
  return rows.map(({ id, name, spec, result, createdBy, createdAt }) => ({
    id,
    name,
    spec,
    result,
    createdBy,
    createdAt: createdAt.toISOString(),
  }));
}
