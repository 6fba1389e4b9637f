import { and, asc, eq, lt } from "drizzle-orm";
import type { DossierBasis } from "../../../drizzle/schema/dossier.ts";
import { auditChain, auditEvent, calculation, dossier, member } from "../../../drizzle/schema/index.ts";
import type { DossierRecord } from "../../../lib/dossier/dossier-record.ts";
import { analysisResultsSchema } from "../../../lib/trial-analysis/analysis-plan.ts";
import type { PackedParts } from "../../jobs/threads/build-dossier.ts";
import { programVersion } from "../../program-version.ts";
import { analysisRunInWorkspace } from "../analysis/access.ts";
import { presentEvent } from "../audit/list-audit.ts";
import type { ServiceContext } from "../context.ts";
import { datasetInWorkspace, subjectsFileOf } from "../dataset/access.ts";
import { ServiceError } from "../errors.ts";
import { modelInWorkspace } from "../model/access.ts";
import { runInWorkspace } from "../simulation/access.ts";
import { readDocument, readStoredFile } from "../stored-file.ts";
import { studyInWorkspace } from "../study/access.ts";
import { quotedSizing } from "../study/study-answer.ts";
import { studyWork } from "../study/study-work.ts";
import { twinSetInWorkspace } from "../twins/access.ts";
import { attestationsOf, type DossierRow } from "./access.ts";

/** Everything a dossier is made of, as it stands now; heavy documents stay packed for the thread. */
export async function gatherRecordParts(ctx: ServiceContext, row: DossierRow): Promise<PackedParts> {
  const basis = row.basis;
  if (basis === null)
    throw new ServiceError("CONFLICT", "This dossier has nothing to be built from. Build a new version.");
  const study = await studyInWorkspace(ctx, row.studyId);
  const sizing = quotedSizing(await studyWork(ctx.db, row.studyId));
  if (sizing === null) throw new ServiceError("CONFLICT", "A dossier needs a saved sizing first.");
  const { model } = await modelInWorkspace(ctx, basis.modelId);
  const { run } = await runInWorkspace(ctx, basis.runId);
  const packed = (fileId: string | null) => {
    if (fileId === null) throw new Error("a result that the dossier rests on has no document");
    return readStoredFile(ctx.db, ctx.actor.workspaceId, fileId);
  };
  return {
    runId: row.id,
    version: row.version,
    createdAtUtc: row.createdAt.toISOString(),
    study: study.specification,
    historical: await source(ctx, basis.historyId),
    enrolled: await source(ctx, basis.enrolledId),
    model: await packed(model.documentFileId),
    sizing,
    simulation: await packed(run.resultFileId),
    analyses: await analysesOf(ctx, basis.analysisRunId),
    calculations: await calculationsOf(ctx, row.studyId),
    timing: {
      planFrozenAtUtc: study.planFrozenAt?.toISOString() ?? null,
      outcomesFirstAccessedAtUtc: study.outcomesFirstAccessedAt?.toISOString() ?? null,
    },
    environment: programVersion(ctx.root),
    members: await members(ctx),
    audit: await auditExtract(ctx, row.studyId),
    attestations: latestAnswers(await attestationsOf(ctx.db, row.id)),
    changes: await changes(ctx, row),
    reviewer: null,
  };
}

/** The twins of a dossier as they are stored. */
export async function packedTwins(ctx: ServiceContext, row: DossierRow): Promise<Uint8Array> {
  if (row.basis === null) throw new ServiceError("CONFLICT", "This dossier has nothing to be built from.");
  const twins = await twinSetInWorkspace(ctx, row.basis.twinSetId);
  if (twins.documentFileId === null) throw new Error("the twins of the dossier have no document");
  return readStoredFile(ctx.db, ctx.actor.workspaceId, twins.documentFileId);
}

async function source(ctx: ServiceContext, datasetId: DossierBasis["historyId"]) {
  const row = await datasetInWorkspace(ctx, datasetId);
  return {
    fileName: row.fileName,
    fileBytes: row.fileBytes,
    fileHash: row.fileHash,
    subjectsFile: subjectsFileOf(row),
    version: row.version,
    importedAtUtc: row.importedAt.toISOString(),
    mapping: row.mapping,
    quality: row.quality,
    data: await readStoredFile(ctx.db, ctx.actor.workspaceId, row.dataFileId),
  };
}

async function members(ctx: ServiceContext): Promise<DossierRecord["members"]> {
  return ctx.db
    .select({ name: member.name, role: member.role })
    .from(member)
    .where(eq(member.workspaceId, ctx.actor.workspaceId))
    .orderBy(asc(member.name));
}

/** Who answered a point twice meant the second answer. */
function latestAnswers(all: DossierRecord["attestations"]): DossierRecord["attestations"] {
  return all.filter((answer, index) => !all.slice(index + 1).some((later) => later.pointId === answer.pointId));
}

/** The whole chain of the study. */
async function auditExtract(ctx: ServiceContext, studyId: string): Promise<DossierRecord["audit"]> {
  const rows = await ctx.db
    .select()
    .from(auditEvent)
    .where(eq(auditEvent.chainId, studyId))
    .orderBy(asc(auditEvent.sequence));
  const [chain] = await ctx.db.select().from(auditChain).where(eq(auditChain.id, studyId));
  const last = rows.at(-1);
  if (chain === undefined || last === undefined) throw new Error("the study has no audit chain");
  return { events: rows.map(presentEvent), total: rows.length, headSequence: last.sequence, headHash: last.hash };
}

async function changes(ctx: ServiceContext, row: DossierRow): Promise<DossierRecord["changes"]> {
  const earlier = await ctx.db
    .select({ version: dossier.version, at: dossier.createdAt, what: dossier.reason })
    .from(dossier)
    .where(and(eq(dossier.studyId, row.studyId), lt(dossier.version, row.version)))
    .orderBy(asc(dossier.version));
  const all = [...earlier, { version: row.version, at: row.createdAt, what: row.reason }];
  return all.map(({ version, at, what }) => ({ version, atUtc: at.toISOString(), what }));
}

/** Results of the analyses that the dossier rests on. */
async function analysesOf(ctx: ServiceContext, runId: string | null): Promise<DossierRecord["analyses"]> {
  if (runId === null) return null;
  const run = await analysisRunInWorkspace(ctx, runId);
  if (run.resultFileId === null) throw new Error("the analyses of the dossier have no result");
  return readDocument(ctx.db, ctx.actor.workspaceId, run.resultFileId, analysisResultsSchema);
}

/** Saved calculations in the order in which they were saved. */
async function calculationsOf(ctx: ServiceContext, studyId: string): Promise<DossierRecord["calculations"]> {
  const rows = await ctx.db
    .select({ name: calculation.name, spec: calculation.spec, report: calculation.report })
    .from(calculation)
    .where(eq(calculation.studyId, studyId))
    .orderBy(asc(calculation.createdAt));
  return rows;
}
