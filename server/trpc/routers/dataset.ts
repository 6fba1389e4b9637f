import { z } from "zod";
import {
  confirmInput,
  datasetDetailSchema,
  datasetRowSchema,
  previewInput,
  previewResultSchema,
} from "../../services/dataset/dataset-schemas.ts";
import { studyIdInput } from "../../services/study/study-schemas.ts";
import { pending } from "../pending.ts";
import { procedure, router } from "../trpc.ts";

export const datasetRouter = router({
  list: procedure
    .input(studyIdInput)
    .output(z.array(datasetRowSchema))
    .query(({ ctx, input }) => pending(ctx, input.studyId)),
  get: procedure
    .input(z.object({ datasetId: z.uuid() }))
    .output(datasetDetailSchema)
    .query(({ ctx, input }) => pending(ctx, input.datasetId)),
  /** A mutation, because it reads a large file again: never repeated by the client on its own. */
  preview: procedure
    .input(previewInput)
    .output(previewResultSchema)
    .mutation(({ ctx, input }) => pending(ctx, input)),
  confirm: procedure
    .input(confirmInput)
    .output(z.object({ datasetId: z.uuid() }))
    .mutation(({ ctx, input }) => pending(ctx, input)),
});
