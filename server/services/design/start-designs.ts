import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { design, scenario, sizing as sizingTable } from "../../../drizzle/schema/index.ts";
import { ENGINE_VERSION } from "../../../lib/engine-version.ts";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import { defaultDesigns } from "../../../lib/simulation/default-designs.ts";
import { defaultScenarios } from "../../../lib/simulation/default-scenarios.ts";
import type { SizingResult } from "../../../lib/sizing/sizing-document.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { actorLabel } from "../../auth/actor.ts";
import type { Db } from "../../db/client.ts";
import type { ServiceContext } from "../context.ts";
import { listDesignDocuments, listScenarioDocuments } from "../study/study-work.ts";

/**
 * Gives a study what there is to begin with, as it follows from its first model: a sizing, and the designs and scenarios
 * made from it. What the study has already stays.
 */
export async function startDesigns(
  tx: Db,
  ctx: ServiceContext,
  studyId: string,
  sizing: SizingResult,
  scoreInformation: number,
): Promise<void> {
  const designs = (await listDesignDocuments(tx, studyId)).length > 0 ? [] : admissible(() => defaultDesigns(sizing));
  const scenarios =
    (await listScenarioDocuments(tx, studyId)).length > 0
      ? []
      : defaultScenarios({ sizing, fromModel: true, scoreInformation });
  const now = ctx.now();
  const [known] = await tx
    .select({ id: sizingTable.id })
    .from(sizingTable)
    .where(eq(sizingTable.studyId, studyId))
    .limit(1);
  if (known === undefined) {
    await tx.insert(sizingTable).values({
      id: randomUUID(),
      workspaceId: ctx.actor.workspaceId,
      studyId,
      name: "As derived from the model",
      spec: sizing.spec,
      result: sizing,
      engineVersion: ENGINE_VERSION,
      createdBy: actorLabel(ctx.actor),
      createdAt: now,
    });
  }
  const row = (key: string, position: number) => ({
    id: randomUUID(),
    workspaceId: ctx.actor.workspaceId,
    studyId,
    key,
    position: position + 1,
    updatedBy: actorLabel(ctx.actor),
    updatedAt: now,
  });
  for (const [index, document] of designs.entries()) {
    await tx.insert(design).values({ ...row(document.id, index), document });
  }
  for (const [index, document] of scenarios.entries()) {
    await tx.insert(scenario).values({ ...row(document.id, index), document });
  }
  if (known !== undefined && designs.length + scenarios.length === 0) return;
  await recordEvent(tx, ctx.actor, now, {
    action: "design.start",
    subject: "sizing, designs and scenarios",
    change: `derived from the model: ${known === undefined ? "a sizing, " : ""}${designs.length} designs, ${scenarios.length} scenarios`,
    studyId,
  });
}

/** A sizing at the edge may admit no sequential design; the study then starts without designs. */
function admissible<T>(make: () => T[]): T[] {
  try {
    return make();
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
}
