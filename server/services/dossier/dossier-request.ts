import { randomUUID } from "node:crypto";
import { and, desc, eq, inArray } from "drizzle-orm";
import type { DossierAct } from "../../../drizzle/schema/dossier.ts";
import { dossierRequest, job } from "../../../drizzle/schema/index.ts";
import type { Actor } from "../../auth/actor.ts";
import { assertOwnPassword } from "../../auth/own-password.ts";
import type { Db } from "../../db/client.ts";
import type { ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import { createJob, newJobId } from "../job/create-job.ts";
import type { DossierRow } from "./access.ts";
import type { DossierDetail } from "./dossier-schemas.ts";

type Person = Extract<Actor, { kind: "user" }>;

const jobKindOf = { lock: "lock-dossier", sign: "sign-dossier" } as const satisfies Record<DossierAct["kind"], string>;

/** Only a person locks or signs, and only one whose password nobody else knows. */
export function personOf(ctx: ServiceContext): Person {
  if (ctx.actor.kind !== "user") throw new ServiceError("FORBIDDEN", "Only a person can lock or sign a dossier.");
  assertOwnPassword(ctx.actor);
  return ctx.actor;
}

/** Writes down what was asked and queues the work, in the transaction that has locked the dossier's row. */
export async function fileRequest(
  tx: Db,
  ctx: ServiceContext,
  row: DossierRow,
  request: { readonly person: Person; readonly act: DossierAct; readonly at: Date },
): Promise<{ jobId: string }> {
  await assertNothingUnderWay(tx, row.id);
  const { person, act, at } = request;
  const jobId = newJobId();
  await createJob(tx, ctx, { id: jobId, studyId: row.studyId, kind: jobKindOf[act.kind], subjectId: row.id });
  await tx.insert(dossierRequest).values({
    id: randomUUID(),
    dossierId: row.id,
    jobId,
    act,
    memberId: person.userId,
    printedName: person.name,
    role: person.role,
    at,
  });
  return { jobId };
}

/** Refused while a lock or a signature is being worked on: what a person decides on must stand still. */
export async function assertNothingUnderWay(tx: Db, dossierId: string): Promise<void> {
  const [open] = await tx
    .select({ act: dossierRequest.act, by: dossierRequest.printedName })
    .from(dossierRequest)
    .innerJoin(job, eq(job.id, dossierRequest.jobId))
    .where(and(eq(dossierRequest.dossierId, dossierId), inArray(job.status, ["queued", "running"])));
  if (open === undefined) return;
  const what = open.act.kind === "lock" ? "being locked" : "being signed";
  throw new ServiceError(
    "CONFLICT",
    `This dossier is ${what} at this moment, asked for by ${open.by}. Try again when that is done.`,
  );
}

/** The request that a job answers. */
export async function requestOfJob<Kind extends DossierAct["kind"]>(db: Db, jobId: string, kind: Kind) {
  const [row] = await db.select().from(dossierRequest).where(eq(dossierRequest.jobId, jobId));
  if (row === undefined || row.act.kind !== kind) throw new Error(`job ${jobId} has no request to ${kind} a dossier`);
  return { ...row, act: row.act as Extract<DossierAct, { kind: Kind }> };
}

/** The last lock or signature that was asked for; null when it was done, because the dossier then shows it. */
export async function unfinishedRequest(db: Db, dossierId: string): Promise<DossierDetail["request"]> {
  const [row] = await db
    .select({ request: dossierRequest, status: job.status, error: job.error })
    .from(dossierRequest)
    .innerJoin(job, eq(job.id, dossierRequest.jobId))
    .where(eq(dossierRequest.dossierId, dossierId))
    .orderBy(desc(dossierRequest.at), desc(job.createdAt))
    .limit(1);
  if (row === undefined || row.status === "done") return null;
  const { request, status, error } = row;
  const { act, jobId, printedName, role, at } = request;
  return { act: act.kind, jobId, status, error, by: printedName, role, atUtc: at.toISOString() };
}
