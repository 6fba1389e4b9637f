import { eq } from "drizzle-orm";
import { upload } from "../../../drizzle/schema/index.ts";
import type { ServiceContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { storeFile } from "../stored-file.ts";
import { studyFor } from "../study/access.ts";
import { uploadToImport } from "./access.ts";
import { uploadedFiles } from "./assemble.ts";
import type { UploadResult } from "./dataset-schemas.ts";
import { aboutFile, cleanFileName, forgetFile, type ReceivedFile, readReceived } from "./receive-upload.ts";

/**
 * Reads a file with one row a patient (e.g. ADSL) and keeps it beside the data file of an upload, in the place of one that
 * was there. Without an upload (its data file could not be read) it is only read, so that its problems are known as well.
 */
export async function receiveSubjects(
  ctx: ServiceContext,
  received: ReceivedFile & { readonly uploadId: string | null },
): Promise<UploadResult> {
  const study = await studyFor(ctx, "data.import", received.studyId);
  const { bytes } = received;
  const subjects = { bytes, fileName: cleanFileName(received.fileName) };
  if (received.uploadId === null) {
    const read = await readReceived(ctx, study, received.role, { file: subjects, subjects: null });
    return { ...read, uploadId: null };
  }
  const beside = await uploadToImport(ctx, received.uploadId);
  if (beside.studyId !== study.id) throw notFound("upload");
  const { file } = await uploadedFiles(ctx, beside);
  const read = await readReceived(ctx, study, received.role, { file, subjects });
  if (read.table === null) return { ...read, ...aboutFile(subjects), uploadId: null };
  await ctx.db.transaction(async (tx) => {
    const [current] = await tx.select().from(upload).where(eq(upload.id, beside.id)).for("update");
    if (current === undefined) throw notFound("upload (it has been imported already)");
    const subjectsFileId = await storeFile(tx, ctx.actor.workspaceId, bytes, ctx.now());
    await tx
      .update(upload)
      .set({ subjectsFileId, subjectsFileName: subjects.fileName })
      .where(eq(upload.id, beside.id));
    if (current.subjectsFileId !== null) await forgetFile(tx, current.subjectsFileId);
  });
  return { ...read, uploadId: beside.id };
}
