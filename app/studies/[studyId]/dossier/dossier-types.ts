import type { RouterOutputs } from "../../../_lib/trpc.ts";

export type DossierVersion = RouterOutputs["dossier"]["list"][number];
export type Dossier = RouterOutputs["dossier"]["get"];
export type ChecklistPoint = Dossier["checklist"][number];

export const pdfName = "understudy-dossier.pdf";
export const folderName = "folder.zip";

/** Address of a file of a dossier; `save` downloads it instead of showing it. */
export function fileHref(dossierId: string, name: string, save: boolean): string {
  return `/api/dossiers/${dossierId}/${encodeURIComponent(name)}${save ? "?download" : ""}`;
}
