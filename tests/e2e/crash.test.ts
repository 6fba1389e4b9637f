import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { frozenModelSchema } from "../../lib/progression/model-document.ts";
import { type SimulationSpec, simulationResultSchema } from "../../lib/simulation/simulation-document.ts";
import { type ApiClient, jobDone, signInByHttp, waitUntil } from "../support/api-client.ts";
import { readJson, understudy } from "../support/command-line.ts";
import { type RunningApp, removeFolder, startApp, temporaryFolder } from "../support/running-app.ts";

const REPLICATES = 1_000;

/** `kill -9` of every process of the program while it works; the numbers must be those of a run that nothing disturbed. */
describe("after kill -9 of the whole program", () => {
  const work = temporaryFolder();
  const path = (name: string) => join(work, name);
  let app: RunningApp;
  let client: ApiClient;
  let studyId: string;
  let signIn: { email: string; password: string };

  async function start(): Promise<void> {
    app = await startApp({ dataFolder: path("data"), environment: { UNDERSTUDY_SAMPLES: "0" } });
    if (app.password !== "") signIn = { email: app.email, password: app.password };
    client = await signInByHttp({ address: app.address, ...signIn });
  }

  /** Kills the program while a job is at work, and starts it again. */
  async function killDuring(jobId: string, atLeast: number): Promise<void> {
    await waitUntil(async () => {
      const job = await client.trpc.job.get.query({ jobId });
      if (job.finishedAt !== null) throw new Error(`${job.kind} was over before the crash: ${job.status}`);
      return job.status === "running" && job.progress >= atLeast;
    });
    await app.kill();
    await start();
  }

  async function expectIntact(): Promise<void> {
    const verified = await client.trpc.audit.verify.query();
    expect(verified).toMatchObject({ ok: true, firstBroken: null });
    const [study, ...others] = await client.trpc.study.list.query();
    expect(others).toEqual([]);
    expect(study?.id).toBe(studyId);
    const datasets = await client.trpc.dataset.list.query({ studyId });
    expect(datasets.map(({ role, patients }) => [role, patients]).sort()).toEqual([
      ["enrolled", 112],
      ["historical-control", 200],
    ]);
  }

  beforeAll(async () => {
    await start();
    await understudy("sample", "pbc", "--out", path("pbc"));
  });
  afterAll(async () => {
    await app?.stop();
    removeFolder(work);
  });

  it("a training goes on and freezes the model that the command line makes of the same files", async () => {
    const opened = await client.trpc.study.openSample.mutate({ sample: "pbc" });
    studyId = opened.id;
    await killDuring(opened.jobId, 0.05);
    await expectIntact();
    await jobDone(client, opened.jobId);
    const models = await client.trpc.model.list.query({ studyId });
    expect(models.map(({ status }) => status)).toEqual(["done"]);
    const document = (await client.trpc.model.get.query({ modelId: models[0]!.id })).document;
    const model = frozenModelSchema.parse(document);
    writeFileSync(path("model.json"), JSON.stringify(model));
    await understudy(
      ...["train", path("pbc/pbcseq.csv"), "--mapping", path("pbc/history.mapping.json")],
      ...["--spec", path("pbc/training.json"), "--name", model.name, "--out", path("model-cli.json")],
    );
    expect(frozenModelSchema.parse(readJson(path("model-cli.json"))).hash).toBe(model.hash);
    await expectIntact();
  });

  it("a simulation goes on and ends with the numbers of the command line", async () => {
    await chainStopped();
    const spec: SimulationSpec = {
      format: "understudy-simulation/1",
      designs: await client.trpc.design.list.query({ studyId }),
      scenarios: await client.trpc.scenario.list.query({ studyId }),
      replicates: REPLICATES,
      seed: 90_210,
      primary: { endpointId: "logBilirubin", visitId: "year2", day: 731 },
      benefit: "lower-is-better",
    };
    const { runId, jobId } = await client.trpc.simulation.submit.mutate({ studyId, spec });
    await killDuring(jobId, 0.15);
    await expectIntact();
    await jobDone(client, jobId);
    const run = await client.trpc.simulation.get.query({ runId });
    expect(run.status).toBe("done");
    for (const cell of run.progress) expect(cell.finishedReplicates).toBe(REPLICATES);
    writeFileSync(path("spec.json"), JSON.stringify(spec));
    await understudy(
      ...["simulate", "--spec", path("spec.json"), "--model", path("model.json")],
      ...["--workers", "1", "--out", path("result.json")],
    );
    const undisturbed = simulationResultSchema.parse(readJson(path("result.json")));
    expect(simulationResultSchema.parse(run.result)).toEqual(undisturbed);
    await expectIntact();
  });

  it("a dossier is locked and signed once, though the program dies during both", async () => {
    const built = await client.trpc.dossier.build.mutate({ studyId, reason: "to be signed" });
    await jobDone(client, built.jobId);
    const { dossierId } = built;
    const look = () => client.trpc.dossier.get.query({ dossierId });
    const draft = await look();
    const { password } = signIn;
    const lock = await client.trpc.dossier.lock.mutate({ dossierId, reason: "complete", password });
    await killDuring(lock.jobId, 0.1);
    await jobDone(client, lock.jobId);
    const locked = await look();
    expect(locked).toMatchObject({ state: "locked", request: null, signatures: [] });
    expect(locked.recordHash).not.toBe(draft.recordHash);
    const sign = await client.trpc.dossier.sign.mutate({ dossierId, password, meaning: "approval" });
    await killDuring(sign.jobId, 0.1);
    await jobDone(client, sign.jobId);
    const signed = await look();
    expect(signed).toMatchObject({ state: "signed", recordHash: locked.recordHash });
    expect(signed.signatures).toMatchObject([{ meaning: "approval", recordHash: locked.recordHash }]);
    const results = await client.fetch(`/api/dossiers/${dossierId}/results.json`);
    const hash = createHash("sha256")
      .update(Buffer.from(await results.arrayBuffer()))
      .digest("hex");
    expect(hash).toBe(locked.recordHash);
    await expectIntact();
  });

  it("a job that was stopped by a person stays stopped", async () => {
    const jobs = await client.trpc.job.list.query({ studyId });
    expect(jobs.filter(({ status }) => status === "failed")).toEqual([]);
    expect(jobs.filter(({ status }) => status === "cancelled").length).toBeGreaterThan(0);
    expect(jobs.filter(({ status }) => status === "running" || status === "queued")).toEqual([]);
  });

  /** The sample goes on to a simulation of its own; it is stopped as soon as it has begun. */
  async function chainStopped(): Promise<void> {
    let asked = false;
    await waitUntil(async () => {
      const jobs = await client.trpc.job.list.query({ studyId });
      const own = jobs.find(({ kind }) => kind === "run-simulation");
      if (own === undefined) return false;
      // Asked once: between two looks the job may have ended, and an ended job is not cancelled.
      if (own.finishedAt === null && !asked) {
        asked = true;
        await client.trpc.job.cancel.mutate({ jobId: own.id });
      }
      return own.finishedAt !== null;
    });
  }
});
