import { eq } from "drizzle-orm";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { auditEvent, signInThrottle } from "../../../drizzle/schema/index.ts";
import type { SignedIn } from "../../../server/auth/auth.ts";
import { loadActor, SESSION_HOURS } from "../../../server/auth/load-actor.ts";
import { pauseAfter } from "../../../server/auth/rate-limit.ts";
import { signIn } from "../../../server/services/session/sign-in.ts";
import { signOut } from "../../../server/services/session/sign-out.ts";
import { callerOf, createMember, createWorkspace, testPassword } from "../../support/actors.ts";
import { describeOnBothDatabases } from "../../support/database.ts";

describeOnBothDatabases("signing in", (database) => {
  let ada: SignedIn;
  const start = new Date("2026-03-01T10:00:00Z");
  const after = (seconds: number) => new Date(start.getTime() + seconds * 1000);
  const attempt = (password: string, now = start, email = ada.email, address = "192.0.2.1") =>
    signIn(database().db, { email, password, address }, now);

  beforeAll(async () => {
    const { db } = database();
    ada = await createMember(db, await createWorkspace(db), "statistician");
  });
  beforeEach(async () => {
    await database().db.delete(signInThrottle);
  });

  it("accepts the right password whatever the case of the address, and leaves an audit row", async () => {
    expect(await attempt(testPassword, start, ` ${ada.email.toUpperCase()} `)).toMatchObject({ ok: true });
    const rows = await database().db.select().from(auditEvent).where(eq(auditEvent.workspaceId, ada.workspaceId));
    expect(rows.at(-1)).toMatchObject({ action: "session.sign-in", actor: `${ada.name} <${ada.email}>` });
  });

  it("answers an unknown account like a wrong password", async () => {
    expect(await attempt("wrong")).toEqual({ ok: false, retryAfterSeconds: null });
    expect(await attempt("wrong", start, "nobody@example.org")).toEqual({ ok: false, retryAfterSeconds: null });
  });

  it("locks an account after five failures, even for the right password, and opens it again after the pause", async () => {
    for (let failure = 0; failure < 5; failure++)
      expect(await attempt("wrong")).toMatchObject({ retryAfterSeconds: null });
    expect(await attempt(testPassword, after(1))).toEqual({ ok: false, retryAfterSeconds: 29 });
    expect(await attempt(testPassword, after(31))).toMatchObject({ ok: true });
    expect(await attempt("wrong", after(32))).toEqual({ ok: false, retryAfterSeconds: null });
  });

  it("locks an account that does not exist in the same way", async () => {
    for (let failure = 0; failure < 5; failure++) await attempt("wrong", start, "nobody@example.org");
    expect(await attempt("wrong", after(1), "nobody@example.org")).toMatchObject({ retryAfterSeconds: 29 });
  });

  it("lets the pause grow with every further failure", async () => {
    for (let failure = 0; failure < 5; failure++) await attempt("wrong");
    await attempt("wrong", after(31));
    expect(await attempt("wrong", after(32))).toEqual({ ok: false, retryAfterSeconds: 59 });
    expect([4, 5, 6, 7, 30].map((failures) => pauseAfter(failures, { attempts: 5, forgetAfterMs: 0 }))).toEqual([
      0, 30_000, 60_000, 120_000, 3_600_000,
    ]);
  });

  it("counts attempts that are made at the same time", async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => attempt("wrong")));
    expect(answers.filter((answer) => !answer.ok && answer.retryAfterSeconds !== null)).toHaveLength(7);
  });

  it("pauses an address that tries many accounts", async () => {
    for (let failure = 0; failure < 30; failure++) {
      await database().db.delete(signInThrottle).where(eq(signInThrottle.key, "never"));
      await signIn(database().db, { email: `a${failure}@example.org`, password: "x", address: "192.0.2.9" }, start);
    }
    expect(await attempt(testPassword, after(1), ada.email, "192.0.2.9")).toMatchObject({ retryAfterSeconds: 29 });
    expect(await attempt(testPassword, after(1), ada.email, "192.0.2.10")).toMatchObject({ ok: true });
  });

  it("ends a session after its hours, when its person signs out, and when the password changes", async () => {
    const { db } = database();
    const bob = await createMember(db, ada.workspaceId, "sponsor");
    const claims = { userId: bob.userId, sessionVersion: 1, signedInAt: start.getTime() };
    expect(await loadActor(db, claims, after(10))).toEqual(bob);
    expect(await loadActor(db, claims, after(SESSION_HOURS * 3600))).toBeNull();
    await signOut(db, claims, after(10));
    expect(await loadActor(db, claims, after(10))).toBeNull();
    const rows = await db.select().from(auditEvent).where(eq(auditEvent.workspaceId, bob.workspaceId));
    expect(rows.at(-1)).toMatchObject({ action: "session.sign-out", actor: `${bob.name} <${bob.email}>` });
    // A copy of the ended cookie ends nothing.
    await signOut(db, claims, after(11));
    const second = { ...claims, sessionVersion: 2 };
    expect(await loadActor(db, second, after(10))).toEqual(bob);
    await callerOf(database(), bob).session.changePassword({ current: testPassword, next: "another good password" });
    expect(await loadActor(db, second, after(10))).toBeNull();
    expect(await attempt("another good password", start, bob.email)).toMatchObject({ ok: true, sessionVersion: 3 });
  });

  it("asks for the right current password before it is changed", async () => {
    const call = callerOf(database(), ada).session;
    await expect(call.changePassword({ current: "wrong", next: "another good password" })).rejects.toMatchObject({
      code: "BAD_REQUEST",
      message: "The password is not right.",
    });
    await expect(call.changePassword({ current: testPassword, next: "short" })).rejects.toMatchObject({
      code: "BAD_REQUEST",
      message: "next: at least 12 characters",
    });
  });
});
