import { randomUUID } from "node:crypto";
import { and, eq, max } from "drizzle-orm";
import { dataset, storedFile, study, upload } from "../../../drizzle/schema/index.ts";
import { describeFileProblem } from "../../../lib/data/file-problem.ts";
import { ENGINE_VERSION } from "../../../lib/engine-version.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { actorLabel } from "../../auth/actor.ts";
import type { Db } from "../../db/client.ts";
import type { ServiceContext } from "../context.ts";
import { notFound, ServiceError } from "../errors.ts";
import { storeFile } from "../stored-file.ts";
import { touchStudy } from "../study/touch-study.ts";
import { uploadToImport } from "./access.ts";
import { assembleUpload, noteOutcomesSeen } from "./assemble.ts";
import type { ConfirmInput } from "./dataset-schemas.ts";

/** Imports an upload under a mapping as the next version of its role: everything in one transaction, or nothing. */
export async function confirmImport(ctx: ServiceContext, input: ConfirmInput): Promise<{ datasetId: string }> {
  const received = await uploadToImport(ctx, input.uploadId);
  const { id: uploadId, studyId, fileId, fileName, subjectsFileId, subjectsFileName } = received;
  const { mapping } = input;
  const result = await assembleUpload(ctx, received, mapping);
  if (!result.assembled) {
    const [first] = result.problems;
    const more = result.problems.length + result.omitted - 1;
    const sentence = first === undefined ? "The file cannot be imported." : describeFileProblem(first);
    throw new ServiceError("INVALID", more > 0 ? `${sentence} (and ${more} more problems)` : sentence);
  }
  const datasetId = randomUUID();
  await ctx.db.transaction(async (tx) => {
    await tx.select({ id: study.id }).from(study).where(eq(study.id, studyId)).for("update");
    const [confirmed] = await tx.delete(upload).where(eq(upload.id, uploadId)).returning();
    if (confirmed === undefined) throw notFound("upload (it has been imported already)");
    // A patient-level file that came in between is not what was checked.
    if (confirmed.subjectsFileId !== subjectsFileId) {
      throw new ServiceError("CONFLICT", "The patient-level file was changed at this moment. Check the files again.");
    }
    const source = await storedFileOf(tx, fileId);
    const subjects = subjectsFileId === null ? null : await storedFileOf(tx, subjectsFileId);
    const joined = subjects === null ? "" : `, joined with ${subjectsFileName} (SHA-256 ${subjects.sha256})`;
    const [before] = await tx
      .select({ version: max(dataset.version) })
      .from(dataset)
      .where(and(eq(dataset.studyId, studyId), eq(dataset.role, mapping.role)));
    const version = (before?.version ?? 0) + 1;
    const now = ctx.now();
    await tx.insert(dataset).values({
      id: datasetId,
      workspaceId: ctx.actor.workspaceId,
      studyId,
      role: mapping.role,
      version,
      name: mapping.name,
      fileName,
      fileBytes: source.byteLength,
      fileHash: source.sha256,
      sourceFileId: fileId,
      subjectsFileName,
      subjectsFileBytes: subjects?.byteLength ?? null,
      subjectsFileHash: subjects?.sha256 ?? null,
      subjectsSourceFileId: subjectsFileId,
      dataFileId: await storeFile(tx, ctx.actor.workspaceId, result.data, now),
      dataHash: result.dataHash,
      mapping,
      mappingHash: result.mappingHash,
      quality: result.quality,
      patients: result.patients,
      visits: result.visits,
      diagnostics: result.quality.diagnostics.length,
      engineVersion: ENGINE_VERSION,
      importedBy: actorLabel(ctx.actor),
      importedAt: now,
    });
    await touchStudy(tx, studyId, now);
    await recordEvent(tx, ctx.actor, now, {
      action: "dataset.import",
      subject: `data set "${mapping.name}" (${mapping.role}) version ${version}`,
      change: `${result.patients} patients from ${fileName} (SHA-256 ${source.sha256})${joined}; data ${result.dataHash}`,
      reason: input.reason,
      studyId,
    });
    if (mapping.role === "enrolled") await noteOutcomesSeen(tx, ctx, studyId, "by their import");
  });
  return { datasetId };
}

async function storedFileOf(tx: Db, id: string) {
  const [row] = await tx.select().from(storedFile).where(eq(storedFile.id, id));
  if (row === undefined) throw new Error("an uploaded file disappeared");
  return row;
}
