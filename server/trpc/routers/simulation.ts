import { z } from "zod";
import {
  runIdInput,
  simulationDetailSchema,
  simulationRowSchema,
  submitSimulationInput,
} from "../../services/simulation/simulation-schemas.ts";
import { studyIdInput } from "../../services/study/study-schemas.ts";
import { pending } from "../pending.ts";
import { procedure, router } from "../trpc.ts";

export const simulationRouter = router({
  submit: procedure
    .input(submitSimulationInput)
    .output(z.object({ runId: z.uuid(), jobId: z.uuid() }))
    .mutation(({ ctx, input }) => pending(ctx, input)),
  list: procedure
    .input(studyIdInput)
    .output(z.array(simulationRowSchema))
    .query(({ ctx, input }) => pending(ctx, input.studyId)),
  get: procedure
    .input(runIdInput)
    .output(simulationDetailSchema)
    .query(({ ctx, input }) => pending(ctx, input.runId)),
});
