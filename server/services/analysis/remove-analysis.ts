import { and, eq } from "drizzle-orm";
import { plannedAnalysis } from "../../../drizzle/schema/index.ts";
import { canonicalJson } from "../../../lib/numerics/canonical-json.ts";
import { recordEvent } from "../../audit/record-event.ts";
import type { ServiceContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { studyFor } from "../study/access.ts";
import { touchStudy } from "../study/touch-study.ts";
import type { RemoveAnalysisInput } from "./analysis-schemas.ts";

/** Takes an analysis out of the plan; results that hold it stay as they are. */
export async function removeAnalysis(
  ctx: ServiceContext,
  { studyId, id, reason }: RemoveAnalysisInput,
): Promise<{ removed: true }> {
  await studyFor(ctx, "analysis.write", studyId);
  await ctx.db.transaction(async (tx) => {
    const [removed] = await tx
      .delete(plannedAnalysis)
      .where(and(eq(plannedAnalysis.studyId, studyId), eq(plannedAnalysis.key, id)))
      .returning();
    if (removed === undefined) throw notFound("analysis");
    const now = ctx.now();
    await touchStudy(tx, studyId, now);
    await recordEvent(tx, ctx.actor, now, {
      action: "analysis.remove",
      subject: `analysis "${removed.name}"`,
      change: `${canonicalJson({ name: removed.name, role: removed.role, spec: removed.spec })} → none`,
      reason,
      studyId,
    });
  });
  return { removed: true };
}
