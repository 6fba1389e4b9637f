import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { job, simulationChunk } from "../../../drizzle/schema/index.ts";
import { canonicalJson } from "../../../lib/numerics/canonical-json.ts";
import type { SignedIn } from "../../../server/auth/auth.ts";
import type { Database } from "../../../server/db/open-database.ts";
import { runJob } from "../../../server/jobs/run-job.ts";
import { planChunks } from "../../../server/jobs/simulation-chunks.ts";
import type { ThreadPool } from "../../../server/jobs/thread-pool.ts";
import { submitSimulation } from "../../../server/services/simulation/submit-simulation.ts";
import { callerOf, contextOf, createMember, createWorkspace, testThreads } from "../../support/actors.ts";
import { embeddedTestDatabase } from "../../support/database.ts";
import { createSmallStudy, parametricSimulation } from "../../support/small-study.ts";

describe("a simulation", () => {
  let database: Database;
  let ada: SignedIn;
  let studyId: string;
  const spec = parametricSimulation(1700);

  beforeAll(async () => {
    database = await embeddedTestDatabase();
    ada = await createMember(database.db, await createWorkspace(database.db), "statistician");
    studyId = await createSmallStudy(database, ada);
  });
  afterAll(() => database.close());

  const submit = () => submitSimulation(contextOf(database, ada), { studyId, spec });
  const environment = (threads: ThreadPool) => ({
    db: database.db,
    contextFor: (workspaceId: string) => ({
      ...contextOf(database, ada),
      threads,
      actor: { kind: "system", name: "Understudy", workspaceId } as const,
    }),
    log: (_id: string, error: unknown) => console.error(error),
  });
  const work = (jobId: string, threads = testThreads(), delivery = new AbortController().signal) =>
    runJob(environment(threads), jobId, delivery);
  const resultOf = async (runId: string) => (await callerOf(database, ada).simulation.get({ runId })).result;

  it("is cut into chunks that cover every replicate of every cell once", () => {
    const chunks = planChunks(spec);
    expect(chunks).toHaveLength(8);
    const covered = chunks.filter((chunk) => chunk.cellIndex === 1).reduce((sum, chunk) => sum + chunk.replicates, 0);
    expect(covered).toBe(1700);
    expect(planChunks(parametricSimulation(1_000_000)).filter((chunk) => chunk.cellIndex === 0)).toHaveLength(40);
  });

  it("that was stopped half way goes on where it stopped, to the same bits as one that was not", async () => {
    const whole = await submit();
    await work(whole.jobId);
    const broken = await submit();
    const delivery = new AbortController();
    let started = 0;
    const dying: ThreadPool = {
      ...testThreads(),
      run: (name, input, options) => {
        if (++started > 4) delivery.abort();
        return testThreads().run(name, input, options);
      },
    };
    await expect(work(broken.jobId, dying, delivery.signal)).rejects.toThrow();
    const kept = await database.db.select().from(simulationChunk).where(eq(simulationChunk.runId, broken.runId));
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(8);
    const partial = await callerOf(database, ada).simulation.get({ runId: broken.runId });
    expect(partial.status).toBe("running");
    expect(partial.progress.reduce((sum, cell) => sum + cell.finishedReplicates, 0)).toBe(
      kept.reduce((sum, chunk) => sum + chunk.replicates, 0),
    );
    expect(partial.result?.cells[0]?.replicates).toBe(partial.progress[0]?.finishedReplicates);
    let chunksAgain = 0;
    const counting: ThreadPool = {
      ...testThreads(),
      run: (name, input, options) => {
        if (name === "simulate-chunk") chunksAgain++;
        return testThreads().run(name, input, options);
      },
    };
    await work(broken.jobId, counting);
    expect(chunksAgain).toBe(8 - kept.length);
    expect(canonicalJson(await resultOf(broken.runId))).toBe(canonicalJson(await resultOf(whole.runId)));
    const [row] = await database.db.select().from(job).where(eq(job.id, broken.jobId));
    expect(row).toMatchObject({ status: "done", attempts: 2 });
  });

  it("that is cancelled kills its threads and keeps no result", async () => {
    const { jobId, runId } = await submitSimulation(contextOf(database, ada), {
      studyId,
      spec: parametricSimulation(400_000),
    });
    const running = work(jobId);
    while ((await callerOf(database, ada).job.get({ jobId })).status !== "running") {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await callerOf(database, ada).job.cancel({ jobId });
    await running;
    expect(await callerOf(database, ada).job.get({ jobId })).toMatchObject({ status: "cancelled" });
    expect((await callerOf(database, ada).simulation.get({ runId })).finishedAt).toBeNull();
  });

  it("is refused when a design is inadmissible, with the field at fault", async () => {
    const [design] = spec.designs;
    const wrong = { ...spec, designs: design === undefined ? [] : [{ ...design, lookFractions: [0.5, 0.4, 1] }] };
    await expect(callerOf(database, ada).simulation.submit({ studyId, spec: wrong })).rejects.toMatchObject({
      code: "BAD_REQUEST",
      message: expect.stringContaining("lookFractions"),
    });
  });
});
