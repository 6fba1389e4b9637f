import { and, asc, eq } from "drizzle-orm";
import { attestation, dossier, job, signature } from "../../../drizzle/schema/index.ts";
import type { Attestation, Signature } from "../../../lib/dossier/dossier-record.ts";
import type { Db } from "../../db/client.ts";
import type { ServiceContext } from "../context.ts";
import { notFound } from "../errors.ts";

export type DossierRow = typeof dossier.$inferSelect;

export async function dossierInWorkspace(ctx: Pick<ServiceContext, "db" | "actor">, dossierId: string) {
  const [row] = await ctx.db
    .select({ dossier, status: job.status, error: job.error })
    .from(dossier)
    .innerJoin(job, eq(job.id, dossier.jobId))
    .where(and(eq(dossier.id, dossierId), eq(dossier.workspaceId, ctx.actor.workspaceId)));
  if (row === undefined) throw notFound("dossier");
  return row;
}

export async function attestationsOf(db: Db, dossierId: string): Promise<Attestation[]> {
  const rows = await db
    .select()
    .from(attestation)
    .where(eq(attestation.dossierId, dossierId))
    .orderBy(asc(attestation.at), asc(attestation.id));
  return rows.map(({ pointId, role, person, at, statement }) => ({
    pointId,
    role,
    person,
    atUtc: at.toISOString(),
    statement,
  }));
}

export async function signaturesOf(db: Db, dossierId: string): Promise<Signature[]> {
  const rows = await db
    .select()
    .from(signature)
    .where(eq(signature.dossierId, dossierId))
    .orderBy(asc(signature.at), asc(signature.id));
  return rows.map(({ printedName, role, at, meaning, recordHash }) => ({
    printedName,
    role,
    atUtc: at.toISOString(),
    meaning,
    recordHash,
  }));
}
