import { describe, expect, test } from "vitest";
import { assembleDataSet } from "../../../lib/data/assemble-data-set.ts";
import type { LongDataSet } from "../../../lib/data/long-data-set.ts";
import { mappingSpecSchema } from "../../../lib/data/mapping-spec.ts";
import { readTable } from "../../../lib/data/read-table.ts";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import { createRng } from "../../../lib/numerics/philox.ts";
import type { MemberId } from "../../../lib/progression/member-parameters.ts";
import type { TrainedModel, TrainingSpec } from "../../../lib/progression/model-document.ts";
import { trainProgressionModel } from "../../../lib/progression/train-progression-model.ts";
import { generateTwins } from "../../../lib/twins/generate-twins.ts";
import { DEFAULT_LAW, simulatedHistory, trainingFor } from "./simulated-history.ts";

const history = simulatedHistory({ ...DEFAULT_LAW, patients: 120 }, 31);
const ALL: MemberId[] = ["gaussian-joint", "mixed-effects", "ridge-transition", "boosted-transition"];

function train(data: LongDataSet, change: Partial<TrainingSpec> = {}): TrainedModel {
  const training = trainingFor(data, { bootstrapReplicates: 200, folds: 3, ...change });
  return trainProgressionModel({ data, dataHash: "d", name: "history", training });
}

function mapPatients(
  data: LongDataSet,
  change: (patient: LongDataSet["patients"][number], i: number) => Partial<LongDataSet["patients"][number]>,
): LongDataSet {
  return { ...data, patients: data.patients.map((patient, i) => ({ ...patient, ...change(patient, i) })) };
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof DomainError) return error.message;
    throw error;
  }
  return "accepted";
}

/** Every number of the evaluation and of twins is a number. */
function expectSound(model: TrainedModel, data: LongDataSet): void {
  const { twins } = generateTwins({ model, data, dataHash: "d" });
  expect(
    twins.every(({ mean, standardDeviation }) => [...mean, ...standardDeviation].flat().every(Number.isFinite)),
  ).toBe(true);
  expect(JSON.stringify(model)).not.toMatch(/NaN|null,null,null/);
  expect(model.evaluation.gain.every(({ gain }) => Number.isFinite(gain.value))).toBe(true);
}

describe.each([[undefined], [ALL]])("a history of which (members %s)", (members) => {
  const asked = members === undefined ? {} : { members };

  test("all patients drop out before the last visit is refused, naming the visit", () => {
    const early = mapPatients(history, ({ outcomes }) => ({
      outcomes: outcomes.map((row) => row.map((cell, v) => (v === 2 ? { missing: "dropped-out" as const } : cell))),
    }));
    expect(refusal(() => train(early, asked))).toMatch(
      /at least 20 control patients with score 1 at baseline and at Visit 3; received 0 .*choose another primary/,
    );
    expect(refusal(() => train(early, { ...asked, primary: { endpointId: "score1", visitId: "visit2" } }))).toMatch(
      /score 1 at Visit 3: 0\. Leave out those endpoints or visits/,
    );
  });

  test("a covariate was never observed is trained without it, and says so", () => {
    const blind = mapPatients(history, ({ covariates }) => ({ covariates: [null, ...covariates.slice(1)] }));
    const model = train(blind, asked);
    expect(model.diagnostics).toContainEqual(
      expect.objectContaining({ message: expect.stringMatching(/^x1 is missing in every control patient/) }),
    );
    expect(model.parameters.features).not.toContainEqual({ kind: "continuous-covariate", covariateId: "x1" });
    expectSound(model, blind);
  });

  test("the outcome never changes is refused in words", () => {
    const constant = mapPatients(history, ({ outcomes }) => ({
      outcomes: outcomes.map((row) => row.map((cell) => ("value" in cell ? { ...cell, value: 7 } : cell))),
    }));
    expect(refusal(() => train(constant, asked))).toMatch(/score 1.*the same/i);
    const late = mapPatients(history, ({ outcomes }) => ({
      outcomes: outcomes.map((row) =>
        row.map((cell, v) => ("value" in cell && v === 1 ? { ...cell, value: 7 } : cell)),
      ),
    }));
    expect(refusal(() => train(late, asked))).toMatch(/score 1 at Visit 2.*the same/i);
  });

  test("training is interrupted leaves nothing behind and can be begun again", () => {
    const training = trainingFor(history, { bootstrapReplicates: 200, folds: 3, ...asked });
    const request = { data: history, dataHash: "d", name: "history", training };
    for (const moment of [0.01, 0.4, 0.9]) {
      expect(() =>
        trainProgressionModel({
          ...request,
          onProgress: (fraction) => {
            if (fraction >= moment) throw new Error("interrupted");
          },
        }),
      ).toThrow("interrupted");
    }
    expect(trainProgressionModel(request).hash).toBe(trainProgressionModel(request).hash);
  });
});

