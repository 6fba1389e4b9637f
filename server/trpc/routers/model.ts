import { z } from "zod";
import { trainingSpecSchema } from "../../../lib/progression/model-document.ts";
import { bringInFederatedModel } from "../../services/model/bring-in-federated-model.ts";
import { getModel } from "../../services/model/get-model.ts";
import { listModels } from "../../services/model/list-models.ts";
import {
  bringInModelInput,
  modelDetailSchema,
  modelIdInput,
  modelRowSchema,
  trainModelInput,
} from "../../services/model/model-schemas.ts";
import { trainModel } from "../../services/model/train-model.ts";
import { trainingDefaults } from "../../services/model/training-defaults.ts";
import { studyIdInput } from "../../services/study/study-schemas.ts";
import { procedure, router } from "../trpc.ts";

export const modelRouter = router({
  list: procedure
    .input(studyIdInput)
    .output(z.array(modelRowSchema))
    .query(({ ctx, input }) => listModels(ctx, input.studyId)),
  get: procedure
    .input(modelIdInput)
    .output(modelDetailSchema)
    .query(({ ctx, input }) => getModel(ctx, input.modelId)),
  /** Training choices that fit the study and its current historical data set. */
  defaults: procedure
    .input(studyIdInput)
    .output(trainingSpecSchema)
    .query(({ ctx, input }) => trainingDefaults(ctx, input.studyId)),
  train: procedure
    .input(trainModelInput)
    .output(z.object({ jobId: z.uuid(), modelId: z.uuid() }))
    .mutation(({ ctx, input }) => trainModel(ctx, input)),
  /** A model that a federation of sites has made, verified against its report and the study's own data set. */
  bringIn: procedure
    .input(bringInModelInput)
    .output(z.object({ modelId: z.uuid() }))
    .mutation(({ ctx, input }) => bringInFederatedModel(ctx, input)),
});
