import { randomUUID } from "node:crypto";
import { and, eq, lt, notExists, or } from "drizzle-orm";
import { dataset, storedFile, upload } from "../../../drizzle/schema/index.ts";
import { defaultMaxBytes } from "../../../lib/data/file-size.ts";
import type { MappingSpec } from "../../../lib/data/mapping-spec.ts";
import type { NamedBytes } from "../../../lib/data/read-tables.ts";
import { actorLabel } from "../../auth/actor.ts";
import type { Db } from "../../db/client.ts";
import type { ServiceContext } from "../context.ts";
import { sha256OfBytes, storeFile } from "../stored-file.ts";
import { type StudyRecord, studyFor } from "../study/access.ts";
import { studyWork } from "../study/study-work.ts";
import type { UploadResult } from "./dataset-schemas.ts";

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
  const { bytes } = received;
  const fileName = cleanFileName(received.fileName);
  const read = await readReceived(ctx, study, received.role, { file: { bytes, fileName }, subjects: null });
  if (read.table === null) return { ...read, uploadId: null };
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
  return { ...read, uploadId };
}

/** What received files look like and seem to mean, or every problem of both. */
export async function readReceived(
  ctx: ServiceContext,
  study: Pick<StudyRecord, "id" | "specification">,
  role: ReceivedFile["role"],
  { file, subjects }: { readonly file: NamedBytes; readonly subjects: NamedBytes | null },
): Promise<Omit<UploadResult, "uploadId">> {
  const { history } = await studyWork(ctx.db, study.id);
  const read = await ctx.threads.run("read-upload", {
    file,
    subjects,
    maxBytes: defaultMaxBytes,
    role: role ?? (history === null ? "historical-control" : "enrolled"),
    origin: study.specification.dataOrigin,
  });
  const about = aboutFile(file);
  if (!read.readable) {
    return {
      ...about,
      table: null,
      subjects: null,
      suggestion: null,
      problems: [...read.problems],
      omitted: read.omitted,
    };
  }
  return {
    ...about,
    table: read.table,
    subjects: subjects === null || read.subjects === null ? null : { ...aboutFile(subjects), table: read.subjects },
    suggestion: read.suggestion,
    problems: [],
    omitted: 0,
  };
}

export function aboutFile({ fileName, bytes }: NamedBytes) {
  return { fileName, fileBytes: bytes.length, fileHash: sha256OfBytes(bytes) };
}

async function forgetOldUploads(tx: Db, before: Date): Promise<void> {
  const old = await tx.delete(upload).where(lt(upload.createdAt, before)).returning();
  for (const { fileId, subjectsFileId } of old) {
    for (const id of [fileId, subjectsFileId]) if (id !== null) await forgetFile(tx, id);
  }
}

/** Removes a received file unless it was imported. */
export async function forgetFile(tx: Db, fileId: string): Promise<void> {
  const imported = tx
    .select({ id: dataset.id })
    .from(dataset)
    .where(or(eq(dataset.sourceFileId, fileId), eq(dataset.subjectsSourceFileId, fileId)));
  await tx.delete(storedFile).where(and(eq(storedFile.id, fileId), notExists(imported)));
}

const LONGEST_NAME = 200;

/** The last part of a path, without control characters. */
export function cleanFileName(name: string): string {
  const last = name.replace(/^.*[\\/]/, "");
  const clean = last.replace(/\p{Cc}|\p{Surrogate}/gu, "").trim();
  return clean === "" ? "upload" : clean.slice(-LONGEST_NAME);
}
