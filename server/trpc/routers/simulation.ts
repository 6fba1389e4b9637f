import { z } from "zod";
import { getSimulation } from "../../services/simulation/get-simulation.ts";
import { listSimulations } from "../../services/simulation/list-simulations.ts";
import {
  runIdInput,
  simulationDetailSchema,
  simulationRowSchema,
  submitSimulationInput,
} from "../../services/simulation/simulation-schemas.ts";
import { submitSimulation } from "../../services/simulation/submit-simulation.ts";
import { studyIdInput } from "../../services/study/study-schemas.ts";
import { procedure, router } from "../trpc.ts";

export const simulationRouter = router({
  submit: procedure
    .input(submitSimulationInput)
    .output(z.object({ runId: z.uuid(), jobId: z.uuid() }))
    .mutation(({ ctx, input }) => submitSimulation(ctx, input)),
  list: procedure
    .input(studyIdInput)
    .output(z.array(simulationRowSchema))
    .query(({ ctx, input }) => listSimulations(ctx, input.studyId)),
  get: procedure
    .input(runIdInput)
    .output(simulationDetailSchema)
    .query(({ ctx, input }) => getSimulation(ctx, input.runId)),
});
