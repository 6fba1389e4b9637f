import { count, desc, eq } from "drizzle-orm";
import { dossier, job, signature } from "../../../drizzle/schema/index.ts";
import type { JobStatus } from "../../../drizzle/schema/job.ts";
import type { ServiceContext } from "../context.ts";
import { studyInWorkspace } from "../study/access.ts";
import { dossierOutOfDate, type StudyNow } from "../study/out-of-date.ts";
import { studyNow } from "../study/study-now.ts";
import type { DossierRow as DossierRecord } from "./access.ts";
import type { DossierRow } from "./dossier-schemas.ts";

export async function listDossiers(ctx: ServiceContext, studyId: string): Promise<DossierRow[]> {
  const study = await studyInWorkspace(ctx, studyId);
  const now = await studyNow(ctx.db, study);
  const rows = await ctx.db
    .select({ dossier, status: job.status, signatures: count(signature.id) })
    .from(dossier)
    .innerJoin(job, eq(job.id, dossier.jobId))
    .leftJoin(signature, eq(signature.dossierId, dossier.id))
    .where(eq(dossier.studyId, studyId))
    .groupBy(dossier.id, job.id)
    .orderBy(desc(dossier.version));
  return rows.map((row) => ({ ...presentDossier(row.dossier, row.status, now), signatures: row.signatures }));
}

export function presentDossier(row: DossierRecord, status: JobStatus, now: StudyNow): Omit<DossierRow, "signatures"> {
  return {
    id: row.id,
    version: row.version,
    status,
    jobId: row.jobId,
    state: row.state,
    reason: row.reason,
    recordHash: row.recordHash,
    pdfHash: row.pdfHash,
    pages: row.pages,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    lockedAt: row.lockedAt?.toISOString() ?? null,
    outOfDate: row.builtAt === null ? null : dossierOutOfDate(row, now),
  };
}
