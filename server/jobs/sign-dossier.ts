import { gunzipSync } from "node:zlib";
import { eq } from "drizzle-orm";
import { dossier, signature } from "../../drizzle/schema/index.ts";
import type { Signature } from "../../lib/dossier/dossier-record.ts";
import { recordEvent } from "../audit/record-event.ts";
import { dossierInWorkspace, signaturesOf } from "../services/dossier/access.ts";
import { requestOfJob } from "../services/dossier/dossier-request.ts";
import { packedTwins } from "../services/dossier/record-parts.ts";
import { storeDossier } from "../services/dossier/store-dossier.ts";
import { ServiceError } from "../services/errors.ts";
import { readStoredFile, sha256OfBytes } from "../services/stored-file.ts";
import { touchStudy } from "../services/study/touch-study.ts";
import type { JobHandler } from "./job-work.ts";
import { makeDossierFiles } from "./make-dossier-files.ts";

/** Makes the files of a locked dossier anew with one more signature, and enters it, both in one transaction. */
export const signDossierJob: JobHandler = async (work) => {
  const { job, ctx } = work;
  const { dossier: locked } = await dossierInWorkspace(ctx, job.subjectId);
  const { id, act, memberId, printedName, role, at } = await requestOfJob(ctx.db, job.id, "sign");
  const { meaning, recordHash } = act;
  const { recordFileId } = locked;
  if (recordFileId === null || locked.recordHash !== recordHash) throw new Error("the record is not the one signed");
  const earlier = await signaturesOf(ctx.db, locked.id);
  const own: Signature = { printedName, role, atUtc: at.toISOString(), meaning, recordHash };
  const document = await readStoredFile(ctx.db, job.workspaceId, recordFileId);
  const stored = sha256OfBytes(gunzipSync(document));
  if (stored !== recordHash) {
    throw new ServiceError(
      "CONFLICT",
      `The stored record is not the one that was locked: its SHA-256 is ${stored}, and the locked record has ${recordHash}. It was altered, so it cannot be signed. Build and lock a new version of the dossier.`,
    );
  }
  const made = await makeDossierFiles(work, async () => ({
    record: { kind: "made", document },
    twins: await packedTwins(ctx, locked),
    signatures: [...earlier, own],
  }));
  if (made.recordHash !== recordHash) throw new Error("the files are not those of the record that is signed");
  return async (tx) => {
    await tx.select({ id: dossier.id }).from(dossier).where(eq(dossier.id, locked.id)).for("update");
    if ((await signaturesOf(tx, locked.id)).length !== earlier.length) {
      throw new ServiceError("CONFLICT", "Somebody else signed at the same moment. Sign again.");
    }
    await tx
      .insert(signature)
      .values({ id, dossierId: locked.id, memberId, printedName, role, meaning, recordHash, at });
    const now = ctx.now();
    await storeDossier(tx, locked, made, now);
    await tx.update(dossier).set({ state: "signed" }).where(eq(dossier.id, locked.id));
    await touchStudy(tx, job.studyId, now);
    await recordEvent(tx, ctx.actor, now, {
      action: "dossier.sign",
      subject: `dossier version ${locked.version}`,
      change: `signed (${meaning}) by ${printedName} (${role}) at ${own.atUtc}: record ${recordHash}`,
      studyId: job.studyId,
    });
  };
};
