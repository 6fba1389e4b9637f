import { randomUUID } from "node:crypto";
import { sizing } from "../../../drizzle/schema/index.ts";
import { ENGINE_VERSION } from "../../../lib/engine-version.ts";
import { sizeControlArm } from "../../../lib/sizing/size-control-arm.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { actorLabel } from "../../auth/actor.ts";
import type { ServiceContext } from "../context.ts";
import { studyFor } from "../study/access.ts";
import { touchStudy } from "../study/touch-study.ts";
import type { SaveSizingInput } from "./sizing-schemas.ts";

/** Keeps a sizing; its result is computed here, never taken from the client. */
export async function saveSizing(ctx: ServiceContext, input: SaveSizingInput): Promise<{ id: string }> {
  const { id: studyId } = await studyFor(ctx, "design.write", input.studyId);
  const result = sizeControlArm(input.spec);
  const id = randomUUID();
  const now = ctx.now();
  await ctx.db.transaction(async (tx) => {
    await tx.insert(sizing).values({
      id,
      workspaceId: ctx.actor.workspaceId,
      studyId,
      name: input.name,
      spec: input.spec,
      result,
      engineVersion: ENGINE_VERSION,
      createdBy: actorLabel(ctx.actor),
      createdAt: now,
    });
    await touchStudy(tx, studyId, now);
    await recordEvent(tx, ctx.actor, now, {
      action: "sizing.save",
      subject: `sizing "${input.name}"`,
      change: result.rows.map((row) => `${row.analysis}: ${row.total} patients`).join("; "),
      studyId,
    });
  });
  return { id };
}
