import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { job, member } from "../../drizzle/schema/index.ts";
import type { SignedIn } from "../../server/auth/auth.ts";
import { createFirstAdmin } from "../../server/bootstrap.ts";
import type { Database } from "../../server/db/open-database.ts";
import { signIn } from "../../server/services/session/sign-in.ts";
import { callerOf, recordingQueue } from "../support/actors.ts";
import { embeddedTestDatabase } from "../support/database.ts";

describe("a new installation", () => {
  let database: Database;
  let password = "";
  beforeAll(async () => {
    database = await embeddedTestDatabase();
  });
  afterAll(() => database.close());

  const admin = async (): Promise<SignedIn> => {
    const [row] = await database.db.select().from(member);
    if (row === undefined) throw new Error("no administrator");
    const { id: userId, name, email, role, workspaceId, temporaryPassword } = row;
    return { kind: "user", userId, name, email, role, workspaceId, temporaryPassword };
  };

  it("gets one administrator with a password of its own, and no second one", async () => {
    const first = await createFirstAdmin(database.db, new Date());
    if (first === null) throw new Error("nobody was created");
    password = first.password;
    expect(await createFirstAdmin(database.db, new Date())).toBeNull();
    const other = await embeddedTestDatabase();
    const elsewhere = await createFirstAdmin(other.db, new Date());
    await other.close();
    expect(elsewhere?.password).not.toBe(password);
    expect(await database.db.select().from(member)).toHaveLength(1);
  });

  it("lets that administrator in, whose password may stay: nobody else was told it", async () => {
    const { email } = await admin();
    const signedIn = await signIn(database.db, { email, password, address: "127.0.0.1" }, new Date());
    expect(signedIn).toMatchObject({ ok: true });
    expect(await callerOf(database, await admin()).session.me()).toMatchObject({
      role: "admin",
      workspaceName: "Sample workspace",
      temporaryPassword: false,
      storage: "embedded",
    });
  });

  it.each(["pbc", "alzheimer"] as const)("opens the sample %s with its data and queues the rest", async (sample) => {
    const queue = recordingQueue();
    const call = callerOf(database, await admin(), queue);
    const { id, jobId } = await call.study.openSample({ sample });
    expect(queue.enqueued).toEqual([jobId]);
    const overview = await call.study.get({ studyId: id });
    expect(overview).toMatchObject({ sample, state: "plan-frozen" });
    expect(overview.specification.dataOrigin).toBe(sample === "pbc" ? "public" : "simulated");
    expect(overview.steps.slice(0, 2)).toMatchObject([{ state: "done" }, { state: "running" }]);
    expect(await call.dataset.list({ studyId: id })).toHaveLength(2);
    const [queued] = await database.db.select().from(job).where(eq(job.studyId, id)).orderBy(desc(job.createdAt));
    expect(queued).toMatchObject({
      kind: "train-model",
      chain: ["generate-twins", "run-analyses", "run-simulation", "build-dossier"],
    });
  });
});
