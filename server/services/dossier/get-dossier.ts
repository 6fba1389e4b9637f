import { asc, eq } from "drizzle-orm";
import { dossierFile } from "../../../drizzle/schema/index.ts";
import type { Attestation } from "../../../lib/dossier/dossier-record.ts";
import type { ServiceContext } from "../context.ts";
import { studyInWorkspace } from "../study/access.ts";
import { studyNow } from "../study/study-now.ts";
import { attestationsOf, type DossierRow, dossierInWorkspace, signaturesOf } from "./access.ts";
import { unfinishedRequest } from "./dossier-request.ts";
import type { DossierDetail } from "./dossier-schemas.ts";
import { presentDossier } from "./list-dossiers.ts";

export async function getDossier(ctx: ServiceContext, dossierId: string): Promise<DossierDetail> {
  const { dossier, status, error } = await dossierInWorkspace(ctx, dossierId);
  const now = await studyNow(ctx.db, await studyInWorkspace(ctx, dossier.studyId));
  const attestations = await attestationsOf(ctx.db, dossierId);
  const files = await ctx.db
    .select()
    .from(dossierFile)
    .where(eq(dossierFile.dossierId, dossierId))
    .orderBy(asc(dossierFile.name));
  return {
    ...presentDossier(dossier, status, now),
    error,
    contents: dossier.contents,
    checklist: answeredChecklist(dossier, attestations),
    attestations,
    signatures: await signaturesOf(ctx.db, dossierId),
    request: await unfinishedRequest(ctx.db, dossierId),
    files: files.map(({ name, mediaType, byteLength, sha256 }) => ({
      name,
      mediaType,
      bytes: byteLength,
      hash: sha256,
    })),
  };
}

/** The checklist of the generated files, with what people have said since they were generated. */
function answeredChecklist(dossier: DossierRow, attestations: readonly Attestation[]): DossierDetail["checklist"] {
  return dossier.checklist.map((point) => {
    if (point.kind === "machine" || point.status !== "open") return point;
    const answer = attestations.findLast((attestation) => attestation.pointId === point.id);
    if (answer === undefined) return point;
    const evidence = `${answer.statement} — ${answer.person} (${answer.role}), ${answer.atUtc}`;
    return { ...point, status: "pass", evidence };
  });
}
