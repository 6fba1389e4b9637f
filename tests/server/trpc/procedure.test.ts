import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { DomainError, type DomainErrorCode } from "../../../lib/errors/domain-error.ts";
import type { SignedIn } from "../../../server/auth/auth.ts";
import { loadActor } from "../../../server/auth/load-actor.ts";
import type { Database } from "../../../server/db/open-database.ts";
import { personOf } from "../../../server/services/dossier/dossier-request.ts";
import { ServiceError } from "../../../server/services/errors.ts";
import { errorDetail, toTrpcError } from "../../../server/trpc/error-map.ts";
import { appRouter, createCaller } from "../../../server/trpc/root.ts";
import { findUnstorableText } from "../../../server/trpc/unstorable-text.ts";
import { callerOf, contextOf, createMember, createWorkspace, testPassword } from "../../support/actors.ts";
import { embeddedTestDatabase } from "../../support/database.ts";

describe("a procedure", () => {
  let database: Database;
  let ada: SignedIn;
  beforeAll(async () => {
    database = await embeddedTestDatabase();
    ada = await createMember(database.db, await createWorkspace(database.db), "admin");
  });
  afterAll(() => database.close());

  it("declares what it gives back", () => {
    const procedures = Object.entries(appRouter._def.procedures) as unknown as [
      string,
      { _def: { output?: unknown } },
    ][];
    expect(procedures.filter(([, procedure]) => procedure._def.output === undefined).map(([name]) => name)).toEqual([]);
  });

  it("asks for a session before anything else", async () => {
    const nobody = createCaller({ service: null, log: () => {} });
    await expect(nobody.study.list()).rejects.toMatchObject({ code: "UNAUTHORIZED", message: "Please sign in." });
    await expect(nobody.study.get({ studyId: "not even an id" })).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  });

  it("asks a person with a given password for one of their own before anything else", async () => {
    const eve = await createMember(database.db, await createWorkspace(database.db), "admin", true);
    const call = callerOf(database, eve);
    const own = { code: "FORBIDDEN", message: expect.stringContaining("Choose your own first") };
    await expect(call.study.list()).rejects.toMatchObject(own);
    await expect(call.members.resetPassword({ userId: ada.userId })).rejects.toMatchObject(own);
    const dossierId = randomUUID();
    const password = testPassword;
    await expect(call.dossier.lock({ dossierId, reason: "done", password })).rejects.toMatchObject(own);
    await expect(call.dossier.sign({ dossierId, password, meaning: "approval" })).rejects.toMatchObject(own);
    expect(() => personOf(contextOf(database, eve))).toThrow(/Choose your own first/);
    expect(await call.session.me()).toMatchObject({ temporaryPassword: true });
    await expect(call.session.changePassword({ current: password, next: password })).rejects.toMatchObject({
      message: "The new password must differ from the current password.",
    });
    await call.session.changePassword({ current: password, next: "a password of my own" });
    const claims = { userId: eve.userId, sessionVersion: 2, signedInAt: Date.now() };
    const after = await loadActor(database.db, claims, new Date());
    expect(after).toMatchObject({ temporaryPassword: false });
    expect(await callerOf(database, after!).study.list()).toEqual([]);
  });

  it("names every field of malformed input", async () => {
    const attempt = callerOf(database, ada).members.add({ name: " ", email: "nobody", role: "admin" });
    const error = await attempt.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "BAD_REQUEST" });
    expect(errorDetail(error as never).fields.map((field) => field.argument)).toEqual(["name", "email"]);
  });

  it("refuses text that cannot be stored, with its place", async () => {
    const add = (name: string) =>
      callerOf(database, ada).members.add({ name, email: "bob@example.org", role: "sponsor" });
    await expect(add("Bob\0")).rejects.toMatchObject({
      code: "BAD_REQUEST",
      message: expect.stringMatching(/^name: /),
    });
    await expect(add("Bob\ud800")).rejects.toMatchObject({ code: "BAD_REQUEST" });
    expect(findUnstorableText({ a: [{ b: "\0" }] })).toBe("a.0.b");
    expect(findUnstorableText({ a: "😀 é 日本" })).toBeNull();
  });

  it("says what each role may do, in the words of its refusals", async () => {
    const roles = await callerOf(database, ada).members.roles();
    expect(roles.map(({ role }) => role)).toEqual(["sponsor", "statistician", "regulatory", "admin"]);
    const may = (role: string) => roles.find((entry) => entry.role === role)?.may ?? [];
    expect(may("admin")).toContain("manage members");
    expect(may("statistician")).toContain("import data");
    expect(may("sponsor")).not.toContain("import data");
    expect(may("regulatory")).toEqual(expect.arrayContaining(["build dossiers", "sign dossiers"]));
  });

  it("never loses the last admin of a workspace", async () => {
    const call = callerOf(database, ada).members;
    await expect(call.setRole({ userId: ada.userId, role: "sponsor" })).rejects.toMatchObject({ code: "CONFLICT" });
    const { userId, temporaryPassword } = await call.add({ name: "Bob", email: "Bob@Example.org", role: "admin" });
    expect(temporaryPassword).toMatch(/^(\w{4}-){4}\w{4}$/);
    expect(await call.setRole({ userId: ada.userId, role: "sponsor" })).toMatchObject({ role: "sponsor" });
    await expect(call.add({ name: "Bob", email: "bob@example.org", role: "admin" })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    const bob: SignedIn = { ...ada, userId, email: "bob@example.org", name: "Bob" };
    expect((await callerOf(database, bob).members.list()).map((member) => member.email)).toContain("bob@example.org");
  });
});

describe("an error", () => {
  const logged: unknown[] = [];
  const map = (thrown: unknown) => toTrpcError(thrown, (_id, error) => logged.push(error));

  it("of the engine keeps its sentence and marks its field", () => {
    const codes: DomainErrorCode[] = [
      "INVALID_INPUT",
      "INSUFFICIENT_DATA",
      "NOT_ESTIMABLE",
      "NOT_CONVERGED",
      "UNSUPPORTED_COMBINATION",
    ];
    for (const code of codes) {
      const error = map(
        new DomainError(code, { argument: "power", received: 2, requirement: "must lie in (0, 1)", hint: "Try 0.9." }),
      );
      expect(error.message).toBe("power must lie in (0, 1); received 2. Try 0.9.");
      expect(errorDetail(error).fields).toEqual([
        { argument: "power", requirement: "must lie in (0, 1)", received: "2", hint: "Try 0.9." },
      ]);
      expect(error.code).toBe(code === "INVALID_INPUT" ? "BAD_REQUEST" : "UNPROCESSABLE_CONTENT");
    }
  });

  it("of a service keeps its code", () => {
    expect(map(new ServiceError("TOO_LARGE", "too large")).code).toBe("PAYLOAD_TOO_LARGE");
    expect(map(new ServiceError("NOT_FOUND", "gone")).code).toBe("NOT_FOUND");
  });

  it("that nobody expected is logged, and tells the person only its number", () => {
    const secret = new Error("connection string postgres://user:password@host");
    const error = map(secret);
    expect(error.code).toBe("INTERNAL_SERVER_ERROR");
    expect(error.message).toMatch(/^Something went wrong on our side\. It was logged under [0-9a-f-]{36}\.$/);
    expect(error.cause).toBeUndefined();
    expect(logged).toEqual([secret]);
    const wrong = z.object({ a: z.string() }).safeParse({});
    expect(map(wrong.error).code).toBe("INTERNAL_SERVER_ERROR");
  });
});
