import { describe, expect, test } from "vitest";
import type { LongDataSet } from "../../../lib/data/long-data-set.ts";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import { canonicalJson } from "../../../lib/numerics/canonical-json.ts";
import { createRng } from "../../../lib/numerics/philox.ts";
import { sha256Hex } from "../../../lib/numerics/sha256.ts";
import { openFrozenModel, parseFrozenModel } from "../../../lib/progression/frozen-model.ts";
import { type FrozenModel, frozenModelSchema, type TrainedModel } from "../../../lib/progression/model-document.ts";
import { trainProgressionModel } from "../../../lib/progression/train-progression-model.ts";
import { generateTwins } from "../../../lib/twins/generate-twins.ts";
import { DEFAULT_LAW, simulatedHistory, trainingFor } from "./simulated-history.ts";

function train(data: LongDataSet, change = {}, onProgress?: (fraction: number, message: string) => void): TrainedModel {
  return trainProgressionModel({
    data,
    dataHash: "0".repeat(64),
    training: trainingFor(data, change),
    name: "test model",
    ...(onProgress === undefined ? {} : { onProgress }),
  });
}

const history = simulatedHistory({ ...DEFAULT_LAW, patients: 240, studies: 2 }, 1);
const model = train(history);

function mapPatients(
  data: LongDataSet,
  change: (patient: LongDataSet["patients"][number], i: number) => Partial<LongDataSet["patients"][number]>,
): LongDataSet {
  return { ...data, patients: data.patients.map((patient, i) => ({ ...patient, ...change(patient, i) })) };
}

