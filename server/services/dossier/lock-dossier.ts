import { eq } from "drizzle-orm";
import { dossier } from "../../../drizzle/schema/index.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { authorize } from "../../auth/authorized.ts";
import type { ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import { studyInWorkspace } from "../study/access.ts";
import { dossierOutOfDate } from "../study/out-of-date.ts";
import { studyNow } from "../study/study-now.ts";
import { touchStudy } from "../study/touch-study.ts";
import { type DossierRow, dossierInWorkspace } from "./access.ts";
import { makeFiles } from "./make-files.ts";
import { gatherRecordParts, packedTwins } from "./record-parts.ts";
import { storeDossier } from "./store-dossier.ts";

/**
 * Makes the final record of a draft, with what people have attested and the audit trail up to the lock, and closes it:
 * from here on only signatures are added, and what they sign is this record.
 */
export async function lockDossier(
  ctx: ServiceContext,
  input: { dossierId: string; reason: string },
): Promise<{ state: DossierRow["state"] }> {
  const found = (await dossierInWorkspace(ctx, input.dossierId)).dossier;
  const { id } = authorize(ctx.actor, "dossier.lock", found);
  assertDraft(found);
  const study = await studyInWorkspace(ctx, found.studyId);
  const stale = dossierOutOfDate(found, await studyNow(ctx.db, study));
  if (stale !== null) {
    throw new ServiceError("CONFLICT", `This dossier is out of date: ${stale} Build a new version, then lock that.`);
  }
  await ctx.db.transaction((tx) =>
    recordEvent(tx, ctx.actor, ctx.now(), {
      action: "dossier.lock-request",
      subject: `dossier version ${found.version}`,
      change: "the final record is being made",
      reason: input.reason,
      studyId: found.studyId,
    }),
  );
  const made = await makeFiles(ctx, id, async () => ({
    record: { kind: "parts", parts: await gatherRecordParts(ctx, found) },
    twins: await packedTwins(ctx, found),
    signatures: [],
  }));
  await ctx.db.transaction(async (tx) => {
    const [row] = await tx.select().from(dossier).where(eq(dossier.id, id)).for("update");
    assertDraft(row);
    const now = ctx.now();
    await storeDossier(tx, found, made, now);
    await tx.update(dossier).set({ state: "locked", lockedAt: now }).where(eq(dossier.id, id));
    await touchStudy(tx, found.studyId, now);
    await recordEvent(tx, ctx.actor, now, {
      action: "dossier.lock",
      subject: `dossier version ${found.version}`,
      change: `draft → locked; record ${made.recordHash}`,
      reason: input.reason,
      studyId: found.studyId,
    });
  });
  return { state: "locked" };
}

function assertDraft(row: DossierRow | undefined): asserts row is DossierRow {
  if (row?.state !== "draft") throw new ServiceError("CONFLICT", "This dossier is locked already.");
  if (row.builtAt === null) throw new ServiceError("CONFLICT", "This dossier has not been built yet.");
}
