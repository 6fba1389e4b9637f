import { randomUUID } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { auditChain, auditEvent } from "../../../drizzle/schema/index.ts";
import { CHAIN_START } from "../../../server/audit/audit-chain.ts";
import { recordEvent } from "../../../server/audit/record-event.ts";
import { verifyWorkspace } from "../../../server/audit/verify-chain.ts";
import type { SignedIn } from "../../../server/auth/auth.ts";
import { createMember, createWorkspace } from "../../support/actors.ts";
import { describeOnBothDatabases } from "../../support/database.ts";

describeOnBothDatabases("the audit trail", (database) => {
  let actor: SignedIn;
  const entry = (subject: string) => ({ action: "test.act", subject, change: "a → b", reason: "because" });
  const append = (subject: string) =>
    database().db.transaction((tx) => recordEvent(tx, actor, new Date("2026-01-02T03:04:05.678Z"), entry(subject)));

  beforeAll(async () => {
    const { db } = database();
    actor = await createMember(db, await createWorkspace(db), "statistician");
  });

  it("chains every event to the one before, in one order even when many are written at once", async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => append(`thing ${index}`)));
    const rows = await database()
      .db.select()
      .from(auditEvent)
      .where(eq(auditEvent.workspaceId, actor.workspaceId))
      .orderBy(auditEvent.sequence);
    expect(rows.map((row) => row.sequence)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(rows[0]?.previousHash).toBe(CHAIN_START);
    expect(rows.slice(1).every((row, index) => row.previousHash === rows[index]?.hash)).toBe(true);
    expect(await verifyWorkspace(database().db, actor.workspaceId)).toMatchObject({
      ok: true,
      events: 20,
      firstBroken: null,
    });
  });

  it("disappears with a change that is rolled back", async () => {
    const before = await verifyWorkspace(database().db, actor.workspaceId);
    const failing = database().db.transaction(async (tx) => {
      await recordEvent(tx, actor, new Date(), entry("half"));
      throw new Error("the change failed");
    });
    await expect(failing).rejects.toThrow("the change failed");
    expect(await verifyWorkspace(database().db, actor.workspaceId)).toEqual(before);
  });

  describe("refuses", () => {
    it.each([
      ["to change an event", sql`update audit_event set reason = 'another'`],
      ["to remove an event", sql`delete from audit_event`],
      ["to remove all events", sql`truncate audit_event`],
    ])("%s", async (_name, statement) => {
      const attempt = Promise.resolve(database().db.execute(statement)).catch((error: unknown) => {
        throw error instanceof Error && error.cause instanceof Error ? error.cause : error;
      });
      await expect(attempt).rejects.toThrow(/append-only/);
    });
  });

  describe("notices, with the triggers switched off,", () => {
    const tampered = async (statement: ReturnType<typeof sql>) => {
      const { db } = database();
      let verdict: Awaited<ReturnType<typeof verifyWorkspace>> | undefined;
      const rollback = new Error("rollback");
      await db
        .transaction(async (tx) => {
          await tx.execute(sql`alter table audit_event disable trigger all`);
          await tx.execute(statement);
          verdict = await verifyWorkspace(tx, actor.workspaceId);
          throw rollback;
        })
        .catch((error: unknown) => {
          if (error !== rollback) throw error;
        });
      return verdict;
    };

    it("a changed event", async () => {
      const verdict = await tampered(sql`update audit_event set change = 'a → c' where sequence = 7`);
      expect(verdict?.firstBroken).toEqual({
        sequence: 7,
        problem: "the workspace's chain, event 7: its content does not match its hash",
      });
    });

    it("an event taken out of the middle", async () => {
      const verdict = await tampered(sql`delete from audit_event where sequence = 7`);
      expect(verdict?.firstBroken).toEqual({
        sequence: 7,
        problem: "the workspace's chain, event 7: the event is missing",
      });
    });

    it("a cut-off tail", async () => {
      const verdict = await tampered(sql`delete from audit_event where sequence > 18`);
      expect(verdict).toMatchObject({ ok: false, events: 18, firstBroken: { sequence: 19 } });
    });
  });

  it("gives every study a chain of its own, which starts at 1", async () => {
    const studyId = randomUUID();
    const { db } = database();
    await db.transaction((tx) => recordEvent(tx, actor, new Date(), { ...entry("a study"), studyId }));
    const [event] = await db.select().from(auditEvent).where(eq(auditEvent.chainId, studyId));
    expect(event).toMatchObject({ sequence: 1, previousHash: CHAIN_START });
    expect(await verifyWorkspace(db, actor.workspaceId)).toMatchObject({ ok: true, events: 21 });
  });

  it("is kept apart by workspace", async () => {
    const { db } = database();
    const other = await createMember(db, await createWorkspace(db, "Other"), "admin");
    expect(await verifyWorkspace(db, other.workspaceId)).toMatchObject({ ok: true, events: 0 });
    const [chain] = await db.select().from(auditChain).where(eq(auditChain.workspaceId, actor.workspaceId));
    const foreign = db.transaction((tx) =>
      recordEvent(tx, other, new Date(), { ...entry("x"), studyId: chain?.id ?? "" }),
    );
    await expect(foreign).rejects.toThrow("not of this workspace");
  });
});
