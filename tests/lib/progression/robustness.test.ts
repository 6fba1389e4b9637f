import fc from "fast-check";
import { expect, test } from "vitest";
import type { LongDataSet } from "../../../lib/data/long-data-set.ts";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import { canonicalJson } from "../../../lib/numerics/canonical-json.ts";
import { createRng } from "../../../lib/numerics/philox.ts";
import { trainProgressionModel } from "../../../lib/progression/train-progression-model.ts";
import { generateTwins } from "../../../lib/twins/generate-twins.ts";
import { DEFAULT_LAW, simulatedHistory, trainingFor } from "./simulated-history.ts";

/** Things real files do to baseline data, one or several at once. */
const MISFORTUNES: Record<string, (data: LongDataSet) => LongDataSet> = {
  "a covariate repeats another in another unit": (data) =>
    withCovariate(data, 1, (own) => (own[0] === null ? null : 365.25 * (own[0] as number) + 3)),
  "a covariate repeats the baseline value": (data) => ({
    ...data,
    patients: data.patients.map((patient) => ({
      ...patient,
      covariates: [patient.baseline[0]!, ...patient.covariates.slice(1)],
    })),
  }),
  "a covariate is almost always missing": (data) => withCovariate(data, 0, (own, i) => (i % 17 === 0 ? own[0]! : null)),
  "only one patient differs in a covariate": (data) => withCovariate(data, 0, (_, i) => (i === 3 ? 1 : 0)),
  "a covariate has an absurd scale and an outlier": (data) =>
    withCovariate(data, 0, (own, i) => (own[0] === null ? null : 1e9 * (own[0] as number) * (i === 5 ? 50 : 1))),
  "most later values are missing": (data) => ({
    ...data,
    patients: data.patients.map((patient, i) => ({
      ...patient,
      outcomes: patient.outcomes.map((row) =>
        row.map((cell, v) => (v === 0 && i % 3 !== 0 ? { missing: "not-measured" as const } : cell)),
      ),
    })),
  }),
  "everybody is of one region": (data) => withCovariate(data, data.covariates.length - 1, () => "north"),
};

function withCovariate(
  data: LongDataSet,
  position: number,
  value: (own: LongDataSet["patients"][number]["covariates"], i: number) => number | string | null,
): LongDataSet {
  return {
    ...data,
    patients: data.patients.map((patient, i) => ({
      ...patient,
      covariates: patient.covariates.map((old, p) => (p === position ? value(patient.covariates, i) : old)),
    })),
  };
}

test("whatever happens to the baseline data, training gives finite numbers or says what is wrong", () => {
  fc.assert(
    fc.property(
      fc.record({
        patients: fc.integer({ min: 22, max: 90 }),
        visits: fc.integer({ min: 1, max: 4 }),
        endpoints: fc.integer({ min: 1, max: 2 }),
        covariates: fc.integer({ min: 2, max: 5 }),
        dropout: fc.constantFrom(0, 0.05, 0.2),
        sporadic: fc.constantFrom(0, 0.1, 0.3),
        misfortunes: fc.uniqueArray(fc.constantFrom(...Object.keys(MISFORTUNES)), { maxLength: 3 }),
        seed: fc.integer({ min: 1, max: 1_000_000 }),
      }),
      ({ misfortunes, seed, ...change }) => {
        const plain = simulatedHistory({ ...DEFAULT_LAW, ...change }, seed);
        const data = misfortunes.reduce((so_far, name) => MISFORTUNES[name]!(so_far), plain);
        const training = trainingFor(data, { folds: 4, bootstrapReplicates: 200 });
        try {
          const model = trainProgressionModel({ data, dataHash: "d", name: "m", training });
          const twins = generateTwins({ model, data, dataHash: "d", history: data });
          // Canonical JSON refuses NaN and infinities anywhere in the documents.
          expect(canonicalJson(model).length + canonicalJson(twins).length).toBeGreaterThan(0);
          for (const twin of twins.twins)
            for (const row of twin.standardDeviation) for (const sd of row) expect(sd).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(DomainError);
          expect((error as Error).message).toMatch(/must hold at least/);
        }
      },
    ),
    { numRuns: 25, seed: 6 },
  );
});

test("useless covariates are claimed useful in at most 2.5 % of histories, and bands keep their promise for new patients", () => {
  const replicates = 40;
  const patients = 100;
  const covered = [0, 0, 0];
  let claims = 0;
  let total = 0;
  for (let r = 0; r < replicates; r++) {
    const seed = createRng(77).fork(r).integer(1_000_000) + 1;
    const law = { ...DEFAULT_LAW, patients, effect: 0 };
    const data = simulatedHistory(law, seed);
    const model = trainProgressionModel({
      data,
      dataHash: "d",
      name: "m",
      training: trainingFor(data, { bootstrapReplicates: 200 }),
    });
    claims += model.evaluation.gain.at(-1)!.gainClaimed ? 1 : 0;
    const { twins } = generateTwins({
      model,
      data: simulatedHistory({ ...law, dropout: 0 }, seed + 1_000_001),
      dataHash: "e",
    });
    for (const twin of twins) {
      const value = twin.observed[0]!.at(-1);
      if (value === null || value === undefined) continue;
      total++;
      twin.bands[0]!.at(-1)!.forEach((band, k) => {
        if (value >= band.lower && value <= band.upper) covered[k]!++;
      });
    }
  }
  const rate = 0.025;
  expect(claims / replicates).toBeLessThanOrEqual(rate + 4 * Math.sqrt((rate * (1 - rate)) / replicates));
  [0.5, 0.8, 0.95].forEach((level, k) => {
    // Two sources per replicate: about 80 held-out residuals set the band, about 98 new patients judge it.
    const mcse = Math.sqrt((level * (1 - level) * (1 / 80 + 1 / 98)) / replicates);
    expect(Math.abs(covered[k]! / total - level)).toBeLessThan(4 * mcse);
  });
});

test("an outcome that is an exact function of its baseline is refused, not given an infinite gain", () => {
  const data = simulatedHistory({ ...DEFAULT_LAW, patients: 60 }, 3);
  const copied: LongDataSet = {
    ...data,
    patients: data.patients.map((patient) => ({
      ...patient,
      outcomes: [
        patient.outcomes[0]!.map((cell) => ("value" in cell ? { ...cell, value: patient.baseline[0]! } : cell)),
      ],
    })),
  };
  expect(() =>
    trainProgressionModel({ data: copied, dataHash: "a", training: trainingFor(copied), name: "copied" }),
  ).toThrow(
    /received score 1 at Visit 1; score 1 at Visit 2; score 1 at Visit 3\. Check that the mapping names the measured/,
  );
});
