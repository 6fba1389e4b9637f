import { afterAll, describe, expect, it } from "vitest";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import { frozenModelSchema } from "../../../lib/progression/model-document.ts";
import { trainProgressionModel } from "../../../lib/progression/train-progression-model.ts";
import { createThreadPool } from "../../../server/jobs/thread-pool.ts";
import { packDocument, unpackDocument } from "../../../server/jobs/threads/packed-document.ts";
import { trainParts } from "../../../server/jobs/train-parts.ts";
import { DEFAULT_LAW, simulatedHistory, trainingFor } from "../../lib/progression/simulated-history.ts";
import { repositoryPath } from "../../support/shared.ts";

const data = simulatedHistory({ ...DEFAULT_LAW, patients: 80, visits: 2 }, 8);
const training = trainingFor(data, { folds: 3, bootstrapReplicates: 200, members: ["ridge-transition"] });
const input = { data: packDocument(data), dataHash: "d", training };
const threads = createThreadPool(repositoryPath("."), 2);
afterAll(() => threads.close());

describe("a training whose fits run side by side on the pool", () => {
  it("freezes the model that training in one piece gives, and its progress never runs back", async () => {
    const seen: number[] = [];
    const never = new AbortController().signal;
    const parts = await trainParts(threads, input, never, (fraction) => seen.push(fraction));
    const frozen = await threads.run("freeze-model", { ...input, parts, name: "m", targetEffect: -1 });
    const alone = trainProgressionModel({ data, dataHash: "d", training, name: "m" });
    expect(frozen.hash).toBe(alone.hash);
    expect(unpackDocument(frozen.document, frozenModelSchema)).toEqual(alone);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)!).toBeGreaterThan(0.7);
  });

  it("says what the data lack", async () => {
    const never = new AbortController().signal;
    const unknown = { ...training, primary: { endpointId: "score1", visitId: "week99" } };
    const asked = trainParts(threads, { ...input, training: unknown }, never, () => undefined);
    await expect(asked).rejects.toThrow(DomainError);
    await expect(asked).rejects.toThrow(/training.primary.visitId/);
  });

  it("stops when it is cancelled, and the pool goes on", async () => {
    const cancel = new AbortController();
    const running = trainParts(threads, input, cancel.signal, (fraction) => {
      if (fraction > 0.1) cancel.abort();
    });
    await expect(running).rejects.toThrow();
    const outline = await threads.run("plan-training", input);
    expect(outline.parts).toHaveLength(4);
  });
});
