import { eq, sql } from "drizzle-orm";
import { study } from "../../../drizzle/schema/index.ts";
import { canonicalJson } from "../../../lib/numerics/canonical-json.ts";
import type { StudySpecification } from "../../../lib/trial/study-specification.ts";
import { recordEvent } from "../../audit/record-event.ts";
import type { ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import { studyFor } from "./access.ts";
import { checkSpecification } from "./check-specification.ts";
import type { UpdateSpecificationInput } from "./study-schemas.ts";

export async function updateSpecification(
  ctx: ServiceContext,
  input: UpdateSpecificationInput,
): Promise<{ revision: number }> {
  const { id } = await studyFor(ctx, "study.write", input.studyId);
  checkSpecification(input.specification);
  return ctx.db.transaction(async (tx) => {
    const [row] = await tx.select().from(study).where(eq(study.id, id)).for("update");
    if (row === undefined) throw new Error("the study disappeared");
    if (row.planFrozenAt !== null) {
      const when = row.planFrozenAt.toISOString();
      throw new ServiceError("CONFLICT", `The plan was frozen on ${when}; it can no longer be changed.`);
    }
    const specification = withDefaultsLeft(row.specification, input.specification);
    const changed = changedFields(row.specification, specification);
    if (changed.length === 0) return { revision: row.revision };
    const now = ctx.now();
    await tx
      .update(study)
      .set({
        specification,
        title: specification.title,
        revision: sql`${study.revision} + 1`,
        updatedAt: now,
      })
      .where(eq(study.id, id));
    await recordEvent(tx, ctx.actor, now, {
      action: "study.update",
      subject: `study "${row.title}"`,
      change: changed.join("; "),
      reason: input.reason,
      studyId: id,
    });
    return { revision: row.revision + 1 };
  });
}

/** A default that somebody changed is theirs from then on; what the client says about defaults does not count. */
function withDefaultsLeft(before: StudySpecification, after: StudySpecification): StudySpecification {
  const { defaults: _given, ...fields } = after;
  if (before.defaults === undefined) return fields;
  const left = before.defaults.filter((field) => {
    const key = field as keyof StudySpecification;
    return canonicalJson(before[key]) === canonicalJson(after[key]);
  });
  return { ...fields, defaults: left };
}

const LONGEST_VALUE = 120;

/** `field: old → new` for every top-level field that differs, long values cut. */
function changedFields(before: StudySpecification, after: StudySpecification): string[] {
  const shown = (value: unknown) => {
    const text = typeof value === "string" ? value : canonicalJson(value);
    return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
  };
  return (Object.keys(after) as (keyof StudySpecification)[])
    .filter((key) => canonicalJson(before[key]) !== canonicalJson(after[key]))
    .map((key) => `${key}: ${shown(before[key])} → ${shown(after[key])}`);
}
