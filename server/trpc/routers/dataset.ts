import { z } from "zod";
import { confirmImport } from "../../services/dataset/confirm-import.ts";
import {
  confirmInput,
  datasetDetailSchema,
  datasetRowSchema,
  previewInput,
  previewResultSchema,
} from "../../services/dataset/dataset-schemas.ts";
import { getDataset } from "../../services/dataset/get-dataset.ts";
import { listDatasets } from "../../services/dataset/list-datasets.ts";
import { previewImport } from "../../services/dataset/preview-import.ts";
import { studyIdInput } from "../../services/study/study-schemas.ts";
import { procedure, router } from "../trpc.ts";

export const datasetRouter = router({
  list: procedure
    .input(studyIdInput)
    .output(z.array(datasetRowSchema))
    .query(({ ctx, input }) => listDatasets(ctx, input.studyId)),
  get: procedure
    .input(z.object({ datasetId: z.uuid() }))
    .output(datasetDetailSchema)
    .query(({ ctx, input }) => getDataset(ctx, input.datasetId)),
  /** A mutation, because it reads a large file again: never repeated by the client on its own. */
  preview: procedure
    .input(previewInput)
    .output(previewResultSchema)
    .mutation(({ ctx, input }) => previewImport(ctx, input)),
  confirm: procedure
    .input(confirmInput)
    .output(z.object({ datasetId: z.uuid() }))
    .mutation(({ ctx, input }) => confirmImport(ctx, input)),
});
