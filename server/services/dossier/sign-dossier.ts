import { and, eq } from "drizzle-orm";
import { dossier, signature } from "../../../drizzle/schema/index.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { authorize } from "../../auth/authorized.ts";
import type { ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import { confirmPassword } from "../session/confirm-password.ts";
import { dossierInWorkspace } from "./access.ts";
import { fileRequest, personOf } from "./dossier-request.ts";
import type { SignDossierInput } from "./dossier-schemas.ts";

/**
 * A person signs the record of a locked dossier after giving the password again. This moment is the time of the signature;
 * a job prints it into the files, and the signature counts when they are there.
 */
export async function signDossier(ctx: ServiceContext, input: SignDossierInput): Promise<{ jobId: string }> {
  const { id } = authorize(ctx.actor, "dossier.sign", (await dossierInWorkspace(ctx, input.dossierId)).dossier);
  const person = personOf(ctx);
  await confirmPassword(ctx, input.password, "password");
  return ctx.db.transaction(async (tx) => {
    const [row] = await tx.select().from(dossier).where(eq(dossier.id, id)).for("update");
    if (row === undefined || row.state === "draft" || row.recordHash === null) {
      throw new ServiceError("CONFLICT", "Lock the dossier before it is signed.");
    }
    const { meaning } = input;
    // By account: two people may share a name and a role, and one person may come to have another.
    const [signed] = await tx
      .select({ id: signature.id })
      .from(signature)
      .where(and(eq(signature.dossierId, id), eq(signature.memberId, person.userId), eq(signature.meaning, meaning)));
    if (signed !== undefined)
      throw new ServiceError("CONFLICT", "You have signed this dossier with this meaning already.");
    const at = ctx.now();
    const act = { kind: "sign", meaning, recordHash: row.recordHash } as const;
    const filed = await fileRequest(tx, ctx, row, { person, act, at });
    await recordEvent(tx, ctx.actor, at, {
      action: "dossier.sign-request",
      subject: `dossier version ${row.version}`,
      change: `password confirmed; signs (${meaning}) record ${row.recordHash}`,
      studyId: row.studyId,
    });
    return filed;
  });
}