describe("training", () => {
  test("gives a complete document: one row per endpoint and visit, three coverage rows, a verdict each", () => {
    expect(frozenModelSchema.parse(JSON.parse(JSON.stringify(model)))).toEqual(model);
    expect(model.evaluation.gain).toHaveLength(3);
    expect(model.evaluation.calibration).toHaveLength(3);
    expect(model.evaluation.coverage).toHaveLength(9);
    expect(model.evaluation.verdicts).toHaveLength(3);
    expect(new Set(model.evaluation.leaveOneStudyOut.map((row) => row.study))).toEqual(new Set(["study 1", "study 2"]));
    expect(model.evaluation.subgroups.map((row) => row.subgroup)).toContain("Region: north");
  });

  test("says of a study too small to be compared that nothing is known of it, and why", () => {
    const small = mapPatients(history, (_, i) => ({ study: i < 5 ? "small" : "large" }));
    const { evaluation, diagnostics } = train({ ...small, patients: small.patients.slice(0, 120) });
    expect(evaluation.leaveOneStudyOut).toEqual([]);
    const said = diagnostics.filter(({ code }) => code === "study-not-left-out").map(({ message }) => message);
    expect(said).toHaveLength(2);
    expect(said.join(" ")).toContain("fewer than 10 of its 5 control patients have an outcome to compare");
    expect(said.join(" ")).toContain("the other studies have too few control patients to learn from (5,");
    expect(model.diagnostics.map(({ code }) => code)).not.toContain("study-not-left-out");
  });

  test("the same request gives the same bits; another seed gives other folds", () => {
    expect(train(history).hash).toBe(model.hash);
    expect(train(history, { seed: 7 }).hash).not.toBe(model.hash);
  });

  test("finds the gain that is there and claims it", () => {
    const last = model.evaluation.gain.at(-1)!;
    expect(last.gainClaimed).toBe(true);
    expect(last.gain.value).toBeGreaterThan(0.2);
    expect(last.variance.rSquaredWithScore.value).toBeGreaterThan(last.variance.rSquaredAncova.value + 0.1);
    expect(model.evaluation.verdicts.at(-1)!.decision).not.toBe("do-not-use");
  });

  test("covariates that mean nothing lead to 'do not use', in words a sponsor understands", () => {
    const nothing = train(simulatedHistory({ ...DEFAULT_LAW, patients: 200, effect: 0 }, 5));
    for (const verdict of nothing.evaluation.verdicts) {
      expect(verdict.decision).toBe("do-not-use");
      expect(verdict.sentence).toMatch(/No gain is demonstrated for score 1 at Visit \d: plan the trial without/);
      expect(verdict.reasons.join(" ")).toMatch(/must exceed 0/);
    }
  });

  test("a covariate recorded after time zero is reported as leakage", () => {
    const leaked = mapPatients(history, (patient) => {
      const last = patient.outcomes[0]!.at(-1)!;
      return { covariates: ["value" in last ? last.value : null, ...patient.covariates.slice(1)] };
    });
    const found = train(leaked).diagnostics.find((entry) => entry.code === "leakage-likely");
    expect(found?.severity).toBe("critical");
    expect(found?.message).toMatch(/after time zero/);
  });

  test("treated patients are left out and counted; what happened to them changes nothing", () => {
    const enrolled = simulatedHistory({ ...DEFAULT_LAW, patients: 160 }, 9, "enrolled");
    const doubled = mapPatients(enrolled, (patient) =>
      patient.arm === "active"
        ? {
            outcomes: patient.outcomes.map((row) =>
              row.map((cell) => ("value" in cell ? { ...cell, value: 2 * cell.value } : cell)),
            ),
          }
        : {},
    );
    const one = train(enrolled);
    expect(one.parameters.patients).toBe(80);
    expect(train(doubled).hash).toBe(one.hash);
    expect(one.diagnostics.map((entry) => entry.message)).toContain(
      "80 of 160 patients are in experimental arms and were not used for training.",
    );
  });

  test("no patient's own outcome enters its evaluation through the baseline features of others", () => {
    // Shuffling outcomes among patients destroys every relation: a leak would show as a gain.
    const order = createRng(4);
    const shuffled = history.patients
      .map((patient) => ({ patient, key: order.uniform() }))
      .sort((a, b) => a.key - b.key);
    const broken = mapPatients(history, (_, i) => ({ outcomes: shuffled[i]!.patient.outcomes }));
    for (const row of train(broken).evaluation.gain) {
      expect(row.gainClaimed).toBe(false);
      expect(row.gain.value).toBeLessThan(0.05);
    }
  });

  test("repeated cross-validation averages predictions and keeps the patients", () => {
    const repeated = train(history, { repeats: 3 });
    expect(repeated.evaluation.gain.at(-1)!.patients).toBe(model.evaluation.gain.at(-1)!.patients);
    expect(repeated.evaluation.gain.at(-1)!.gain.value).toBeCloseTo(model.evaluation.gain.at(-1)!.gain.value, 1);
  });

  test("progress runs from 0 to 1 and throwing from it cancels", () => {
    const seen: number[] = [];
    train(history, {}, (fraction) => seen.push(fraction));
    expect(seen[0]).toBe(0);
    expect(seen.at(-1)).toBe(1);
    for (let k = 1; k < seen.length; k++) expect(seen[k]!).toBeGreaterThanOrEqual(seen[k - 1]!);
    const cancel = () =>
      train(history, {}, (fraction) => {
        if (fraction > 0.3) throw new Error("cancelled by the user");
      });
    expect(cancel).toThrow("cancelled by the user");
  });

  test("a constant covariate is left out with a sentence", () => {
    const dull = mapPatients(history, (patient) => ({ covariates: [5, ...patient.covariates.slice(1)] }));
    const { diagnostics, parameters } = train(dull);
    expect(diagnostics.map((entry) => entry.message)).toContain(
      "x1 has the same value in every control patient; it cannot predict anything and was left out.",
    );
    expect(
      parameters.features.some((feature) => feature.kind === "continuous-covariate" && feature.covariateId === "x1"),
    ).toBe(false);
  });
});

describe("refusals", () => {
  const message = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      if (error instanceof DomainError) return error.message;
      throw error;
    }
    return "accepted";
  };

  test("three control patients", () => {
    const few = { ...history, patients: history.patients.slice(0, 3) };
    expect(message(() => train(few))).toMatch(
      /must hold at least 20 control patients with score 1 at baseline and at Visit 3; received \d \(of 3 control patients\)\. Add historical controls/,
    );
  });

  test("a data set without control arm", () => {
    const treated = { ...history, arms: history.arms.map((arm) => ({ ...arm, role: "experimental" as const })) };
    expect(message(() => train(treated))).toMatch(/received 0 \(of 0 control patients\).*control arm in the mapping/);
  });

  test("an endpoint that is missing everywhere, and a visit with too few values, both named at once", () => {
    const two = simulatedHistory({ ...DEFAULT_LAW, patients: 100, endpoints: 3 }, 3);
    const missing = { missing: "not-measured" as const };
    const holes = mapPatients(two, (patient, i) => ({
      outcomes: patient.outcomes.map((row, e) =>
        row.map((cell, v) => (e === 1 || (e === 2 && v === 0 && i > 5) ? missing : cell)),
      ),
    }));
    const text = message(() => train(holes));
    expect(text).toMatch(/score 2: no value at any visit; score 3 at Visit 1: [0-6]/);
    expect(text).toMatch(/Leave out those endpoints or visits/);
  });

  test("unknown covariates, strata, endpoint and visit are named with what there is", () => {
    expect(message(() => train(history, { covariateIds: ["age"] }))).toMatch(
      /covariateIds must name covariates.*x1, x2.*received age/,
    );
    expect(message(() => train(history, { strata: ["site"] }))).toMatch(/training.strata/);
    expect(message(() => train(history, { primary: { endpointId: "score9", visitId: "visit3" } }))).toMatch(
      /\(score1\); received score9/,
    );
    expect(message(() => train(history, { primary: { endpointId: "score1", visitId: "week5" } }))).toMatch(
      /visit1, visit2, visit3/,
    );
  });
});

