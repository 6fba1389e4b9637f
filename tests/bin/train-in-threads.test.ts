import { describe, expect, test } from "vitest";
import { trainInThreads, trainingThreads } from "../../bin/train-in-threads.ts";
import { trainWithPredictions } from "../../lib/progression/train-progression-model.ts";
import { DEFAULT_LAW, simulatedHistory, trainingFor } from "../lib/progression/simulated-history.ts";

const data = simulatedHistory({ ...DEFAULT_LAW, patients: 90, studies: 2, visits: 2 }, 3);
const request = { data, dataHash: "d", name: "threads" };

describe("training in threads", () => {
  test("gives the same bits on any number of threads, and without threads", async () => {
    const training = { ...trainingFor(data), folds: 3, members: ["gaussian-joint" as const, "mixed-effects" as const] };
    const alone = trainWithPredictions({ ...request, training });
    for (const workers of [1, 3]) {
      const { model, heldOut } = await trainInThreads({ ...request, training }, workers);
      expect(model.hash).toBe(alone.model.hash);
      expect(heldOut).toEqual(alone.heldOut);
    }
  });

  test("trains a stack with the neural Boltzmann machine by TensorFlow.js and says so", async () => {
    const history = simulatedHistory({ ...DEFAULT_LAW, patients: 140, visits: 2 }, 4);
    const training = {
      ...trainingFor(history),
      folds: 2,
      members: ["neural-boltzmann" as const],
      neuralBoltzmann: { hiddenUnits: 2, networks: 1 },
    };
    const seen: number[] = [];
    const { model } = await trainInThreads(
      { ...request, data: history, training, onProgress: (fraction) => seen.push(fraction) },
      2,
    );
    const { predictor } = model;
    if (predictor.kind !== "stack") throw new Error("no stack");
    const neural = predictor.members.find(({ kind }) => kind === "neural-boltzmann");
    expect(neural).toMatchObject({ backend: expect.stringMatching(/^TensorFlow.js/), hiddenUnitsTried: 2 });
    expect(model.evaluation.candidates.map(({ id }) => id)).toContain("neural-boltzmann");
    // Progress moves within fits, not only between them.
    expect(seen.length).toBeGreaterThan(10);
    expect(seen.at(-1)).toBe(1);
  });

  test("takes fewer threads for very many patients, but always one", () => {
    const [first] = data.patients;
    const many = (count: number) => ({ ...data, patients: Array.from({ length: count }, () => first!) });
    // Values of a patient: baseline and visits of every endpoint, and covariates.
    const own = data.endpoints.length * (data.visits.length + 1) + data.covariates.length;
    expect(trainingThreads(8, many(300))).toBe(8);
    expect(trainingThreads(8, many(Math.floor(450_000 / own)))).toBe(2);
    expect(trainingThreads(8, many(1_000_000))).toBe(1);
  });

  test("says in words what is wrong", async () => {
    const training = { ...trainingFor(data), primary: { endpointId: "nothing", visitId: "visit1" } };
    await expect(trainInThreads({ ...request, training }, 2)).rejects.toThrow(/must name an endpoint/);
    const wide = simulatedHistory({ ...DEFAULT_LAW, patients: 25, covariates: 30, dropout: 0, sporadic: 0 }, 4);
    const unshrunken = trainingFor(wide, { shrinkage: { kind: "fixed", priorWeight: 0 } });
    await expect(trainInThreads({ ...request, data: wide, training: unshrunken }, 2)).rejects.toThrow(
      /more patients than items/,
    );
  });
});
