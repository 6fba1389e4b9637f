import { randomUUID } from "node:crypto";
import { and, eq, max } from "drizzle-orm";
import { scenario as scenarioTable } from "../../../drizzle/schema/index.ts";
import { canonicalJson } from "../../../lib/numerics/canonical-json.ts";
import type { Scenario } from "../../../lib/simulation/simulation-document.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { actorLabel } from "../../auth/actor.ts";
import type { ServiceContext } from "../context.ts";
import { studyFor } from "../study/access.ts";
import { touchStudy } from "../study/touch-study.ts";
import type { SaveScenarioInput } from "./design-schemas.ts";

/** Adds a scenario, or replaces the one with the same id. */
export async function saveScenario(ctx: ServiceContext, { studyId, scenario }: SaveScenarioInput): Promise<Scenario> {
  await studyFor(ctx, "design.write", studyId);
  await ctx.db.transaction(async (tx) => {
    const [before] = await tx
      .select()
      .from(scenarioTable)
      .where(and(eq(scenarioTable.studyId, studyId), eq(scenarioTable.key, scenario.id)))
      .for("update");
    const now = ctx.now();
    const written = { document: scenario, updatedBy: actorLabel(ctx.actor), updatedAt: now };
    if (before === undefined) {
      const [last] = await tx
        .select({ position: max(scenarioTable.position) })
        .from(scenarioTable)
        .where(eq(scenarioTable.studyId, studyId));
      const position = (last?.position ?? 0) + 1;
      const place = { id: randomUUID(), workspaceId: ctx.actor.workspaceId, studyId, key: scenario.id, position };
      await tx.insert(scenarioTable).values({ ...place, ...written });
    } else {
      await tx.update(scenarioTable).set(written).where(eq(scenarioTable.id, before.id));
    }
    await touchStudy(tx, studyId, now);
    await recordEvent(tx, ctx.actor, now, {
      action: "scenario.save",
      subject: `scenario "${scenario.name}"`,
      change: `${before === undefined ? "none" : canonicalJson(before.document)} → ${canonicalJson(scenario)}`,
      studyId,
    });
  });
  return scenario;
}
