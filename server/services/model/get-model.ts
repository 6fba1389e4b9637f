import type { ServiceContext } from "../context.ts";
import { studyInWorkspace } from "../study/access.ts";
import { studyNow } from "../study/study-now.ts";
import { frozenModelDocument, modelInWorkspace } from "./access.ts";
import { presentModel } from "./list-models.ts";
import type { ModelDetail } from "./model-schemas.ts";

export async function getModel(ctx: ServiceContext, modelId: string): Promise<ModelDetail> {
  const { model, status } = await modelInWorkspace(ctx, modelId);
  const now = await studyNow(ctx.db, await studyInWorkspace(ctx, model.studyId));
  const document = model.documentFileId === null ? null : await frozenModelDocument(ctx, model);
  return { ...presentModel(model, status, now), document, hasHeldOut: model.heldOutFileId !== null };
}
