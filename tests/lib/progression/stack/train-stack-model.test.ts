import { describe, expect, test } from "vitest";
import { subjectTable } from "../../../../lib/data/subject-table.ts";
import { baselineLaw } from "../../../../lib/progression/baseline-draws.ts";
import { meanAttribution } from "../../../../lib/progression/feature-attribution.ts";
import { openTwinPredictor, parseFrozenModel } from "../../../../lib/progression/frozen-model.ts";
import { frozenModelSchema, type TrainedModel } from "../../../../lib/progression/model-document.ts";
import { trainWithPredictions } from "../../../../lib/progression/train-progression-model.ts";
import { histories } from "../../../../lib/progression/training-set.ts";
import { generateTwins } from "../../../../lib/twins/generate-twins.ts";
import { updatedForecast } from "../../../../lib/twins/updated-forecast.ts";
import { DEFAULT_LAW, simulatedHistory, trainingFor } from "../simulated-history.ts";

const data = simulatedHistory({ ...DEFAULT_LAW, patients: 150, studies: 2 }, 31);
const training = trainingFor(data, {
  folds: 4,
  bootstrapReplicates: 300,
  members: ["gaussian-joint", "ridge-transition"],
});
const request = { data, dataHash: "d", name: "stacked", training };
const { model, heldOut } = trainWithPredictions(request);

describe("a stacked model", () => {
  test("is a complete document of format 3 that survives a file, and is refused when changed", () => {
    expect(model.format).toBe("understudy-model/3");
    const read = parseFrozenModel(JSON.parse(JSON.stringify(model)));
    expect(read).toEqual(model);
    const changed = JSON.parse(JSON.stringify(model)) as TrainedModel;
    if (changed.predictor.kind !== "stack") throw new Error("no stack");
    changed.predictor.weights[0]![0]! += 1e-6;
    expect(() => parseFrozenModel(changed)).toThrow(/changed after the model was frozen/);
  });

  test("a document of a version to come is refused with the reason", () => {
    expect(frozenModelSchema.safeParse({ ...model, format: "understudy-model/4" }).success).toBe(false);
    expect(() => parseFrozenModel({ ...model, format: "understudy-model/4" })).toThrow(
      /another version of the program/,
    );
  });

  test("compares nulls, members and stack on the same patients, one of them chosen", () => {
    const { candidates } = model.evaluation;
    expect(candidates.map(({ id }) => id)).toEqual([
      "last-value-carried-forward",
      "mean-change",
      "all-covariate-ancova",
      "baseline-ancova",
      "gaussian-joint",
      "ridge-transition",
      "stack",
    ]);
    expect(candidates.filter(({ chosen }) => chosen).map(({ id }) => id)).toEqual(["stack"]);
    for (const { visits } of candidates) {
      expect(visits.map(({ patients }) => patients)).toEqual(model.evaluation.gain.map(({ patients }) => patients));
    }
    const stack = candidates.find(({ id }) => id === "stack")!;
    stack.visits.forEach((row, k) => {
      expect(row.gain).toEqual(model.evaluation.gain[k]!.gain);
      expect(row.law!.partialCorrelation).toEqual(model.evaluation.gain[k]!.partialCorrelation);
    });
    const nothing = candidates.find(({ id }) => id === "baseline-ancova")!;
    for (const { gain } of nothing.visits) expect(Math.abs(gain.value)).toBeLessThan(1e-9);
    for (const { trajectories } of candidates.filter(({ role }) => role !== "null")) {
      expect(trajectories[0]!.energyGain.value).toBeGreaterThan(0);
      expect(trajectories[0]!.twoSampleTest!.pValue).toBeGreaterThan(0.01);
    }
    expect(stack.leaveOneStudyOut.length).toBe(6);
    expect(model.evaluation.drift.every(({ studies, betweenStudies }) => studies === 2 && betweenStudies >= 0)).toBe(
      true,
    );
  });

  test("a run-in explains more of what comes after than baseline does", () => {
    const { runIn } = model.evaluation;
    expect(runIn.map(({ runInVisits, visitId }) => `${runInVisits} ${visitId}`)).toEqual([
      "1 visit2",
      "1 visit3",
      "2 visit3",
    ]);
    for (const row of runIn) {
      expect(row.variance.rSquaredWithScore.value).toBeGreaterThan(row.withoutRunIn.rSquaredWithScore.value);
      expect(row.variance.rSquaredAncova.value).toBeGreaterThan(row.withoutRunIn.rSquaredAncova.value);
    }
  });

  test("says that linear covariates in the analysis would do the same", () => {
    const { sentence, scoreExplainedByCovariates } = model.evaluation.collinearity.at(-1)!;
    expect(scoreExplainedByCovariates).toBeGreaterThan(0.9);
    expect(sentence).toMatch(/collinear and adds nothing/);
  });

  test("makes twins with the stack: means, score and contributions are its own", () => {
    const enrolled = simulatedHistory({ ...DEFAULT_LAW, patients: 20 }, 5, "enrolled");
    const set = generateTwins({ model, data: enrolled, dataHash: "e" });
    const predictor = openTwinPredictor(model);
    const historyOf = histories(subjectTable(enrolled), predictor.features, model.covariates);
    set.twins.forEach((twin, i) => {
      const mean = predictor.model.predictMean(historyOf(i));
      expect(twin.mean[0]).toEqual(Array.from(mean));
      expect(twin.prognosticScore).toBe(mean[2]);
      const { contributions } = meanAttribution(predictor.model, historyOf(i), baselineLaw(model.parameters), 2);
      expect(twin.contributions.map(({ contribution }) => contribution)).toEqual(Array.from(contributions));
    });
    const forecast = updatedForecast({
      model,
      data: enrolled,
      patientId: enrolled.patients[0]!.id,
      throughVisitId: "visit1",
    });
    expect(forecast.standardDeviation[0]![2]!).toBeGreaterThan(0);
  });

  test("out-of-fold predictions have a row per patient, endpoint and visit and agree with the figures", () => {
    expect(heldOut.rows).toHaveLength(150 * 3);
    const at = (name: string) => heldOut.columns.indexOf(name);
    let twin = 0;
    let ancova = 0;
    for (const row of heldOut.rows) {
      if (row[at("visit")] !== "visit3") continue;
      const observed = row[at("observed")];
      if (typeof observed !== "number") continue;
      twin += (observed - (row[at("twin")] as number)) ** 2;
      ancova += (observed - (row[at("baseline_ancova")] as number)) ** 2;
    }
    expect(1 - twin / ancova).toBeCloseTo(model.evaluation.gain.at(-1)!.gain.value, 10);
  });

  test("the same request gives the same bits", () => {
    expect(trainWithPredictions(request).model.hash).toBe(model.hash);
  });
});
