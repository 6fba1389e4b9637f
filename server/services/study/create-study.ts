import { randomUUID } from "node:crypto";
import { study } from "../../../drizzle/schema/index.ts";
import { ENGINE_VERSION } from "../../../lib/engine-version.ts";
import { type StudySpecification, studySpecificationSchema } from "../../../lib/trial/study-specification.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { actorLabel } from "../../auth/actor.ts";
import { assertMay } from "../../auth/authorized.ts";
import type { ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import { checkSpecification } from "./check-specification.ts";
import { startingSpecification } from "./starting-specification.ts";
import type { CreateStudyInput } from "./study-schemas.ts";

export async function createStudy(ctx: ServiceContext, input: CreateStudyInput): Promise<{ id: string }> {
  assertMay(ctx.actor, "study.create");
  const parsed = studySpecificationSchema.safeParse(startingSpecification(input));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const detail = { argument: issue?.path.join(".") ?? "study", requirement: issue?.message ?? "is not admissible" };
    throw new ServiceError("INVALID", `${detail.argument}: ${detail.requirement}`, detail);
  }
  return insertStudy(ctx, parsed.data, null);
}

/** Stores a new study with its audit event. */
export async function insertStudy(
  ctx: ServiceContext,
  specification: StudySpecification,
  sample: "pbc" | "alzheimer" | null,
): Promise<{ id: string }> {
  checkSpecification(specification);
  const id = randomUUID();
  const now = ctx.now();
  await ctx.db.transaction(async (tx) => {
    await tx.insert(study).values({
      id,
      workspaceId: ctx.actor.workspaceId,
      title: specification.title,
      specification,
      sample,
      engineVersion: ENGINE_VERSION,
      createdBy: actorLabel(ctx.actor),
      createdAt: now,
      updatedAt: now,
    });
    await recordEvent(tx, ctx.actor, now, {
      action: "study.create",
      subject: `study "${specification.title}"`,
      change: sample === null ? "created" : `opened from the sample ${sample}`,
      studyId: id,
    });
  });
  return { id };
}
