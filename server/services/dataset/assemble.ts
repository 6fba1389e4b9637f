import { eq } from "drizzle-orm";
import { study } from "../../../drizzle/schema/index.ts";
import { defaultMaxBytes } from "../../../lib/data/file-size.ts";
import type { MappingSpec } from "../../../lib/data/mapping-spec.ts";
import { recordEvent } from "../../audit/record-event.ts";
import type { Db } from "../../db/client.ts";
import type { AssembleOutput } from "../../jobs/threads/assemble-upload.ts";
import type { ServiceContext } from "../context.ts";
import { readStoredFile } from "../stored-file.ts";
import type { UploadRecord } from "./access.ts";

/** Applies a mapping to a kept file and its patient-level file, in a thread. */
export async function assembleUpload(
  ctx: ServiceContext,
  upload: UploadFiles,
  mapping: MappingSpec,
): Promise<AssembleOutput> {
  const { file, subjects } = await uploadedFiles(ctx, upload);
  return ctx.threads.run("assemble-upload", { file, subjects, mapping, maxBytes: defaultMaxBytes });
}

type UploadFiles = Pick<UploadRecord, "fileId" | "fileName" | "subjectsFileId" | "subjectsFileName">;

/** The received bytes of an upload. */
export async function uploadedFiles(ctx: ServiceContext, upload: UploadFiles) {
  const bytes = (id: string) => readStoredFile(ctx.db, ctx.actor.workspaceId, id);
  const { fileId, fileName, subjectsFileId, subjectsFileName } = upload;
  return {
    file: { bytes: await bytes(fileId), fileName },
    subjects:
      subjectsFileId === null || subjectsFileName === null
        ? null
        : { bytes: await bytes(subjectsFileId), fileName: subjectsFileName },
  };
}

/** Notes the moment at which outcomes of enrolled patients were seen for the first time; it is printed in the dossier. */
export async function noteOutcomesSeen(tx: Db, ctx: ServiceContext, studyId: string, how: string): Promise<void> {
  const [row] = await tx
    .select({ title: study.title, seenAt: study.outcomesFirstAccessedAt })
    .from(study)
    .where(eq(study.id, studyId))
    .for("update");
  if (row === undefined || row.seenAt !== null) return;
  const now = ctx.now();
  await tx.update(study).set({ outcomesFirstAccessedAt: now }).where(eq(study.id, studyId));
  await recordEvent(tx, ctx.actor, now, {
    action: "study.see-outcomes",
    subject: `study "${row.title}"`,
    change: `outcomes of enrolled patients seen for the first time, ${how}`,
    studyId,
  });
}
