import { eq } from "drizzle-orm";
import { dossier } from "../../../drizzle/schema/index.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { authorize } from "../../auth/authorized.ts";
import type { ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import { confirmPassword } from "../session/confirm-password.ts";
import { studyInWorkspace } from "../study/access.ts";
import { dossierOutOfDate } from "../study/out-of-date.ts";
import { studyNow } from "../study/study-now.ts";
import { type DossierRow, dossierInWorkspace } from "./access.ts";
import { fileRequest, personOf } from "./dossier-request.ts";
import type { LockDossierInput } from "./dossier-schemas.ts";

/**
 * Asks for the final record of a draft, with what people have attested and the audit trail up to now, after the person has
 * given the password again. The job that makes it closes the dossier: from then on only signatures are added, and what
 * they sign is this record.
 */
export async function lockDossier(ctx: ServiceContext, input: LockDossierInput): Promise<{ jobId: string }> {
  const { id } = authorize(ctx.actor, "dossier.lock", (await dossierInWorkspace(ctx, input.dossierId)).dossier);
  const person = personOf(ctx);
  await confirmPassword(ctx, input.password, "password");
  return ctx.db.transaction(async (tx) => {
    const [row] = await tx.select().from(dossier).where(eq(dossier.id, id)).for("update");
    assertDraft(row);
    await assertUpToDate({ ...ctx, db: tx }, row);
    const at = ctx.now();
    const act = { kind: "lock", reason: input.reason } as const;
    const filed = await fileRequest(tx, ctx, row, { person, act, at });
    await recordEvent(tx, ctx.actor, at, {
      action: "dossier.lock-request",
      subject: `dossier version ${row.version}`,
      change: "password confirmed; the final record is being made",
      reason: input.reason,
      studyId: row.studyId,
    });
    return filed;
  });
}

export function assertDraft(row: DossierRow | undefined): asserts row is DossierRow {
  if (row?.state !== "draft") throw new ServiceError("CONFLICT", "This dossier is locked already.");
  if (row.builtAt === null) throw new ServiceError("CONFLICT", "This dossier has not been built yet.");
}

/** Refused when the study has gone on since the draft was built. */
export async function assertUpToDate(ctx: Pick<ServiceContext, "db" | "actor">, row: DossierRow): Promise<void> {
  const stale = dossierOutOfDate(row, await studyNow(ctx.db, await studyInWorkspace(ctx, row.studyId)));
  if (stale === null) return;
  throw new ServiceError("CONFLICT", `This dossier is out of date: ${stale} Build a new version, then lock that.`);
}
