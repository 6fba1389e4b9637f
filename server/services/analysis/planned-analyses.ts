import { asc, eq } from "drizzle-orm";
import { plannedAnalysis } from "../../../drizzle/schema/index.ts";
import type { PlannedAnalysis } from "../../../lib/trial-analysis/analysis-plan.ts";
import type { Db } from "../../db/client.ts";

/** The analyses planned for a study, in their order. */
export async function plannedAnalyses(db: Db, studyId: string): Promise<PlannedAnalysis[]> {
  const rows = await db
    .select()
    .from(plannedAnalysis)
    .where(eq(plannedAnalysis.studyId, studyId))
    .orderBy(asc(plannedAnalysis.position), asc(plannedAnalysis.key));
  return rows.map(({ key, name, role, spec }) => ({ id: key, name, role, spec }));
}
