import { and, eq } from "drizzle-orm";
import { beforeAll, expect, it } from "vitest";
import { auditEvent, job, study } from "../../../drizzle/schema/index.ts";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import type { SignedIn } from "../../../server/auth/auth.ts";
import type { JobHandler } from "../../../server/jobs/job-work.ts";
import { runJob } from "../../../server/jobs/run-job.ts";
import { submitSimulation } from "../../../server/services/simulation/submit-simulation.ts";
import { callerOf, contextOf, createMember, createWorkspace } from "../../support/actors.ts";
import { describeOnBothDatabases } from "../../support/database.ts";
import { createSmallStudy, parametricSimulation } from "../../support/small-study.ts";

describeOnBothDatabases("a job", (database) => {
  let ada: SignedIn;
  let studyId: string;
  const unexpected: unknown[] = [];
  const never = new AbortController().signal;

  beforeAll(async () => {
    const { db } = database();
    ada = await createMember(db, await createWorkspace(db), "statistician");
    studyId = await createSmallStudy(database(), ada);
  });

  const queued = async () =>
    (await submitSimulation(contextOf(database(), ada), { studyId, spec: parametricSimulation(50) })).jobId;
  const environment = (handler: JobHandler) => ({
    db: database().db,
    contextFor: (workspaceId: string, requestedBy: string) => ({
      ...contextOf(database(), ada),
      actor: { kind: "system", name: `Understudy for ${requestedBy}`, workspaceId } as const,
    }),
    log: (_id: string, error: unknown) => unexpected.push(error),
    handlers: { "run-simulation": handler },
  });
  const run = (jobId: string, handler: JobHandler, delivery = never) => runJob(environment(handler), jobId, delivery);
  const status = (jobId: string) => callerOf(database(), ada).job.get({ jobId });
  const title = async () => (await database().db.select().from(study).where(eq(study.id, studyId)))[0]?.title;
  const rename =
    (text: string): JobHandler =>
    async () =>
    async (tx) => {
      await tx.update(study).set({ title: text }).where(eq(study.id, studyId));
    };

  it("closes in the transaction that writes its result", async () => {
    const jobId = await queued();
    await run(jobId, async (work) => {
      work.report(0.5, "half way");
      return rename("written by the job")(work);
    });
    expect(await status(jobId)).toMatchObject({ status: "done", progress: 1, error: null });
    expect(await title()).toBe("written by the job");
  });

  it("that is done is not done again by a second delivery", async () => {
    const jobId = await queued();
    await run(jobId, rename("first"));
    await run(jobId, rename("second"));
    expect(await title()).toBe("first");
  });

  it("fails with the sentence of the engine, and leaves an event", async () => {
    const jobId = await queued();
    await run(jobId, async () => {
      throw new DomainError("NOT_CONVERGED", { argument: "model", received: 200, requirement: "must converge" });
    });
    expect(await status(jobId)).toMatchObject({ status: "failed", error: "model must converge; received 200." });
    const events = await database()
      .db.select()
      .from(auditEvent)
      .where(and(eq(auditEvent.chainId, studyId), eq(auditEvent.action, "job.fail")));
    expect(events.at(-1)?.change).toContain("must converge");
  });

  it("hides an unexpected error behind a number, and logs it", async () => {
    const jobId = await queued();
    await run(jobId, async () => {
      throw new Error("secret path /etc/shadow");
    });
    const { error } = await status(jobId);
    expect(error).toMatch(/^Something went wrong on our side\. It was logged under [0-9a-f-]{36}\.$/);
    expect(unexpected.at(-1)).toMatchObject({ message: "secret path /etc/shadow" });
  });

  it("that waits is cancelled at once, and never starts", async () => {
    const jobId = await queued();
    await callerOf(database(), ada).job.cancel({ jobId });
    expect(await status(jobId)).toMatchObject({ status: "cancelled" });
    await run(jobId, rename("should not happen"));
    expect(await title()).not.toBe("should not happen");
  });

  it("that runs is told to stop, writes nothing, and ends as cancelled", async () => {
    const jobId = await queued();
    const running = run(jobId, async ({ signal }) => {
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
      return rename("should not happen")({} as never);
    });
    while ((await status(jobId)).status !== "running") await new Promise((resolve) => setTimeout(resolve, 20));
    await callerOf(database(), ada).job.cancel({ jobId });
    await running;
    expect(await status(jobId)).toMatchObject({ status: "cancelled", error: null });
    expect(await title()).not.toBe("should not happen");
    await expect(callerOf(database(), ada).job.cancel({ jobId })).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("is taken up again after its process died, and a worker given up for dead cannot write over it", async () => {
    const jobId = await queued();
    let release = () => {};
    const slow = run(jobId, async (work) => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return rename("from the dead")(work);
    });
    while ((await status(jobId)).status !== "running") await new Promise((resolve) => setTimeout(resolve, 20));
    await run(jobId, rename("from the successor"));
    release();
    await slow;
    expect(await title()).toBe("from the successor");
    expect(await status(jobId)).toMatchObject({ status: "done" });
  });

  it("stays open when the queue takes the delivery back", async () => {
    const jobId = await queued();
    const delivery = new AbortController();
    const running = run(
      jobId,
      async () => {
        delivery.abort();
        throw new Error("stopped");
      },
      delivery.signal,
    );
    await expect(running).rejects.toThrow("stopped");
    expect(await status(jobId)).toMatchObject({ status: "running" });
    await run(jobId, rename("second delivery"));
    expect(await title()).toBe("second delivery");
  });

  it("is given up when it takes the server down again and again", async () => {
    const jobId = await queued();
    await database().db.update(job).set({ status: "running", attempts: 4 }).where(eq(job.id, jobId));
    await run(jobId, rename("should not happen"));
    const { status: ended, error } = await status(jobId);
    expect(ended).toBe("failed");
    expect(error).toBe("The server stopped 4 times while this job ran, so it was given up. Start it again to retry.");
  });
});
