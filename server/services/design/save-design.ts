import { randomUUID } from "node:crypto";
import { and, eq, max } from "drizzle-orm";
import { design as designTable } from "../../../drizzle/schema/index.ts";
import { canonicalJson } from "../../../lib/numerics/canonical-json.ts";
import type { TrialDesign } from "../../../lib/simulation/simulation-document.ts";
import { stoppingBounds } from "../../../lib/simulation/stopping-rule.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { actorLabel } from "../../auth/actor.ts";
import type { ServiceContext } from "../context.ts";
import { studyFor } from "../study/access.ts";
import { touchStudy } from "../study/touch-study.ts";
import type { SaveDesignInput } from "./design-schemas.ts";

/** Adds a design, or replaces the one with the same id. */
export async function saveDesign(ctx: ServiceContext, { studyId, design }: SaveDesignInput): Promise<TrialDesign> {
  await studyFor(ctx, "design.write", studyId);
  // The engine accepts the plan, or says why not.
  stoppingBounds(design);
  await ctx.db.transaction(async (tx) => {
    const [before] = await tx
      .select()
      .from(designTable)
      .where(and(eq(designTable.studyId, studyId), eq(designTable.key, design.id)))
      .for("update");
    const now = ctx.now();
    const written = { document: design, updatedBy: actorLabel(ctx.actor), updatedAt: now };
    if (before === undefined) {
      const [last] = await tx
        .select({ position: max(designTable.position) })
        .from(designTable)
        .where(eq(designTable.studyId, studyId));
      const position = (last?.position ?? 0) + 1;
      const place = { id: randomUUID(), workspaceId: ctx.actor.workspaceId, studyId, key: design.id, position };
      await tx.insert(designTable).values({ ...place, ...written });
    } else {
      await tx.update(designTable).set(written).where(eq(designTable.id, before.id));
    }
    await touchStudy(tx, studyId, now);
    await recordEvent(tx, ctx.actor, now, {
      action: "design.save",
      subject: `design "${design.name}"`,
      change: `${before === undefined ? "none" : canonicalJson(before.document)} → ${canonicalJson(design)}`,
      studyId,
    });
  });
  return design;
}