test("one patient with 200 visits counts like one with a visit at each planned day", () => {
  const day = (v: number) => 90 * (v + 1);
  const rng = createRng(5);
  const lines = ["id,day,score"];
  for (let i = 0; i < 60; i++) {
    const level = 20 + 5 * rng.normal();
    const days = i === 0 ? Array.from({ length: 200 }, (_, k) => 2 * k) : [0, day(0), day(1), day(2), day(3)];
    for (const at of days) lines.push(`P${i},${at},${(level + at / 100 + rng.normal()).toFixed(4)}`);
  }
  const read = readTable(new TextEncoder().encode(lines.join("\n")), "visits.csv");
  if (!read.ok) throw new Error("unreadable");
  const mapping = mappingSpecSchema.parse({
    format: "understudy-mapping/1",
    name: "two hundred visits",
    role: "historical-control",
    origin: "simulated",
    patient: { column: "id" },
    study: { kind: "constant", value: "one" },
    time: { kind: "day", column: "day", unit: "days", convention: "zero-based" },
    visits: [0, 1, 2, 3].map((v) => ({
      id: `v${v + 1}`,
      label: `Visit ${v + 1}`,
      targetDay: day(v),
      windowFrom: day(v) - 30,
      windowTo: day(v) + 30,
    })),
    endpoints: [
      {
        endpoint: {
          id: "score1",
          label: "score 1",
          unit: "points",
          scale: "identity",
          benefit: "lower-is-better",
          sourceRange: { minimum: null, maximum: null },
        },
        source: "score",
      },
    ],
    arm: {
      kind: "pooled-control",
      reason: "Every patient received placebo.",
      arm: { id: "placebo", label: "Placebo", role: "control" },
    },
  });
  const assembled = assembleDataSet(read.table, mapping);
  if (!assembled.ok) throw new Error(JSON.stringify(assembled.problems));
  const { data } = assembled;
  const crowded = data.patients.find(({ id }) => id === "P0")!;
  expect(crowded.outcomes[0]!.map((cell) => ("day" in cell ? cell.day : null))).toEqual([90, 180, 270, 360]);
  for (const members of [undefined, ALL]) {
    const model = train(data, {
      primary: { endpointId: "score1", visitId: "v4" },
      strata: [],
      ...(members === undefined ? {} : { members }),
    });
    expect(model.parameters.patients).toBe(60);
    expectSound(model, data);
  }
});

describe("a patient file in other units", () => {
  const model = train(history);

  test("is refused where the units are named, endpoints and covariates at once", () => {
    const inKilograms: LongDataSet = {
      ...history,
      endpoints: history.endpoints.map((endpoint) => ({ ...endpoint, unit: "kilopoints" })),
    };
    expect(refusal(() => generateTwins({ model, data: inKilograms, dataHash: "d" }))).toMatch(
      /score 1: identity in kilopoints here, identity in points in the model/,
    );
    const named = (unit: string): LongDataSet => ({
      ...history,
      covariates: history.covariates.map((covariate) =>
        covariate.type === "continuous" && covariate.id === "x2" ? { ...covariate, unit } : covariate,
      ),
    });
    const inGrams = train(named("g"));
    expect(refusal(() => generateTwins({ model: inGrams, data: named("kg"), dataHash: "d" }))).toMatch(
      /x2: in kg here, in g in the model.*same scale, unit, type and levels in the mapping/,
    );
    expect(refusal(() => generateTwins({ model: inGrams, data: named("g"), dataHash: "d" }))).toBe("accepted");
  });

  test("is flagged where only the numbers tell", () => {
    const thousandfold = mapPatients(history, ({ baseline }) => ({ baseline: baseline.map((value) => 1000 * value!) }));
    const flagged = generateTwins({ model, data: thousandfold, dataHash: "d" }).diagnostics[0];
    expect(flagged).toMatchObject({ severity: "critical", code: "units-suspected" });
    expect(flagged?.message).toMatch(/score 1.*120 of 120 patients lie outside the range seen in training/);
    const same = generateTwins({ model, data: history, dataHash: "d" }).diagnostics;
    expect(same.filter(({ code }) => code === "units-suspected")).toEqual([]);
  });
});
