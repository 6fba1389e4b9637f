import { describe, expect, test } from "vitest";
import type { LongDataSet } from "../../../lib/data/long-data-set.ts";
import { canonicalJson } from "../../../lib/numerics/canonical-json.ts";
import { sha256Hex } from "../../../lib/numerics/sha256.ts";
import { openFrozenModel } from "../../../lib/progression/frozen-model.ts";
import { trainProgressionModel } from "../../../lib/progression/train-progression-model.ts";
import { generateTwins } from "../../../lib/twins/generate-twins.ts";
import { twinSetSchema, updatedForecastSchema } from "../../../lib/twins/twin-document.ts";
import { updatedForecast } from "../../../lib/twins/updated-forecast.ts";
import { DEFAULT_LAW, simulatedHistory, trainingFor } from "../progression/simulated-history.ts";

const law = { ...DEFAULT_LAW, patients: 240 };
const history = simulatedHistory(law, 1);
const trial = simulatedHistory({ ...law, patients: 60 }, 2, "enrolled");
const model = trainProgressionModel({ data: history, dataHash: "a", training: trainingFor(history), name: "m" });
const dataHash = "b";
const set = generateTwins({ model, data: trial, dataHash, history });

type Patient = LongDataSet["patients"][number];
function changed(data: LongDataSet, change: (patient: Patient) => Partial<Patient>): LongDataSet {
  return { ...data, patients: data.patients.map((patient) => ({ ...patient, ...change(patient) })) };
}

