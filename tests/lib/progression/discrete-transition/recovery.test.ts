import { expect, test } from "vitest";
import { openTwinPredictor, parseFrozenModel } from "../../../../lib/progression/frozen-model.ts";
import { trainProgressionModel } from "../../../../lib/progression/train-progression-model.ts";
import { generateTwins } from "../../../../lib/twins/generate-twins.ts";
import { binaryChain, chainPatients, chainTraining, countChain, ordinalChain, trueMeans } from "./known-chain.ts";

/** Error of a mean with p parameters learnt from n patients, about √(p × variance / n): 0.04, 0.1 and 0.13 here. */
const laws = [
  ["binary", binaryChain, 0.045],
  ["ordinal", ordinalChain, 0.1],
  ["count", countChain, 0.13],
] as const;

test.each(laws)(
  "%s: the means of a known law are learnt, coverage and calibration hold",
  (_name, law, tolerance) => {
    const data = chainPatients(law, 700, { dropout: 0.05, sporadic: 0.05 }, 3);
    const model = trainProgressionModel({ data, dataHash: "x", training: { ...chainTraining, folds: 3 }, name: "m" });
    const predictor = openTwinPredictor(parseFrozenModel(JSON.parse(JSON.stringify(model))));
    const V = law.visits.length;
    let squares = 0;
    data.patients.slice(0, 300).forEach(({ covariates }) => {
      const features = Float64Array.from(covariates as number[]);
      const history = { features, observed: new Float64Array(V).fill(Number.NaN), days: new Float64Array(V) };
      const mean = predictor.model.predictMean(history);
      trueMeans(law, [features[0]!, features[1]!]).forEach((truth, v) => {
        squares += (truth - mean[v]!) ** 2;
      });
    });
    expect(Math.sqrt(squares / (300 * V))).toBeLessThan(tolerance);
    for (const { gain, gainClaimed } of model.evaluation.gain) {
      expect(gain.value).toBeGreaterThan(0.05);
      expect(gainClaimed).toBe(true);
    }
    // Three times as many as one figure in twenty may miss by chance.
    const missed = model.evaluation.coverage.filter(
      ({ level, coverage }) => level < coverage.lower || level > coverage.upper,
    );
    expect(missed.length).toBeLessThanOrEqual(Math.ceil(0.15 * model.evaluation.coverage.length));
    for (const { inSet, patients, level } of model.evaluation.coverage) {
      expect((inSet ?? 0) / patients).toBeGreaterThan(level - 0.03);
    }
    for (const { slope } of model.evaluation.calibration) {
      expect(slope.lower).toBeLessThan(1.1);
      expect(slope.upper).toBeGreaterThan(0.9);
    }
  },
  60_000,
);

test("twins stay within what the outcome can be, and their score is the probability of the event", () => {
  const data = chainPatients(binaryChain, 200, { dropout: 0.1, sporadic: 0.1 }, 5);
  const training = { ...chainTraining, folds: 2, members: ["gaussian-joint" as const] };
  const model = trainProgressionModel({ data, dataHash: "x", training, name: "m" });
  expect(
    model.diagnostics.some(({ code, message }) => code === "member-left-out" && /Gaussian joint model/.test(message)),
  ).toBe(true);
  const { twins } = generateTwins({ model, data: { ...data, role: "enrolled" }, dataHash: "y" });
  for (const twin of twins) {
    const mean = twin.mean[0]!;
    expect(twin.prognosticScore).toBe(mean[1]);
    mean.forEach((p, v) => {
      expect(p).toBeGreaterThan(0);
      expect(p).toBeLessThan(1);
      expect(twin.standardDeviation[0]![v]!).toBeCloseTo(Math.sqrt(p * (1 - p)), 10);
      for (const { lower, upper } of twin.bands[0]![v]!) {
        expect([0, 1]).toContain(lower);
        expect([0, 1]).toContain(upper);
        expect(lower).toBeLessThanOrEqual(upper);
      }
    });
  }
}, 30_000);

test("a history with a quarter of the visits missing in between gives the same law up to chance", () => {
  const complete = chainPatients(ordinalChain, 500, { dropout: 0, sporadic: 0 }, 9);
  const gaps = chainPatients(ordinalChain, 500, { dropout: 0, sporadic: 0.25 }, 9);
  const training = { ...chainTraining, folds: 2 };
  const fitted = [complete, gaps].map((data) => {
    const { predictor } = trainProgressionModel({ data, dataHash: "x", training, name: "m" });
    if (predictor.kind !== "by-outcome") throw new Error("another predictor");
    const endpoint = predictor.discrete.endpoints[0]!;
    if (endpoint.law !== "levels") throw new Error("another law");
    expect(endpoint.converged).toBe(true);
    return endpoint.visits;
  });
  fitted[0]!.forEach((visit, v) => {
    visit.thresholds.forEach((cut, k) => {
      expect(Math.abs(cut - fitted[1]![v]!.thresholds[k]!)).toBeLessThan(0.35);
    });
  });
}, 30_000);
