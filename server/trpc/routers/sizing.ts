import { z } from "zod";
import { sizingResultSchema, sizingSpecSchema } from "../../../lib/sizing/sizing-document.ts";
import { savedSizingSchema, saveSizingInput } from "../../services/sizing/sizing-schemas.ts";
import { studyIdInput } from "../../services/study/study-schemas.ts";
import { pending } from "../pending.ts";
import { procedure, router } from "../trpc.ts";

export const sizingRouter = router({
  defaults: procedure
    .input(studyIdInput)
    .output(sizingSpecSchema)
    .query(({ ctx, input }) => pending(ctx, input.studyId)),
  compute: procedure
    .input(sizingSpecSchema)
    .output(sizingResultSchema)
    .query(({ input }) => pending(input)),
  save: procedure
    .input(saveSizingInput)
    .output(z.object({ id: z.uuid() }))
    .mutation(({ ctx, input }) => pending(ctx, input)),
  list: procedure
    .input(studyIdInput)
    .output(z.array(savedSizingSchema))
    .query(({ ctx, input }) => pending(ctx, input.studyId)),
});
