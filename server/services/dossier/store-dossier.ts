import { eq } from "drizzle-orm";
import { dossier, dossierFile } from "../../../drizzle/schema/index.ts";
import type { Db } from "../../db/client.ts";
import type { BuildDossierOutput } from "../../jobs/threads/build-dossier.ts";
import { sha256OfBytes, storeFile } from "../stored-file.ts";

/** Puts the generated files in the place of those that the dossier had. */
export async function storeDossier(
  tx: Db,
  row: { readonly id: string; readonly workspaceId: string },
  made: BuildDossierOutput,
  now: Date,
): Promise<void> {
  await tx.delete(dossierFile).where(eq(dossierFile.dossierId, row.id));
  for (const { name, mediaType, bytes } of made.files) {
    const fileId = await storeFile(tx, row.workspaceId, bytes, now);
    const sha256 = sha256OfBytes(bytes);
    await tx
      .insert(dossierFile)
      .values({ dossierId: row.id, name, mediaType, byteLength: bytes.length, sha256, fileId });
  }
  await tx
    .update(dossier)
    .set({
      recordFileId: await storeFile(tx, row.workspaceId, made.record, now),
      recordHash: made.recordHash,
      pdfHash: made.pdfHash,
      pages: made.pages,
      contents: made.contents,
      checklist: made.checklist,
      builtAt: now,
    })
    .where(eq(dossier.id, row.id));
}
