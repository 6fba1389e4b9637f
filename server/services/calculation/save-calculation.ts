import { randomUUID } from "node:crypto";
import { calculation } from "../../../drizzle/schema/index.ts";
import { ENGINE_VERSION } from "../../../lib/engine-version.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { actorLabel } from "../../auth/actor.ts";
import type { ServiceContext } from "../context.ts";
import { studyFor } from "../study/access.ts";
import { touchStudy } from "../study/touch-study.ts";
import type { SaveCalculationInput } from "./calculation-schemas.ts";

/** Keeps a calculation; its report is computed here, never taken from the client. */
export async function saveCalculation(ctx: ServiceContext, input: SaveCalculationInput): Promise<{ id: string }> {
  const { id: studyId } = await studyFor(ctx, "design.write", input.studyId);
  const report = await ctx.threads.run("calculate", input.spec);
  const id = randomUUID();
  const now = ctx.now();
  await ctx.db.transaction(async (tx) => {
    await tx.insert(calculation).values({
      id,
      workspaceId: ctx.actor.workspaceId,
      studyId,
      name: input.name,
      spec: input.spec,
      report,
      engineVersion: ENGINE_VERSION,
      createdBy: actorLabel(ctx.actor),
      createdAt: now,
    });
    await touchStudy(tx, studyId, now);
    await recordEvent(tx, ctx.actor, now, {
      action: "calculation.save",
      subject: `calculation "${input.name}"`,
      change: `${report.method}: ${report.answer}`,
      studyId,
    });
  });
  return { id };
}
