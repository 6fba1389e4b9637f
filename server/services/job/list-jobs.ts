import { and, desc, eq, inArray } from "drizzle-orm";
import { job } from "../../../drizzle/schema/index.ts";
import type { ServiceContext } from "../context.ts";
import { studyInWorkspace } from "../study/access.ts";
import { presentJob } from "./access.ts";
import type { Job } from "./job-schemas.ts";

const NEWEST = 100;

export async function listJobs(
  ctx: ServiceContext,
  input: { studyId: string; active?: boolean | undefined },
): Promise<Job[]> {
  await studyInWorkspace(ctx, input.studyId);
  const rows = await ctx.db
    .select()
    .from(job)
    .where(
      and(
        eq(job.studyId, input.studyId),
        input.active === true ? inArray(job.status, ["queued", "running"]) : undefined,
      ),
    )
    .orderBy(desc(job.createdAt), desc(job.id))
    .limit(NEWEST);
  return rows.map((row) => presentJob(row, ctx.actor));
}
