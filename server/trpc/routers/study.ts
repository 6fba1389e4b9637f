import { z } from "zod";
import {
  createStudyInput,
  lockPlanInput,
  openedSampleSchema,
  openSampleInput,
  studyIdInput,
  studyOverviewSchema,
  studyRowSchema,
  updateSpecificationInput,
} from "../../services/study/study-schemas.ts";
import { pending } from "../pending.ts";
import { procedure, router } from "../trpc.ts";

export const studyRouter = router({
  list: procedure.output(z.array(studyRowSchema)).query(({ ctx }) => pending(ctx)),
  create: procedure
    .input(createStudyInput)
    .output(z.object({ id: z.uuid() }))
    .mutation(({ ctx, input }) => pending(ctx, input)),
  openSample: procedure
    .input(openSampleInput)
    .output(openedSampleSchema)
    .mutation(({ ctx, input }) => pending(ctx, input)),
  get: procedure
    .input(studyIdInput)
    .output(studyOverviewSchema)
    .query(({ ctx, input }) => pending(ctx, input.studyId)),
  updateSpecification: procedure
    .input(updateSpecificationInput)
    .output(z.object({ revision: z.number().int() }))
    .mutation(({ ctx, input }) => pending(ctx, input)),
  lockPlan: procedure
    .input(lockPlanInput)
    .output(z.object({ planFrozenAt: z.iso.datetime() }))
    .mutation(({ ctx, input }) => pending(ctx, input)),
});
