import { defaultSizingSpec } from "../../../lib/sizing/default-sizing-spec.ts";
import type { SizingSpec } from "../../../lib/sizing/sizing-document.ts";
import type { ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import { frozenModelDocument } from "../model/access.ts";
import { studyInWorkspace } from "../study/access.ts";
import { studyWork } from "../study/study-work.ts";

/** Inputs of a sizing as they follow from the current model and the study's target effect. */
export async function sizingDefaults(ctx: ServiceContext, studyId: string): Promise<SizingSpec> {
  const study = await studyInWorkspace(ctx, studyId);
  const { model } = await studyWork(ctx.db, studyId);
  if (model === null) throw new ServiceError("CONFLICT", "There is no frozen model yet. Train one first.");
  return defaultSizingSpec({
    model: await frozenModelDocument(ctx, model),
    targetEffect: study.specification.targetEffect,
  });
}
