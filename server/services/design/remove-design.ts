import { and, eq } from "drizzle-orm";
import { design } from "../../../drizzle/schema/index.ts";
import { canonicalJson } from "../../../lib/numerics/canonical-json.ts";
import { recordEvent } from "../../audit/record-event.ts";
import type { ServiceContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { studyFor } from "../study/access.ts";
import { touchStudy } from "../study/touch-study.ts";

export async function removeDesign(
  ctx: ServiceContext,
  input: { studyId: string; designId: string },
): Promise<{ removed: true }> {
  const { id: studyId } = await studyFor(ctx, "design.write", input.studyId);
  await ctx.db.transaction(async (tx) => {
    const [removed] = await tx
      .delete(design)
      .where(and(eq(design.studyId, studyId), eq(design.key, input.designId)))
      .returning();
    if (removed === undefined) throw notFound("design in this study");
    const now = ctx.now();
    await touchStudy(tx, studyId, now);
    await recordEvent(tx, ctx.actor, now, {
      action: "design.remove",
      subject: `design "${removed.document.name}"`,
      change: `${canonicalJson(removed.document)} → none`,
      studyId,
    });
  });
  return { removed: true };
}
