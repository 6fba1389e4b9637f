import { z } from "zod";
import { createStudy } from "../../services/study/create-study.ts";
import { getStudy } from "../../services/study/get-study.ts";
import { listStudies } from "../../services/study/list-studies.ts";
import { lockPlan } from "../../services/study/lock-plan.ts";
import { openSample } from "../../services/study/open-sample.ts";
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
import { updateSpecification } from "../../services/study/update-specification.ts";
import { procedure, router } from "../trpc.ts";

export const studyRouter = router({
  list: procedure.output(z.array(studyRowSchema)).query(({ ctx }) => listStudies(ctx)),
  create: procedure
    .input(createStudyInput)
    .output(z.object({ id: z.uuid() }))
    .mutation(({ ctx, input }) => createStudy(ctx, input)),
  openSample: procedure
    .input(openSampleInput)
    .output(openedSampleSchema)
    .mutation(({ ctx, input }) => openSample(ctx, input)),
  get: procedure
    .input(studyIdInput)
    .output(studyOverviewSchema)
    .query(({ ctx, input }) => getStudy(ctx, input.studyId)),
  updateSpecification: procedure
    .input(updateSpecificationInput)
    .output(z.object({ revision: z.number().int() }))
    .mutation(({ ctx, input }) => updateSpecification(ctx, input)),
  lockPlan: procedure
    .input(lockPlanInput)
    .output(z.object({ planFrozenAt: z.iso.datetime() }))
    .mutation(({ ctx, input }) => lockPlan(ctx, input)),
});
