import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { dossier, signature } from "../../../drizzle/schema/index.ts";
import type { Signature } from "../../../lib/dossier/dossier-record.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { authorize } from "../../auth/authorized.ts";
import type { ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import { confirmPassword } from "../session/confirm-password.ts";
import { signedInUser } from "../session/get-me.ts";
import { readStoredFile } from "../stored-file.ts";
import { touchStudy } from "../study/touch-study.ts";
import { type DossierRow, dossierInWorkspace, signaturesOf } from "./access.ts";
import type { SignDossierInput } from "./dossier-schemas.ts";
import { makeFiles } from "./make-files.ts";
import { packedTwins } from "./record-parts.ts";
import { storeDossier } from "./store-dossier.ts";

/** Signs the record of a locked dossier after asking for the password again; the files are made anew with the signature. */
export async function signDossier(
  ctx: ServiceContext,
  input: SignDossierInput,
): Promise<{ state: DossierRow["state"] }> {
  const found = (await dossierInWorkspace(ctx, input.dossierId)).dossier;
  const { id } = authorize(ctx.actor, "dossier.sign", found);
  const memberId = signedInUser(ctx);
  if (ctx.actor.kind !== "user") throw new ServiceError("FORBIDDEN", "Only a person can sign.");
  const { name: printedName, role } = ctx.actor;
  const { recordHash, recordFileId } = found;
  if (found.state === "draft" || recordHash === null || recordFileId === null) {
    throw new ServiceError("CONFLICT", "Lock the dossier before it is signed.");
  }
  await confirmPassword(ctx, input.password, "password");
  const at = ctx.now();
  const earlier = await signaturesOf(ctx.db, id);
  if (earlier.some((one) => one.printedName === printedName && one.role === role && one.meaning === input.meaning)) {
    throw new ServiceError("CONFLICT", "You have signed this dossier with this meaning already.");
  }
  const own: Signature = { printedName, role, atUtc: at.toISOString(), meaning: input.meaning, recordHash };
  const { workspaceId } = ctx.actor;
  const made = await makeFiles(ctx, id, async () => ({
    record: { kind: "made", document: await readStoredFile(ctx.db, workspaceId, recordFileId) },
    twins: await packedTwins(ctx, found),
    signatures: [...earlier, own],
  }));
  if (made.recordHash !== recordHash) throw new Error("the record changed while it was being signed");
  await ctx.db.transaction(async (tx) => {
    await tx.select({ id: dossier.id }).from(dossier).where(eq(dossier.id, id)).for("update");
    const present = await tx
      .select({ id: signature.id })
      .from(signature)
      .where(and(eq(signature.dossierId, id)));
    if (present.length !== earlier.length) {
      throw new ServiceError("CONFLICT", "Somebody else signed at the same moment. Sign again.");
    }
    await tx.insert(signature).values({
      id: randomUUID(),
      dossierId: id,
      memberId,
      printedName,
      role,
      meaning: input.meaning,
      recordHash,
      at,
    });
    await storeDossier(tx, found, made, at);
    await tx.update(dossier).set({ state: "signed" }).where(eq(dossier.id, id));
    await touchStudy(tx, found.studyId, at);
    await recordEvent(tx, ctx.actor, at, {
      action: "dossier.sign",
      subject: `dossier version ${found.version}`,
      change: `signed (${input.meaning}) record ${recordHash}`,
      studyId: found.studyId,
    });
  });
  return { state: "signed" };
}
