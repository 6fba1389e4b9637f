import { desc, eq } from "drizzle-orm";
import { calculation } from "../../../drizzle/schema/index.ts";
import type { ServiceContext } from "../context.ts";
import { studyInWorkspace } from "../study/access.ts";
import type { SavedCalculation } from "./calculation-schemas.ts";

/** Saved calculations of a study, newest first. */
export async function listCalculations(ctx: ServiceContext, studyId: string): Promise<SavedCalculation[]> {
  await studyInWorkspace(ctx, studyId);
  const rows = await ctx.db
    .select()
    .from(calculation)
    .where(eq(calculation.studyId, studyId))
    .orderBy(desc(calculation.createdAt));
  return rows.map(({ id, name, spec, report, engineVersion, createdBy, createdAt }) => ({
    id,
    name,
    spec,
    report,
    engineVersion,
    createdBy,
    createdAt: createdAt.toISOString(),
  }));
}
