import { z } from "zod";
import { sizeControlArm } from "../../../lib/sizing/size-control-arm.ts";
import { sizingResultSchema, sizingSpecSchema } from "../../../lib/sizing/sizing-document.ts";
import { listSizings } from "../../services/sizing/list-sizings.ts";
import { saveSizing } from "../../services/sizing/save-sizing.ts";
import { sizingDefaults } from "../../services/sizing/sizing-defaults.ts";
import { savedSizingSchema, saveSizingInput, sizingDefaultsInput } from "../../services/sizing/sizing-schemas.ts";
import { studyIdInput } from "../../services/study/study-schemas.ts";
import { procedure, router } from "../trpc.ts";

export const sizingRouter = router({
  defaults: procedure
    .input(sizingDefaultsInput)
    .output(sizingSpecSchema)
    .query(({ ctx, input }) => sizingDefaults(ctx, input)),
  compute: procedure
    .input(sizingSpecSchema)
    .output(sizingResultSchema)
    .query(({ input }) => sizeControlArm(input)),
  save: procedure
    .input(saveSizingInput)
    .output(z.object({ id: z.uuid() }))
    .mutation(({ ctx, input }) => saveSizing(ctx, input)),
  list: procedure
    .input(studyIdInput)
    .output(z.array(savedSizingSchema))
    .query(({ ctx, input }) => listSizings(ctx, input.studyId)),
});
