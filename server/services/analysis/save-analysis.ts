import { randomUUID } from "node:crypto";
import { and, eq, max } from "drizzle-orm";
import { plannedAnalysis } from "../../../drizzle/schema/index.ts";
import { canonicalJson } from "../../../lib/numerics/canonical-json.ts";
import type { PlannedAnalysis } from "../../../lib/trial-analysis/analysis-plan.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { actorLabel } from "../../auth/actor.ts";
import type { ServiceContext } from "../context.ts";
import { studyFor } from "../study/access.ts";
import { touchStudy } from "../study/touch-study.ts";
import type { SaveAnalysisInput } from "./analysis-schemas.ts";

/** Adds an analysis to the plan, or replaces the one with the same id; the audit trail keeps both. */
export async function saveAnalysis(
  ctx: ServiceContext,
  { studyId, planned }: SaveAnalysisInput,
): Promise<PlannedAnalysis> {
  await studyFor(ctx, "analysis.write", studyId);
  const { id: key, name, role, spec } = planned;
  await ctx.db.transaction(async (tx) => {
    const [before] = await tx
      .select()
      .from(plannedAnalysis)
      .where(and(eq(plannedAnalysis.studyId, studyId), eq(plannedAnalysis.key, key)))
      .for("update");
    const now = ctx.now();
    const written = { name, role, spec, updatedBy: actorLabel(ctx.actor), updatedAt: now };
    if (before === undefined) {
      const [last] = await tx
        .select({ position: max(plannedAnalysis.position) })
        .from(plannedAnalysis)
        .where(eq(plannedAnalysis.studyId, studyId));
      const position = (last?.position ?? 0) + 1;
      const place = { id: randomUUID(), workspaceId: ctx.actor.workspaceId, studyId, key, position };
      await tx.insert(plannedAnalysis).values({ ...place, ...written });
    } else {
      await tx.update(plannedAnalysis).set(written).where(eq(plannedAnalysis.id, before.id));
    }
    await touchStudy(tx, studyId, now);
    const old =
      before === undefined ? "none" : canonicalJson({ name: before.name, role: before.role, spec: before.spec });
    await recordEvent(tx, ctx.actor, now, {
      action: "analysis.save",
      subject: `analysis "${name}"`,
      change: `${old} → ${canonicalJson({ name, role, spec })}`,
      studyId,
    });
  });
  return planned;
}
