import { randomUUID } from "node:crypto";
import { and, eq, lt, notExists } from "drizzle-orm";
import { dataset, storedFile, upload } from "../../../drizzle/schema/index.ts";
import type { MappingSpec } from "../../../lib/data/mapping-spec.ts";
import { actorLabel } from "../../auth/actor.ts";
import type { Db } from "../../db/client.ts";
import type { ServiceContext } from "../context.ts";
import { sha256OfBytes, storeFile } from "../stored-file.ts";
import { studyFor } from "../study/access.ts";
import { studyWork } from "../study/study-work.ts";
import type { UploadResult } from "./dataset-schemas.ts";
import { MAX_UPLOAD_BYTES } from "./upload-limit.ts";

export interface ReceivedFile {
  readonly studyId: string;
  readonly fileName: string;
  readonly bytes: Uint8Array;
  /** What the file is for; guessed from what the study has already when null. */
  readonly role: MappingSpec["role"] | null;
}

const FORGET_AFTER_MS = 24 * 3_600_000;

/** Reads a received file and keeps it until its mapping is confirmed; an unreadable file is not kept. */
export async function receiveUpload(ctx: ServiceContext, received: ReceivedFile): Promise<UploadResult> {
  const study = await studyFor(ctx, "data.import", received.studyId);
  const { history } = await studyWork(ctx.db, study.id);
  const { bytes } = received;
  const fileName = cleanFileName(received.fileName);
  const about = { fileName, fileBytes: bytes.length, fileHash: sha256OfBytes(bytes) };
  const read = await ctx.threads.run("read-upload", {
    bytes,
    fileName,
    maxBytes: MAX_UPLOAD_BYTES,
    role: received.role ?? (history === null ? "historical-control" : "enrolled"),
    origin: study.specification.dataOrigin,
  });
  if (!read.readable) {
    const { problems, omitted } = read;
    return { ...about, uploadId: null, table: null, suggestion: null, problems: [...problems], omitted };
  }
  const uploadId = randomUUID();
  const now = ctx.now();
  await ctx.db.transaction(async (tx) => {
    await forgetOldUploads(tx, new Date(now.getTime() - FORGET_AFTER_MS));
    const fileId = await storeFile(tx, ctx.actor.workspaceId, bytes, now);
    await tx.insert(upload).values({
      id: uploadId,
      workspaceId: ctx.actor.workspaceId,
      studyId: study.id,
      fileName,
      fileId,
      uploadedBy: actorLabel(ctx.actor),
      createdAt: now,
    });
  });
  return { ...about, uploadId, table: read.table, suggestion: read.suggestion, problems: [], omitted: 0 };
}

async function forgetOldUploads(tx: Db, before: Date): Promise<void> {
  const old = await tx.delete(upload).where(lt(upload.createdAt, before)).returning({ fileId: upload.fileId });
  for (const { fileId } of old) {
    const imported = tx.select({ id: dataset.id }).from(dataset).where(eq(dataset.sourceFileId, fileId));
    await tx.delete(storedFile).where(and(eq(storedFile.id, fileId), notExists(imported)));
  }
}

const LONGEST_NAME = 200;

/** The last part of a path, without control characters. */
function cleanFileName(name: string): string {
  const last = name.replace(/^.*[\\/]/, "");
  const clean = last.replace(/\p{Cc}|\p{Surrogate}/gu, "").trim();
  return clean === "" ? "upload" : clean.slice(-LONGEST_NAME);
}
