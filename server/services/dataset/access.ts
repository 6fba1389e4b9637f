import { and, eq } from "drizzle-orm";
import { dataset, upload } from "../../../drizzle/schema/index.ts";
import { type LongDataSet, longDataSetSchema } from "../../../lib/data/long-data-set.ts";
import { type Authorized, authorize } from "../../auth/authorized.ts";
import type { ServiceContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { readDocument } from "../stored-file.ts";
import type { DatasetRow } from "./dataset-schemas.ts";

type Scope = Pick<ServiceContext, "db" | "actor">;
export type DatasetRecord = typeof dataset.$inferSelect;
export type UploadRecord = typeof upload.$inferSelect;

export async function datasetInWorkspace(ctx: Scope, datasetId: string): Promise<DatasetRecord> {
  const [row] = await ctx.db
    .select()
    .from(dataset)
    .where(and(eq(dataset.id, datasetId), eq(dataset.workspaceId, ctx.actor.workspaceId)));
  if (row === undefined) throw notFound("data set");
  return row;
}

/** A received file waiting for its mapping, which the actor may import. */
export async function uploadToImport(ctx: Scope, uploadId: string): Promise<Authorized<UploadRecord, "data.import">> {
  const [row] = await ctx.db
    .select()
    .from(upload)
    .where(and(eq(upload.id, uploadId), eq(upload.workspaceId, ctx.actor.workspaceId)));
  if (row === undefined) throw notFound("upload");
  return authorize(ctx.actor, "data.import", row);
}

export function dataSetDocument(ctx: Scope, row: Pick<DatasetRecord, "dataFileId">): Promise<LongDataSet> {
  return readDocument(ctx.db, ctx.actor.workspaceId, row.dataFileId, longDataSetSchema);
}

type PresentedColumns = Omit<DatasetRow, "current" | "importedAt" | "subjectsFile"> &
  Pick<DatasetRecord, "importedAt" | "subjectsFileName" | "subjectsFileBytes" | "subjectsFileHash">;

export function presentDataset(row: PresentedColumns, current: boolean): DatasetRow {
  return {
    id: row.id,
    role: row.role,
    name: row.name,
    version: row.version,
    current,
    fileName: row.fileName,
    fileBytes: row.fileBytes,
    fileHash: row.fileHash,
    subjectsFile: subjectsFileOf(row),
    dataHash: row.dataHash,
    patients: row.patients,
    visits: row.visits,
    importedAt: row.importedAt.toISOString(),
    importedBy: row.importedBy,
    diagnostics: row.diagnostics,
  };
}

/** The patient-level file that a data set was joined with; null without. */
export function subjectsFileOf(
  row: Pick<DatasetRecord, "subjectsFileName" | "subjectsFileBytes" | "subjectsFileHash">,
): DatasetRow["subjectsFile"] {
  const { subjectsFileName: fileName, subjectsFileBytes: fileBytes, subjectsFileHash: fileHash } = row;
  return fileName === null || fileBytes === null || fileHash === null ? null : { fileName, fileBytes, fileHash };
}
