import { describe, expect, test } from "vitest";
import { type SubjectTable, selectSubjects, subjectTable } from "../../../../lib/data/subject-table.ts";
import { allCovariateAncova } from "../../../../lib/progression/comparators/all-covariate-ancova.ts";
import { baselineAncova } from "../../../../lib/progression/comparators/baseline-ancova.ts";
import { lastValueCarriedForward } from "../../../../lib/progression/comparators/last-value-carried-forward.ts";
import { fitLinearPredictor, predictLinear } from "../../../../lib/progression/comparators/linear-predictor.ts";
import { meanChange } from "../../../../lib/progression/comparators/mean-change.ts";
import { DEFAULT_LAW, simulatedHistory } from "../simulated-history.ts";

const data = simulatedHistory({ ...DEFAULT_LAW, patients: 90, endpoints: 2 }, 7);
const table = subjectTable(data);
const region = data.covariates.filter((covariate) => covariate.id === "region");
const training = selectSubjects(
  table,
  Int32Array.from({ length: 60 }, (_, i) => i),
);
const heldOut = selectSubjects(
  table,
  Int32Array.from({ length: 30 }, (_, i) => 60 + i),
);
const cells = 6;

function withoutOutcomes(patients: SubjectTable): SubjectTable {
  return { ...patients, outcomes: new Float64Array(patients.outcomes.length).fill(Number.NaN) };
}

describe("comparators", () => {
  test("last value carried forward is the baseline value at every visit", () => {
    const predicted = lastValueCarriedForward.predict(training, heldOut);
    for (let i = 0; i < 30; i++) {
      for (let cell = 0; cell < cells; cell++) {
        expect(predicted[i * cells + cell]).toBe(heldOut.baseline[i * 2 + Math.floor(cell / 3)]);
      }
    }
  });

  test("mean change adds the training patients' mean change", () => {
    const predicted = meanChange.predict(training, heldOut);
    const cell = 4;
    const changes = Array.from(
      { length: 60 },
      (_, i) => training.outcomes[i * cells + cell]! - training.baseline[i * 2 + 1]!,
    ).filter((change) => !Number.isNaN(change));
    const mean = changes.reduce((sum, change) => sum + change, 0) / changes.length;
    expect(predicted[5 * cells + cell]).toBeCloseTo(heldOut.baseline[5 * 2 + 1]! + mean, 12);
  });

  test("ANCOVA on the baseline value alone is the textbook line", () => {
    const predicted = baselineAncova([]).predict(training, heldOut);
    const cell = 2;
    const pairs = Array.from(
      { length: 60 },
      (_, i) => [training.baseline[i * 2]!, training.outcomes[i * cells + cell]!] as const,
    ).filter(([, y]) => !Number.isNaN(y));
    const n = pairs.length;
    const mx = pairs.reduce((sum, [x]) => sum + x, 0) / n;
    const my = pairs.reduce((sum, [, y]) => sum + y, 0) / n;
    const slope =
      pairs.reduce((s, [x, y]) => s + (x - mx) * (y - my), 0) / pairs.reduce((s, [x]) => s + (x - mx) ** 2, 0);
    for (let i = 0; i < 30; i++) {
      expect(predicted[i * cells + cell]).toBeCloseTo(my + slope * (heldOut.baseline[i * 2]! - mx), 9);
    }
  });

  test("no method looks at the outcomes of the patients it predicts", () => {
    for (const method of [
      baselineAncova(region),
      allCovariateAncova(data.covariates),
      meanChange,
      lastValueCarriedForward,
    ]) {
      expect(Array.from(method.predict(training, withoutOutcomes(heldOut)))).toEqual(
        Array.from(method.predict(training, heldOut)),
      );
    }
  });

  test("a missing predictor stands at its training mean", () => {
    const predictors = Float64Array.from([1, 2, 3, Number.NaN, 4]);
    const predictor = fitLinearPredictor(predictors, Float64Array.from([2, 4, 6, 5, 8]))!;
    expect(predictor.means[0]).toBe(2.5);
    expect(predictLinear(predictor, predictors, 3)).toBeCloseTo(5, 12);
    expect(predictLinear(predictor, predictors, 4)).toBeCloseTo(8, 12);
  });

  test("a predictor that repeats another gets no weight of its own", () => {
    const predictor = fitLinearPredictor(Float64Array.from([1, 2, 2, 4, 3, 6, 4, 8]), Float64Array.from([3, 5, 7, 9]))!;
    expect(predictor.slopes[0]).toBeCloseTo(2, 12);
    expect(predictor.slopes[1]).toBe(0);
  });

  test("without any observed outcome there is no predictor", () => {
    expect(fitLinearPredictor(Float64Array.from([1, 2]), Float64Array.from([Number.NaN, Number.NaN]))).toBeNull();
  });
});
