import { type ChildProcess, spawn } from "node:child_process";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { job } from "../../../drizzle/schema/index.ts";
import { canonicalJson } from "../../../lib/numerics/canonical-json.ts";
import type { SignedIn } from "../../../server/auth/auth.ts";
import { type Database, openDatabase } from "../../../server/db/open-database.ts";
import { type BossQueue, startBossQueue } from "../../../server/jobs/boss-queue.ts";
import { submitSimulation } from "../../../server/services/simulation/submit-simulation.ts";
import { callerOf, contextOf, createMember, createWorkspace } from "../../support/actors.ts";
import { postgresMissing, testEnvironment } from "../../support/database.ts";
import { type PostgresCluster, postgresBinaries, startPostgresCluster } from "../../support/postgres-cluster.ts";
import { repositoryPath } from "../../support/shared.ts";
import { createSmallStudy, parametricSimulation } from "../../support/small-study.ts";

const bin = postgresBinaries();
if (bin === null) {
  if (process.env.CI !== undefined) throw new Error(postgresMissing);
  console.warn(`SKIPPED: ${postgresMissing}`);
}

describe.skipIf(bin === null)("worker processes on PostgreSQL", () => {
  let cluster: PostgresCluster;
  let url: string;
  let database: Database;
  let queue: BossQueue;
  let ada: SignedIn;
  let studyId: string;
  const workers: ChildProcess[] = [];

  beforeAll(async () => {
    cluster = await startPostgresCluster(bin ?? "");
    url = await cluster.createDatabase();
    database = await openDatabase(testEnvironment({ DATABASE_URL: url }));
    queue = await startBossQueue(database, (error) => console.error("queue:", error));
    ada = await createMember(database.db, await createWorkspace(database.db), "statistician");
    studyId = await createSmallStudy(database, ada);
  });
  afterAll(async () => {
    for (const worker of workers) worker.kill("SIGKILL");
    await queue?.stop();
    await database?.close();
    await cluster?.stop();
  });

  const startWorker = () => {
    const arguments_ = ["--disable-warning=ExperimentalWarning", repositoryPath("server/jobs/worker.ts")];
    const worker = spawn(process.execPath, arguments_, {
      cwd: repositoryPath("."),
      env: { ...process.env, DATABASE_URL: url, UNDERSTUDY_THREADS: "1" },
      stdio: ["ignore", "ignore", "inherit"],
    });
    workers.push(worker);
    return worker;
  };
  const submit = () =>
    submitSimulation(contextOf(database, ada, queue), { studyId, spec: parametricSimulation(30_000) });
  const until = async (jobId: string, reached: (row: typeof job.$inferSelect) => boolean) => {
    for (;;) {
      const [row] = await database.db.select().from(job).where(eq(job.id, jobId));
      if (row !== undefined && reached(row)) return row;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  it("take over the job of a worker that was killed, and come to the same numbers", async () => {
    const broken = await submit();
    const first = startWorker();
    await until(broken.jobId, (row) => row.progress > 0.02);
    first.kill("SIGKILL");
    startWorker();
    const resumed = await until(broken.jobId, (row) => row.status !== "running" && row.status !== "queued");
    expect(resumed).toMatchObject({ status: "done", attempts: 2 });
    const undisturbed = await submit();
    expect(await until(undisturbed.jobId, (row) => row.finishedAt !== null)).toMatchObject({
      status: "done",
      attempts: 1,
    });
    const result = async (runId: string) => (await callerOf(database, ada).simulation.get({ runId })).result;
    expect(canonicalJson(await result(broken.runId))).toBe(canonicalJson(await result(undisturbed.runId)));
  }, 300_000);
});
