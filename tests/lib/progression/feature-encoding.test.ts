import { describe, expect, test } from "vitest";
import type { LongDataSet } from "../../../lib/data/long-data-set.ts";
import { subjectTable } from "../../../lib/data/subject-table.ts";
import { baselineFeatures, encodeFeatures, featureLabel } from "../../../lib/progression/feature-encoding.ts";
import { DEFAULT_LAW, simulatedHistory } from "./simulated-history.ts";

const history = simulatedHistory({ ...DEFAULT_LAW, patients: 12, covariates: 2, sporadic: 0 }, 4);
const features = baselineFeatures(history.endpoints, history.covariates);

function withRegions(levels: string[], value: string | null): LongDataSet {
  return {
    ...history,
    covariates: [
      history.covariates[0]!,
      history.covariates[1]!,
      { id: "region", label: "Region", type: "categorical", levels },
    ],
    patients: history.patients.map((patient) => ({
      ...patient,
      covariates: [...patient.covariates.slice(0, 2), value],
    })),
  };
}

describe("encoding of baseline features", () => {
  test("baseline endpoints, continuous covariates and indicators of all levels but the first, in this order", () => {
    expect(features.map((feature) => featureLabel(feature, history.endpoints, history.covariates))).toEqual([
      "score 1 at baseline",
      "x1",
      "x2",
      "Region: south",
    ]);
    const encoded = encodeFeatures(subjectTable(history), features, history.covariates);
    history.patients.forEach((patient, i) => {
      expect(Array.from(encoded.subarray(i * 4, i * 4 + 4))).toEqual([
        patient.baseline[0],
        patient.covariates[0],
        patient.covariates[1],
        patient.covariates[2] === "south" ? 1 : 0,
      ]);
    });
  });

  test("another order of levels in new data changes nothing", () => {
    const encoded = encodeFeatures(
      subjectTable(withRegions(["south", "north"], "south")),
      features,
      history.covariates,
    );
    expect(encoded[3]).toBe(1);
  });

  test("a level never seen in training, a missing value and a missing covariate are all missing, not the reference level", () => {
    const unseen = encodeFeatures(
      subjectTable(withRegions(["north", "south", "west"], "west")),
      features,
      history.covariates,
    );
    const missing = encodeFeatures(subjectTable(withRegions(["north", "south"], null)), features, history.covariates);
    const absent = {
      ...history,
      covariates: history.covariates.slice(0, 2),
      patients: history.patients.map((p) => ({ ...p, covariates: p.covariates.slice(0, 2) })),
    };
    expect(unseen[3]).toBeNaN();
    expect(missing[3]).toBeNaN();
    expect(encodeFeatures(subjectTable(absent), features, history.covariates)[3]).toBeNaN();
  });

  test("a covariate of another type is refused with the way back", () => {
    const wrong: LongDataSet = {
      ...history,
      covariates: [
        history.covariates[0]!,
        history.covariates[1]!,
        { id: "region", label: "Region", type: "continuous", unit: "" },
      ],
      patients: history.patients.map((patient) => ({ ...patient, covariates: [...patient.covariates.slice(0, 2), 1] })),
    };
    expect(() => encodeFeatures(subjectTable(wrong), features, history.covariates)).toThrow(
      /covariates.region must be categorical.*mapping/,
    );
  });
});