describe("twins", () => {
  test("one per patient in the order of the data, a valid document whose hash covers everything", () => {
    expect(twinSetSchema.parse(JSON.parse(JSON.stringify(set)))).toEqual(set);
    expect(set.twins.map((twin) => twin.patientId)).toEqual(trial.patients.map((patient) => patient.id));
    const { hash, ...content } = set;
    expect(sha256Hex(canonicalJson(content))).toBe(hash);
    expect(generateTwins({ model, data: trial, dataHash, history }).hash).toBe(hash);
  });

  test("come from baseline only: what happens after baseline, and in which arm, changes no twin", () => {
    const other = changed(trial, (patient) => ({
      arm: patient.arm === "active" ? "placebo" : "active",
      outcomes: patient.outcomes.map((row) => row.map((cell) => ("value" in cell ? { ...cell, value: -999 } : cell))),
    }));
    const again = generateTwins({ model, data: other, dataHash, history });
    again.twins.forEach((twin, i) => {
      const { observed: _a, arm: _b, ...one } = twin;
      const { observed: _c, arm: _d, ...two } = set.twins[i]!;
      expect(one).toEqual(two);
    });
  });

  test("the score is the twin's mean at the primary endpoint and visit, and contributions add up to it", () => {
    const opened = openFrozenModel(model);
    for (const twin of set.twins) {
      expect(twin.prognosticScore).toBeCloseTo(twin.mean[0]![2]!, 12);
      const sum = twin.contributions.reduce((total, part) => total + part.contribution, 0);
      expect(sum).toBeCloseTo(twin.prognosticScore - opened.populationMean[2]!, 10);
    }
  });

  test("bands contain the mean and nest", () => {
    for (const twin of set.twins) {
      twin.bands.forEach((byVisit, e) => {
        byVisit.forEach((levels, v) => {
          expect(twin.standardDeviation[e]![v]!).toBeGreaterThan(0);
          for (let k = 0; k < levels.length; k++) {
            expect(levels[k]!.lower).toBeLessThanOrEqual(twin.mean[e]![v]!);
            if (k > 0) expect(levels[k]!.upper).toBeGreaterThanOrEqual(levels[k - 1]!.upper);
          }
        });
      });
    }
  });

  test("the order of endpoints, visits, covariates and patients in the data does not matter", () => {
    const reversed: LongDataSet = {
      ...trial,
      visits: [...trial.visits].reverse(),
      covariates: [...trial.covariates].reverse(),
      patients: [...trial.patients].reverse().map((patient) => ({
        ...patient,
        covariates: [...patient.covariates].reverse(),
        outcomes: patient.outcomes.map((row) => [...row].reverse()),
      })),
    };
    expect([...generateTwins({ model, data: reversed, dataHash, history }).twins].reverse()).toEqual(set.twins);
  });

  test("five nearest historical patients, nearest first, never the patient itself", () => {
    for (const twin of set.twins) {
      expect(twin.nearest).toHaveLength(5);
      for (let k = 1; k < 5; k++)
        expect(twin.nearest[k]!.distance).toBeGreaterThanOrEqual(twin.nearest[k - 1]!.distance);
    }
    const ofHistory = generateTwins({ model, data: history, dataHash, history });
    for (const twin of ofHistory.twins)
      expect(twin.nearest.map((near) => near.patientId)).not.toContain(twin.patientId);
    expect(generateTwins({ model, data: trial, dataHash }).twins[0]!.nearest).toEqual([]);
  });

  test("a patient unlike the history is flagged with the reason; an unknown level and a missing covariate are told apart", () => {
    const odd = changed(trial, (patient) =>
      patient.id === trial.patients[0]!.id ? { covariates: [40, ...patient.covariates.slice(1)] } : {},
    );
    const [first] = generateTwins({ model, data: odd, dataHash }).twins;
    expect(first!.support.outOfSupport).toBe(true);
    expect(first!.support.outsideRange).toEqual(["x1"]);
    expect(first!.support.squaredDistance).toBeGreaterThan(first!.support.limit);

    const west: LongDataSet = {
      ...trial,
      covariates: trial.covariates.map((c) =>
        c.type === "categorical" ? { ...c, levels: ["north", "south", "west"] } : c,
      ),
      patients: trial.patients.map((patient, i) =>
        i === 0 ? { ...patient, covariates: [...patient.covariates.slice(0, -1), "west"] } : patient,
      ),
    };
    const unseen = generateTwins({ model, data: west, dataHash }).twins[0]!;
    expect(unseen.support.outsideRange).toEqual(["Region: west (not in training)"]);
    expect(unseen.support.outOfSupport).toBe(true);
    expect(unseen.contributions.at(-1)).toMatchObject({ observed: false, contribution: 0 });
  });

  test("training patients are out of support about as often as promised (2.5 % by distance)", () => {
    const own = generateTwins({ model, data: history, dataHash });
    const beyond = own.twins.filter((twin) => twin.support.squaredDistance > twin.support.limit).length;
    expect(beyond).toBe(Math.floor(0.025 * 240));
    expect(own.twins.every((twin) => twin.support.outsideRange.length === 0)).toBe(true);
  });

  test("a covariate that the new data lack is named, and the twins still come", () => {
    const without: LongDataSet = {
      ...trial,
      covariates: trial.covariates.slice(1),
      patients: trial.patients.map((patient) => ({ ...patient, covariates: patient.covariates.slice(1) })),
    };
    const result = generateTwins({ model, data: without, dataHash });
    expect(result.diagnostics.map((entry) => entry.message)).toContain(
      "x1 is missing in all 60 patients; their twins rest on the other baseline items and are less precise.",
    );
    expect(result.twins[0]!.standardDeviation[0]![2]!).toBeGreaterThan(0);
  });

  test("an endpoint in another unit, and an empty data set, are refused in words", () => {
    const kilo: LongDataSet = {
      ...trial,
      endpoints: trial.endpoints.map((endpoint) => ({ ...endpoint, unit: "kilopoints" })),
    };
    expect(() => generateTwins({ model, data: kilo, dataHash })).toThrow(
      /score 1: identity in kilopoints here, identity in points in the model/,
    );
    expect(() => generateTwins({ model, data: { ...trial, patients: [] }, dataHash })).toThrow(/at least one patient/);
  });

  test("observed minus twin by arm is the mean over the patients observed there", () => {
    const row = set.observedMinusTwin.find((entry) => entry.arm === "active" && entry.visitId === "visit2")!;
    const differences = set.twins.flatMap((twin) => {
      const value = twin.observed[0]![1];
      return twin.arm === "active" && value !== null && value !== undefined ? [value - twin.mean[0]![1]!] : [];
    });
    expect(row.patients).toBe(differences.length);
    expect(row.difference!.value).toBeCloseTo(differences.reduce((sum, d) => sum + d, 0) / differences.length, 10);
  });

  test("data without any endpoint of the model are refused", () => {
    const other: LongDataSet = {
      ...trial,
      endpoints: trial.endpoints.map((each) => ({ ...each, id: `other_${each.id}` })),
    };
    expect(() => generateTwins({ model, data: other, dataHash })).toThrow(
      /data\.endpoints must hold an endpoint of the model \(score1\); received other_score1/,
    );
  });

  test("patients of the history among the enrolled are reported; the same numbers for other persons are not", () => {
    const codes = (data: LongDataSet) =>
      generateTwins({ model, data, dataHash, history }).diagnostics.map((entry) => entry.code);
    expect(codes(history)).toContain("patients-in-history");
    expect(codes(trial)).not.toContain("patients-in-history");
  });

  test("treated patients of a history are neither nearest patients nor reported as seen by the model", () => {
    const mixed = changed(history, (patient) => ({
      arm: Number(patient.id.replace(/\D/g, "")) % 2 === 0 ? "active" : "placebo",
    }));
    const withTreated: LongDataSet = { ...mixed, arms: trial.arms };
    const controls = new Set(withTreated.patients.flatMap(({ id, arm }) => (arm === "placebo" ? [id] : [])));
    expect(controls.size).toBeGreaterThan(0);
    expect(controls.size).toBeLessThan(withTreated.patients.length);
    const { twins, diagnostics } = generateTwins({ model, data: withTreated, dataHash, history: withTreated });
    for (const { nearest } of twins) for (const { patientId } of nearest) expect(controls).toContain(patientId);
    expect(diagnostics.find(({ code }) => code === "patients-in-history")?.message).toMatch(
      new RegExp(`^${controls.size} of ${withTreated.patients.length} patients are also controls of the history`),
    );
  });

  test("controls that drift away from the history are reported, treated patients that do are not", () => {
    const shift = (arm: string) =>
      changed(trial, (patient) =>
        patient.arm === arm
          ? {
              outcomes: patient.outcomes.map((row) =>
                row.map((cell) => ("value" in cell ? { ...cell, value: cell.value + 15 } : cell)),
              ),
            }
          : {},
      );
    const codes = (data: LongDataSet) =>
      generateTwins({ model, data, dataHash }).diagnostics.map((entry) => entry.code);
    expect(codes(shift("placebo"))).toContain("drift");
    expect(codes(shift("active"))).toEqual(set.diagnostics.map((entry) => entry.code));
  });
});

