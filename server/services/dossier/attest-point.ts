import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { attestation, dossier } from "../../../drizzle/schema/index.ts";
import { recordEvent } from "../../audit/record-event.ts";
import { actorLabel } from "../../auth/actor.ts";
import { authorize } from "../../auth/authorized.ts";
import type { ServiceContext } from "../context.ts";
import { notFound, ServiceError } from "../errors.ts";
import { signedInUser } from "../session/get-me.ts";
import { dossierInWorkspace } from "./access.ts";
import { assertNothingUnderWay } from "./dossier-request.ts";
import type { AttestInput } from "./dossier-schemas.ts";

/** A person of the role that a point names says what they checked; it enters the record when the dossier is locked. */
export async function attestPoint(ctx: ServiceContext, input: AttestInput): Promise<{ attested: true }> {
  const found = await dossierInWorkspace(ctx, input.dossierId);
  const { id, studyId, version } = authorize(ctx.actor, "checklist.attest", found.dossier);
  const memberId = signedInUser(ctx);
  const role = ctx.actor.kind === "user" ? ctx.actor.role : "system";
  await ctx.db.transaction(async (tx) => {
    const [row] = await tx.select().from(dossier).where(eq(dossier.id, id)).for("update");
    if (row === undefined) throw notFound("dossier");
    if (row.state !== "draft")
      throw new ServiceError("CONFLICT", "This dossier is locked; build a new version to change it.");
    await assertNothingUnderWay(tx, id);
    const point = row.checklist.find((candidate) => candidate.id === input.pointId);
    if (point === undefined) throw notFound("checklist point in this dossier");
    if (point.kind === "machine") throw new ServiceError("CONFLICT", `Point ${point.id} is checked by the program.`);
    if (point.role !== role) {
      throw new ServiceError(
        "FORBIDDEN",
        `Point ${point.id} must be answered by the role ${point.role}; yours is ${role}.`,
      );
    }
    const now = ctx.now();
    const person = actorLabel(ctx.actor);
    await tx.insert(attestation).values({
      id: randomUUID(),
      dossierId: id,
      pointId: point.id,
      memberId,
      person,
      role,
      statement: input.statement,
      at: now,
    });
    await recordEvent(tx, ctx.actor, now, {
      action: "checklist.attest",
      subject: `point ${point.id} of dossier version ${version}`,
      change: `${point.status} → pass: ${input.statement}`,
      studyId,
    });
  });
  return { attested: true };
}
