import { z } from "zod";
import { jobIdInput, jobSchema, listJobsInput } from "../../services/job/job-schemas.ts";
import { pending } from "../pending.ts";
import { procedure, router } from "../trpc.ts";

export const jobRouter = router({
  list: procedure
    .input(listJobsInput)
    .output(z.array(jobSchema))
    .query(({ ctx, input }) => pending(ctx, input)),
  get: procedure
    .input(jobIdInput)
    .output(jobSchema)
    .query(({ ctx, input }) => pending(ctx, input.jobId)),
  cancel: procedure
    .input(jobIdInput)
    .output(jobSchema)
    .mutation(({ ctx, input }) => pending(ctx, input.jobId)),
});
