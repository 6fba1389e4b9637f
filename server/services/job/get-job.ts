import type { ServiceContext } from "../context.ts";
import { jobInWorkspace, presentJob } from "./access.ts";
import type { Job } from "./job-schemas.ts";

export async function getJob(ctx: ServiceContext, jobId: string): Promise<Job> {
  return presentJob(await jobInWorkspace(ctx, jobId), ctx.actor);
}
