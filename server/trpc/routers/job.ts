import { z } from "zod";
import { cancelJob } from "../../services/job/cancel-job.ts";
import { getJob } from "../../services/job/get-job.ts";
import { jobIdInput, jobSchema, listJobsInput } from "../../services/job/job-schemas.ts";
import { listJobs } from "../../services/job/list-jobs.ts";
import { procedure, router } from "../trpc.ts";

export const jobRouter = router({
  list: procedure
    .input(listJobsInput)
    .output(z.array(jobSchema))
    .query(({ ctx, input }) => listJobs(ctx, input)),
  get: procedure
    .input(jobIdInput)
    .output(jobSchema)
    .query(({ ctx, input }) => getJob(ctx, input.jobId)),
  cancel: procedure
    .input(jobIdInput)
    .output(jobSchema)
    .mutation(({ ctx, input }) => cancelJob(ctx, input.jobId)),
});
