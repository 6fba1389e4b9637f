import { and, eq } from "drizzle-orm";
import { calculation } from "../../../drizzle/schema/index.ts";
import { recordEvent } from "../../audit/record-event.ts";
import type { ServiceContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { studyFor } from "../study/access.ts";
import { touchStudy } from "../study/touch-study.ts";

/** Takes a saved calculation out of the study; the audit trail keeps what it said. */
export async function removeCalculation(
  ctx: ServiceContext,
  input: { readonly studyId: string; readonly id: string },
): Promise<{ removed: true }> {
  const { id: studyId } = await studyFor(ctx, "design.write", input.studyId);
  await ctx.db.transaction(async (tx) => {
    const [removed] = await tx
      .delete(calculation)
      .where(and(eq(calculation.studyId, studyId), eq(calculation.id, input.id)))
      .returning();
    if (removed === undefined) throw notFound("calculation in this study");
    const now = ctx.now();
    await touchStudy(tx, studyId, now);
    await recordEvent(tx, ctx.actor, now, {
      action: "calculation.remove",
      subject: `calculation "${removed.name}"`,
      change: `${removed.report.method}: ${removed.report.answer} → none`,
      studyId,
    });
  });
  return { removed: true };
}
