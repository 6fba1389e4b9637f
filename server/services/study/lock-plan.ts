import { eq } from "drizzle-orm";
import { study } from "../../../drizzle/schema/index.ts";
import { canonicalJson } from "../../../lib/numerics/canonical-json.ts";
import { sha256Hex } from "../../../lib/numerics/sha256.ts";
import { recordEvent } from "../../audit/record-event.ts";
import type { ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import { studyFor } from "./access.ts";

/** Freezes the study specification; the moment is printed beside that of the first look at enrolled outcomes. */
export async function lockPlan(
  ctx: ServiceContext,
  input: { studyId: string; reason: string },
): Promise<{ planFrozenAt: string }> {
  const { id } = await studyFor(ctx, "study.write", input.studyId);
  return ctx.db.transaction(async (tx) => {
    const [row] = await tx.select().from(study).where(eq(study.id, id)).for("update");
    if (row === undefined) throw new Error("the study disappeared");
    if (row.planFrozenAt !== null) {
      throw new ServiceError("CONFLICT", `The plan was frozen on ${row.planFrozenAt.toISOString()} already.`);
    }
    const now = ctx.now();
    await tx.update(study).set({ planFrozenAt: now, updatedAt: now }).where(eq(study.id, id));
    await recordEvent(tx, ctx.actor, now, {
      action: "study.freeze-plan",
      subject: `study "${row.title}"`,
      change: `draft → frozen; SHA-256 of the specification ${sha256Hex(canonicalJson(row.specification))}`,
      reason: input.reason,
      studyId: id,
    });
    return { planFrozenAt: now.toISOString() };
  });
}
