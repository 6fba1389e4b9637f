import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { canonicalJson } from "../../../lib/numerics/canonical-json.ts";
import { verifyWorkspace } from "../../../server/audit/verify-chain.ts";
import { type Database, openDatabase } from "../../../server/db/open-database.ts";
import { startBossQueue } from "../../../server/jobs/boss-queue.ts";
import { submitSimulation } from "../../../server/services/simulation/submit-simulation.ts";
import { callerOf, contextOf, createMember, createWorkspace } from "../../support/actors.ts";
import { testEnvironment } from "../../support/database.ts";
import { repositoryPath } from "../../support/shared.ts";
import { createSmallStudy, parametricSimulation } from "../../support/small-study.ts";

describe("kill -9 of the server during a simulation", () => {
  const folder = mkdtempSync(join(tmpdir(), "understudy-kill-"));
  const environment = testEnvironment({ UNDERSTUDY_DATA: folder });
  let server: ChildProcess | undefined;
  afterAll(() => {
    server?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  const startServer = (...arguments_: string[]) => {
    server = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", repositoryPath("tests/support/run-workers.ts"), ...arguments_],
      {
        cwd: repositoryPath("."),
        env: { ...process.env, UNDERSTUDY_DATA: folder, UNDERSTUDY_THREADS: "1", DATABASE_URL: "" },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    return server;
  };
  const killedAtWork = async () => {
    const started = startServer();
    const gone = new Promise((resolve) => started.once("exit", resolve));
    await new Promise((resolve) => started.stdout?.once("data", resolve));
    started.kill("SIGKILL");
    await gone;
  };
  const finished = () => new Promise((resolve) => startServer("until-idle").once("exit", resolve));
  const opened = async <T>(use: (database: Database) => Promise<T>): Promise<T> => {
    const database = await openDatabase(environment);
    try {
      return await use(database);
    } finally {
      await database.close();
    }
  };

  it("leaves the study intact; after a restart the run ends with the numbers of an undisturbed one", async () => {
    const spec = parametricSimulation(40_000);
    const ada = await opened(async ({ db }) => createMember(db, await createWorkspace(db), "statistician"));
    const submit = async (database: Database) => {
      const queue = await startBossQueue(database, (error) => console.error(error));
      const studyId = await createSmallStudy(database, ada);
      const run = await submitSimulation(contextOf(database, ada, queue), { studyId, spec });
      await queue.stop();
      return run;
    };
    const broken = await opened(submit);
    const look = (runId: string) => opened((database) => callerOf(database, ada).simulation.get({ runId }));

    await killedAtWork();
    const atDeath = await look(broken.runId);
    expect(atDeath.status).toBe("running");
    const done = atDeath.progress.map((cell) => cell.finishedReplicates);
    expect(done[0]).toBeGreaterThan(0);
    expect(done[1]).toBeLessThan(spec.replicates);
    await killedAtWork();
    await finished();
    const resumed = await look(broken.runId);
    expect(resumed.status).toBe("done");

    const undisturbed = await opened(submit);
    await finished();
    const whole = await look(undisturbed.runId);
    expect(canonicalJson(resumed.result)).toBe(canonicalJson(whole.result));
    await opened(async ({ db }) => {
      expect(await verifyWorkspace(db, ada.workspaceId)).toMatchObject({ ok: true });
    });
  }, 300_000);
});
