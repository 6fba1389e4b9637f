import { defaultSizingSpec } from "../../../lib/sizing/default-sizing-spec.ts";
import { runInSizingSpec } from "../../../lib/sizing/run-in-sizing-spec.ts";
import type { SizingSpec } from "../../../lib/sizing/sizing-document.ts";
import { targetEffectSource } from "../../../lib/trial/study-specification.ts";
import type { ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import { frozenModelDocument } from "../model/access.ts";
import { studyInWorkspace } from "../study/access.ts";
import { studyWork } from "../study/study-work.ts";
import type { SizingDefaultsInput } from "./sizing-schemas.ts";

/** Inputs of a sizing as they follow from the current model and the study's target effect, with or without a run-in. */
export async function sizingDefaults(
  ctx: ServiceContext,
  { studyId, runInVisits }: SizingDefaultsInput,
): Promise<SizingSpec> {
  const study = await studyInWorkspace(ctx, studyId);
  const { model } = await studyWork(ctx.db, studyId);
  if (model === null) throw new ServiceError("CONFLICT", "There is no frozen model yet. Train one first.");
  const request = {
    model: await frozenModelDocument(ctx, model),
    targetEffect: study.specification.targetEffect,
    targetEffectSource: targetEffectSource(study.specification),
  };
  return runInVisits === 0 ? defaultSizingSpec(request) : runInSizingSpec(request, runInVisits);
}
