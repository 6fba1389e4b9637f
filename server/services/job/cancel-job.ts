import { eq } from "drizzle-orm";
import { job } from "../../../drizzle/schema/index.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { authorize } from "../../auth/authorized.ts";
import type { ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import { cancelRefusal, jobInWorkspace, presentJob } from "./access.ts";
import type { Job } from "./job-schemas.ts";

/** A waiting job is cancelled at once; a running one is stopped by its worker within about a second. */
export async function cancelJob(ctx: ServiceContext, jobId: string): Promise<Job> {
  const { id } = authorize(ctx.actor, "job.cancel", await jobInWorkspace(ctx, jobId));
  const cancelled = await ctx.db.transaction(async (tx) => {
    const [row] = await tx.select().from(job).where(eq(job.id, id)).for("update");
    if (row === undefined || (row.status !== "queued" && row.status !== "running")) {
      throw new ServiceError("CONFLICT", `This job is ${row?.status ?? "gone"} already.`);
    }
    const refusal = cancelRefusal(ctx.actor, row);
    if (refusal !== null) throw new ServiceError("FORBIDDEN", refusal);
    const now = ctx.now();
    const change =
      row.status === "queued"
        ? ({
            status: "cancelled",
            cancelRequested: true,
            message: "cancelled before it started",
            finishedAt: now,
          } as const)
        : ({ cancelRequested: true, message: "stopping" } as const);
    const [updated] = await tx.update(job).set(change).where(eq(job.id, id)).returning();
    await recordEvent(tx, ctx.actor, now, {
      action: "job.cancel",
      subject: `${row.kind} ${row.id}`,
      change: `${row.status} → cancelled`,
      studyId: row.studyId,
    });
    return updated ?? row;
  });
  ctx.jobs.abort(id);
  return presentJob(cancelled, ctx.actor);
}
