import { describe, expect, test } from "vitest";
import type { LongDataSet } from "../../../lib/data/long-data-set.ts";
import { selectSubjects, subjectTable } from "../../../lib/data/subject-table.ts";
import { createRng } from "../../../lib/numerics/philox.ts";
import { baselineAncovaMember } from "../../../lib/progression/baseline-ancova/baseline-ancova-member.ts";
import { assertEnrichment, type Enrichment, enrichmentWeights } from "../../../lib/progression/enrichment.ts";
import { baselineFeatures } from "../../../lib/progression/feature-encoding.ts";
import { trainPredictor } from "../../../lib/progression/train-predictor.ts";
import { trainProgressionModel } from "../../../lib/progression/train-progression-model.ts";
import { prepareTraining } from "../../../lib/progression/training-problem.ts";
import { histories, trainingSet } from "../../../lib/progression/training-set.ts";
import { DEFAULT_LAW, simulatedHistory, trainingFor } from "./simulated-history.ts";

const south: Enrichment = { subgroup: { kind: "level", covariateId: "region", level: "south" }, share: 0.5 };

/** In the south, a tenth of the patients, covariate x1 works the other way. */
function twoRegions(patients: number, seed: number): LongDataSet {
  const data = simulatedHistory({ ...DEFAULT_LAW, patients, covariates: 1, effect: 0 }, seed);
  return {
    ...data,
    patients: data.patients.map((patient) => {
      const x = Number(patient.covariates[0] ?? 0);
      const effect = patient.covariates[1] === "south" ? -8 * x : 2 * x;
      return {
        ...patient,
        outcomes: patient.outcomes.map((row) =>
          row.map((cell) => ("value" in cell ? { ...cell, value: cell.value + effect } : cell)),
        ),
      };
    }),
  };
}

describe("enrichment of a rare subgroup", () => {
  const data = simulatedHistory(DEFAULT_LAW, 3);
  const table = subjectTable(data);

  test("weights have mean 1 and give the subgroup its share", () => {
    const weights = enrichmentWeights(table, south);
    const inside = weights.filter((_, i) => data.patients[i]!.covariates.at(-1) === "south");
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(table.count, 9);
    expect(inside.reduce((sum, weight) => sum + weight, 0) / table.count).toBeCloseTo(0.5, 12);
  });

  test("a range counts both its ends; a patient whose value is missing is one of the others", () => {
    const x = data.patients.map((patient) => patient.covariates[0] as number | null);
    const known = x.filter((value): value is number => value !== null).sort((a, b) => a - b);
    const from = known.at(-20)!;
    const weights = enrichmentWeights(table, {
      subgroup: { kind: "range", covariateId: "x1", from, to: null },
      share: 0.4,
    });
    const heavy = Math.max(...weights);
    x.forEach((value, i) => {
      expect(weights[i] === heavy).toBe(value !== null && value >= from);
    });
  });

  test("what the data cannot carry is refused", () => {
    const refused = (enrichment: Enrichment) => () => assertEnrichment(table, data.covariates, enrichment);
    const level = (covariateId: string, name: string): Enrichment => ({
      subgroup: { kind: "level", covariateId, level: name },
      share: 0.5,
    });
    expect(refused(south)).not.toThrow();
    expect(refused(level("country", "south"))).toThrow(/must be a covariate of the data set \(x1/);
    expect(refused(level("x1", "south"))).toThrow(/continuous/);
    expect(refused(level("region", "west"))).toThrow(/must be a level of Region/);
    const beyond: Enrichment = { subgroup: { kind: "range", covariateId: "x1", from: 99, to: null }, share: 0.5 };
    expect(refused(beyond)).toThrow(/at least 5 of the 200 control patients/);
  });

  test("the subgroup is predicted better by a model that gave it more weight", () => {
    const fresh = twoRegions(4000, 90);
    const rare = subjectTable({ ...fresh, patients: fresh.patients.filter((p) => p.covariates[1] === "south") });
    const error = (enrichment: Enrichment | undefined) => {
      let squares = 0;
      for (const seed of [1, 2, 3]) {
        const history = twoRegions(300, seed);
        const { problem } = prepareTraining(history, {
          ...trainingFor(history),
          ...(enrichment === undefined ? {} : { enrichment }),
        });
        const trained = trainPredictor(problem, problem.table, createRng(1), true, () => {});
        const historyOf = histories(rare, trained.predictor.features, problem.covariates);
        for (let i = 0; i < rare.count; i++) {
          const value = rare.outcomes[i * 3 + 2]!;
          if (!Number.isNaN(value)) squares += (value - trained.predictor.forecast(historyOf(i)).mean[2]!) ** 2;
        }
      }
      return squares;
    };
    expect(error(south)).toBeLessThan(0.9 * error(undefined));
  });

  test("the null member gives a patient of weight two what two patients get", () => {
    const features = baselineFeatures(data.endpoints, data.covariates);
    const strata = data.covariates.filter(({ id }) => id === "region");
    const twice = selectSubjects(table, [...Array(200).keys(), ...Array(50).keys()]);
    const weights = Float64Array.from({ length: 200 }, (_, i) => (i < 50 ? 2 : 1));
    const train = (subjects: typeof table, w?: Float64Array) => {
      const { training } = trainingSet(subjects, features, data.covariates);
      const given = w === undefined ? training : { ...training, weights: w };
      return baselineAncovaMember.train(given, { strata }, createRng(1), () => {});
    };
    const weighted = train(table, weights);
    const doubled = train(twice);
    weighted.equations.forEach((equation, cell) => {
      equation.slopes.forEach((slope, k) => {
        expect(slope).toBeCloseTo(doubled.equations[cell]!.slopes[k]!, 8);
      });
    });
  });

  test("a trained model says so, and its evaluation counts every patient once", () => {
    const model = trainProgressionModel({
      data,
      dataHash: "d",
      training: trainingFor(data, { enrichment: south }),
      name: "enriched",
    });
    const [said] = model.diagnostics.filter(({ code }) => code === "enriched");
    expect(said?.message).toMatch(/carry 50 % of the training weight/);
    const plain = trainProgressionModel({ data, dataHash: "d", training: trainingFor(data), name: "plain" });
    expect(model.evaluation.gain.map(({ patients }) => patients)).toEqual(
      plain.evaluation.gain.map(({ patients }) => patients),
    );
    expect(model.evaluation.gain[0]?.rmse.baselineAncova).toBe(plain.evaluation.gain[0]?.rmse.baselineAncova);
  });
});
