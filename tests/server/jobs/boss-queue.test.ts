import { afterAll, beforeAll, expect, it } from "vitest";
import { type BossQueue, startBossQueue } from "../../../server/jobs/boss-queue.ts";
import { describeOnBothDatabases } from "../../support/database.ts";

describeOnBothDatabases("the queue", (database) => {
  let queue: BossQueue;
  const done: string[] = [];
  const arrived = async (jobId: string) => {
    for (let wait = 0; wait < 300 && !done.includes(jobId); wait++) await new Promise((r) => setTimeout(r, 50));
    return done.filter((id) => id === jobId).length;
  };

  beforeAll(async () => {
    queue = await startBossQueue(database(), (error) => console.error("queue:", error));
  });
  afterAll(() => queue.stop());

  it("forgets a job whose transaction is rolled back", async () => {
    const failing = database().db.transaction(async (tx) => {
      await queue.enqueue(tx, "rolled-back");
      throw new Error("rolled back");
    });
    await expect(failing).rejects.toThrow("rolled back");
  });

  it("hands over a job whose transaction commits, once, however often it is asked for", async () => {
    await database().db.transaction((tx) => queue.enqueue(tx, "committed"));
    await queue.ensureQueued("committed");
    await queue.ensureQueued("committed");
    await queue.work(2, async (jobId) => {
      done.push(jobId);
    });
    expect(await arrived("committed")).toBe(1);
    expect(done).not.toContain("rolled-back");
  });

  it("wakes a waiting worker", async () => {
    await database().db.transaction((tx) => queue.enqueue(tx, "later"));
    expect(await arrived("later")).toBe(1);
  });
});
