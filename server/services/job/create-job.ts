import { randomUUID } from "node:crypto";
import { job } from "../../../drizzle/schema/index.ts";
import type { ChainKind, JobKind } from "../../../drizzle/schema/job.ts";
import { actorLabel } from "../../auth/actor.ts";
import type { Db } from "../../db/client.ts";
import type { ServiceContext } from "../context.ts";

export interface NewJob {
  readonly id: string;
  readonly studyId: string;
  readonly kind: JobKind;
  /** Row that the work fills. */
  readonly subjectId: string;
  /** Work that follows when this is done. */
  readonly chain?: readonly ChainKind[];
}

export const newJobId = () => randomUUID();

/** Stores and queues a job in the transaction that creates the row it fills. */
export async function createJob(tx: Db, ctx: ServiceContext, input: NewJob): Promise<void> {
  await tx.insert(job).values({
    id: input.id,
    workspaceId: ctx.actor.workspaceId,
    studyId: input.studyId,
    kind: input.kind,
    subjectId: input.subjectId,
    chain: [...(input.chain ?? [])],
    status: "queued",
    message: "waiting for a worker",
    requestedBy: actorLabel(ctx.actor),
    createdAt: ctx.now(),
  });
  await ctx.jobs.enqueue(tx, input.id);
}