describe("frozen model", () => {
  test("survives a round trip through a file and predicts the same", () => {
    const read = parseFrozenModel(JSON.parse(JSON.stringify(model, null, 2)));
    expect(read).toEqual(model);
    const opened = openFrozenModel(read);
    const features = Float64Array.from(model.parameters.mean.slice(0, opened.featureCount));
    expect(opened.expectedOutcome(features, 2)).toBeCloseTo(opened.populationMean[2]!, 10);
  });

  test("subgroups are judged at every visit as all patients are, and their patients add up", () => {
    const { subgroups, coverage, gain } = model.evaluation;
    for (const { visitId, patients } of gain) {
      const regions = subgroups.filter((row) => row.visitId === visitId && row.subgroup.startsWith("Region"));
      expect(regions.reduce((sum, row) => sum + row.patients, 0)).toBe(patients);
      for (const { level, covered } of coverage.filter((row) => row.visitId === visitId)) {
        const inside = regions.map(
          (row) => row.patients * (row.coverage?.find((band) => band.level === level)?.coverage.value ?? Number.NaN),
        );
        expect(inside.reduce((sum, own) => sum + own, 0)).toBeCloseTo(covered, 8);
      }
      for (const { partialCorrelation, slope } of regions) {
        expect(partialCorrelation!.lower).toBeLessThanOrEqual(partialCorrelation!.value);
        expect(slope!.upper).toBeGreaterThan(slope!.lower);
      }
    }
  });

  test("a changed number, or a field added, is refused", () => {
    const copy = () => JSON.parse(JSON.stringify(model)) as FrozenModel;
    const changed = copy();
    changed.parameters.mean[0]! += 1e-9;
    expect(() => parseFrozenModel(changed)).toThrow(/changed after the model was frozen/);
    expect(() => parseFrozenModel({ ...copy(), note: "approved" })).toThrow(/model.hash/);
  });

  test("a model of format 1 is read as it was frozen and makes the same twins", () => {
    const { predictor, evaluation, hash, ...rest } = model;
    const { candidates, collinearity, runIn, drift, seedSpread, ...figures } = evaluation;
    const content = { ...rest, format: "understudy-model/1", evaluation: figures };
    const older = { ...content, hash: sha256Hex(canonicalJson(content)) };
    const read = parseFrozenModel(JSON.parse(JSON.stringify(older)));
    expect(read).toEqual(older);
    const enrolled = simulatedHistory({ ...DEFAULT_LAW, patients: 12 }, 6, "enrolled");
    expect(generateTwins({ model: read, data: enrolled, dataHash: "e" }).twins).toEqual(
      generateTwins({ model, data: enrolled, dataHash: "e" }).twins,
    );
  });

  test("a model of format 2 is read as it was frozen and makes the same twins", () => {
    const { hash, ...rest } = model;
    const content = { ...rest, format: "understudy-model/2" };
    const older = { ...content, hash: sha256Hex(canonicalJson(content)) };
    const read = parseFrozenModel(JSON.parse(JSON.stringify(older)));
    const enrolled = simulatedHistory({ ...DEFAULT_LAW, patients: 12 }, 6, "enrolled");
    expect(generateTwins({ model: read, data: enrolled, dataHash: "e" }).twins).toEqual(
      generateTwins({ model, data: enrolled, dataHash: "e" }).twins,
    );
  });

  test("something else altogether is refused field by field", () => {
    expect(() => parseFrozenModel({ format: "understudy-twins/1" })).toThrow(
      /format: must be "understudy-model.1", "understudy-model.2" or "understudy-model.3"/,
    );
    expect(() => parseFrozenModel(null)).toThrow(DomainError);
  });
});
