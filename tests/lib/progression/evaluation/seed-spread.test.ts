import { expect, test } from "vitest";
import { comparedSeeds } from "../../../../lib/progression/evaluation/seed-spread.ts";
import { trainProgressionModel } from "../../../../lib/progression/train-progression-model.ts";
import { DEFAULT_LAW, simulatedHistory, trainingFor } from "../simulated-history.ts";

const data = simulatedHistory({ ...DEFAULT_LAW, patients: 120 }, 5);
const trained = (members: Parameters<typeof comparedSeeds>[0]) =>
  trainProgressionModel({
    data,
    dataHash: "d",
    name: "seeds",
    training: trainingFor(data, { folds: 3, bootstrapReplicates: 200, members: [...members] }),
  });

test("members without random training are not trained again", () => {
  expect(comparedSeeds(["gaussian-joint", "mixed-effects", "ridge-transition", "disease-course"])).toEqual([]);
  expect(trained(["gaussian-joint"]).evaluation.seedSpread).toEqual([]);
});

test("boosted trees are trained five times on the same patients, and the spread is that of the gains", () => {
  const { evaluation } = trained(["gaussian-joint", "boosted-transition"]);
  const spread = evaluation.seedSpread ?? [];
  expect(spread.map(({ candidate }) => candidate)).toEqual(["boosted-transition", "stack"]);
  for (const { gains, gainStandardDeviation, predictionStandardDeviation, patients } of spread) {
    expect(gains.length).toBe(5);
    expect(patients).toBeGreaterThan(20);
    const mean = gains.reduce((sum, gain) => sum + gain, 0) / 5;
    expect(gainStandardDeviation).toBeCloseTo(Math.sqrt(gains.reduce((sum, g) => sum + (g - mean) ** 2, 0) / 4), 12);
    expect(predictionStandardDeviation).toBeGreaterThanOrEqual(0);
    expect(gains.every(Number.isFinite)).toBe(true);
  }
});
