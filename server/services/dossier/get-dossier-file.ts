import { asc, eq } from "drizzle-orm";
import { dossierFile } from "../../../drizzle/schema/index.ts";
import type { ServiceContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { readStoredFile } from "../stored-file.ts";
import { dossierInWorkspace } from "./access.ts";
import { zipFolder } from "./zip-folder.ts";

export interface DownloadedFile {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export const FOLDER_FILE = "folder.zip";

/** One file of a dossier, or all of them as `folder.zip`. */
export async function getDossierFile(ctx: ServiceContext, dossierId: string, name: string): Promise<DownloadedFile> {
  const { dossier } = await dossierInWorkspace(ctx, dossierId);
  const files = await ctx.db
    .select()
    .from(dossierFile)
    .where(eq(dossierFile.dossierId, dossierId))
    .orderBy(asc(dossierFile.name));
  const content = (fileId: string) => readStoredFile(ctx.db, ctx.actor.workspaceId, fileId);
  if (name === FOLDER_FILE && files.length > 0) {
    const entries = [];
    for (const file of files) entries.push({ name: file.name, bytes: await content(file.fileId) });
    const folder = `understudy-dossier-v${dossier.version}`;
    const bytes = zipFolder(folder, entries, dossier.builtAt ?? dossier.createdAt);
    return { name: `${folder}.zip`, mediaType: "application/zip", bytes };
  }
  const file = files.find((candidate) => candidate.name === name);
  if (file === undefined) throw notFound("file in this dossier");
  return { name: file.name, mediaType: file.mediaType, bytes: await content(file.fileId) };
}
