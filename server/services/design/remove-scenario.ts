import { and, eq } from "drizzle-orm";
import { scenario } from "../../../drizzle/schema/index.ts";
import { canonicalJson } from "../../../lib/numerics/canonical-json.ts";
import { recordEvent } from "../../audit/record-event.ts";
import type { ServiceContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { studyFor } from "../study/access.ts";
import { touchStudy } from "../study/touch-study.ts";

export async function removeScenario(
  ctx: ServiceContext,
  input: { studyId: string; scenarioId: string },
): Promise<{ removed: true }> {
  const { id: studyId } = await studyFor(ctx, "design.write", input.studyId);
  await ctx.db.transaction(async (tx) => {
    const [removed] = await tx
      .delete(scenario)
      .where(and(eq(scenario.studyId, studyId), eq(scenario.key, input.scenarioId)))
      .returning();
    if (removed === undefined) throw notFound("scenario in this study");
    const now = ctx.now();
    await touchStudy(tx, studyId, now);
    await recordEvent(tx, ctx.actor, now, {
      action: "scenario.remove",
      subject: `scenario "${removed.document.name}"`,
      change: `${canonicalJson(removed.document)} → none`,
      studyId,
    });
  });
  return { removed: true };
}
