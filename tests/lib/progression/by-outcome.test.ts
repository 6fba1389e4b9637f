import { expect, test } from "vitest";
import type { LongDataSet } from "../../../lib/data/long-data-set.ts";
import { createRng } from "../../../lib/numerics/philox.ts";
import { openTwinPredictor } from "../../../lib/progression/frozen-model.ts";
import { modelCard } from "../../../lib/progression/model-card.ts";
import { trainProgressionModel } from "../../../lib/progression/train-progression-model.ts";
import { weightedMembers } from "../../../lib/progression/weighted-members.ts";
import { generateTwins } from "../../../lib/twins/generate-twins.ts";
import { binaryChain, chainPatients, chainTraining } from "./discrete-transition/known-chain.ts";

/** A continuous endpoint before the binary one, with a baseline value. */
function mixedPatients(count: number): LongDataSet {
  const data = chainPatients(binaryChain, count, { dropout: 0.05, sporadic: 0.05 }, 21);
  const rng = createRng(4);
  const { outcome: _, ...continuous } = data.endpoints[0]!;
  return {
    ...data,
    endpoints: [{ ...continuous, id: "score", label: "Score" }, data.endpoints[0]!],
    patients: data.patients.map((patient, i) => {
      const own = rng.fork(i);
      const start = own.normal();
      return {
        ...patient,
        baseline: [start, null],
        outcomes: [
          data.visits.map(({ targetDay }) => ({ value: 0.7 * start + own.normal(), day: targetDay })),
          patient.outcomes[0]!,
        ],
      };
    }),
  };
}

const data = mixedPatients(200);
const model = trainProgressionModel({
  data,
  dataHash: "x",
  training: { ...chainTraining, folds: 2, members: ["gaussian-joint", "ridge-transition"] },
  name: "mixed",
});

test("each endpoint has members that can model it, and the card names them", () => {
  expect(model.predictor.kind).toBe("by-outcome");
  for (const e of [0, 1]) {
    expect(weightedMembers(model).reduce((sum, { weights }) => sum + weights[e]!, 0)).toBeCloseTo(1, 12);
  }
  const discrete = modelCard(model).members.find(({ kind }) => kind === "discrete-transition");
  expect(discrete?.weights.map(({ weight }) => weight)).toEqual([0, 1]);
  expect(model.diagnostics.map(({ code }) => code)).toContain("endpoints-independent");
  expect(model.evaluation.candidates.find(({ chosen }) => chosen)?.id).toBe("by-outcome");
  const laws = model.evaluation.candidates.find(({ id }) => id === "baseline-ancova")?.visits ?? [];
  expect(laws.filter(({ law }) => law !== null).map(({ endpointId }) => endpointId)).toEqual(
    data.visits.map(() => "score"),
  );
});

test("moments are block diagonal and draws agree with them; observed values are kept", () => {
  const { model: member } = openTwinPredictor(model);
  const cells = member.outcomeCount;
  const V = data.visits.length;
  const features = Float64Array.from({ length: member.featureCount }, () => 0.3);
  const observed = new Float64Array(cells).fill(Number.NaN);
  observed[V] = 1;
  const history = { features, observed, days: Float64Array.from({ length: cells }, (_, c) => 30 * ((c % V) + 1)) };
  const { mean, covariance } = member.predict(history);
  expect(mean[V]).toBe(1);
  const draws = 20_000;
  const drawn = new Float64Array(draws * cells);
  member.drawTrajectories(history, draws, createRng(8), drawn);
  for (let a = 0; a < cells; a++) {
    let sum = 0;
    for (let d = 0; d < draws; d++) sum += drawn[d * cells + a]!;
    const error = Math.sqrt(covariance[a * cells + a]! / draws);
    expect(Math.abs(sum / draws - mean[a]!)).toBeLessThanOrEqual(4.5 * error + 1e-12);
    for (let b = 0; b < V; b++) if (a >= V) expect(covariance[a * cells + b]).toBe(0);
  }
});

test("twins of patients whose levels have other names are refused", () => {
  const enrolled = {
    ...data,
    role: "enrolled" as const,
    endpoints: [
      data.endpoints[0]!,
      {
        ...data.endpoints[1]!,
        outcome: {
          type: "binary" as const,
          levels: [
            { source: "0", label: "yes" },
            { source: "1", label: "no" },
          ] as [{ source: string; label: string }, { source: string; label: string }],
        },
      },
    ],
  };
  expect(() => generateTwins({ model, data: enrolled, dataHash: "y" })).toThrow(/type the model was trained on/);
});