describe("updated forecast", () => {
  const patient = trial.patients.find(
    (candidate) => candidate.arm === "active" && candidate.outcomes[0]!.every((cell) => "value" in cell),
  )!;
  const request = { model, data: trial, patientId: patient.id, throughVisitId: "visit2" };

  test("is labelled, passes through what it conditions on, and narrows what lies ahead", () => {
    const forecast = updatedForecast(request);
    expect(updatedForecastSchema.parse(JSON.parse(JSON.stringify(forecast)))).toEqual(forecast);
    expect(forecast.label).toBe("updated forecast");
    expect(forecast.conditionedOn.map((entry) => entry.visitId)).toEqual(["visit1", "visit2"]);
    const first = patient.outcomes[0]![0]!;
    expect(forecast.mean[0]![0]).toBe("value" in first ? first.value : null);
    expect(forecast.standardDeviation[0]!.slice(0, 2)).toEqual([0, 0]);
    const twin = set.twins.find((candidate) => candidate.patientId === patient.id)!;
    expect(forecast.standardDeviation[0]![2]!).toBeLessThan(twin.standardDeviation[0]![2]!);
  });

  test("does not look beyond the visit it was asked to stop at", () => {
    const later = changed(trial, (candidate) =>
      candidate.id === patient.id
        ? {
            outcomes: candidate.outcomes.map((row) =>
              row.map((cell, v) => (v === 2 && "value" in cell ? { ...cell, value: 500 } : cell)),
            ),
          }
        : {},
    );
    expect(updatedForecast({ ...request, data: later })).toEqual(updatedForecast(request));
  });

  test("an unknown patient or visit is refused with what there is", () => {
    expect(() => updatedForecast({ ...request, patientId: "nobody" })).toThrow(/must be a patient of the data set/);
    expect(() => updatedForecast({ ...request, throughVisitId: "week9" })).toThrow(/visit1, visit2, visit3/);
  });
});
