import { describe, expect, test } from "vitest";
import { selectSubjects, subjectTable } from "../../../lib/data/subject-table.ts";
import { createRng } from "../../../lib/numerics/philox.ts";
import { baselineAncova } from "../../../lib/progression/comparators/baseline-ancova.ts";
import { baselineFeatures } from "../../../lib/progression/feature-encoding.ts";
import { createGaussianJointModel } from "../../../lib/progression/gaussian-joint/gaussian-joint-model.ts";
import type { MemberModel } from "../../../lib/progression/member.ts";
import { memberNames } from "../../../lib/progression/member-names.ts";
import { type MemberId, memberIds } from "../../../lib/progression/member-parameters.ts";
import { type MemberSettings, memberOf } from "../../../lib/progression/members.ts";
import { DEFAULT_NEURAL_OPTIONS } from "../../../lib/progression/neural-boltzmann/neural-boltzmann-options.ts";
import { histories, trainingSet, trainingSubset } from "../../../lib/progression/training-set.ts";
import { DEFAULT_LAW, simulatedHistory } from "./simulated-history.ts";

const data = simulatedHistory({ ...DEFAULT_LAW, patients: 120, endpoints: 2, sporadic: 0.08 }, 11);
const table = subjectTable(data);
const { training } = trainingSet(table, baselineFeatures(data.endpoints, data.covariates), data.covariates);
const settings: MemberSettings = {
  shrinkage: { kind: "fixed", priorWeight: 20 },
  neural: DEFAULT_NEURAL_OPTIONS,
  strata: data.covariates.filter((covariate) => covariate.id === "region"),
};
const trained = (kind: MemberId) => memberOf(kind).train(training, settings, createRng(3), () => {});
const historyOf = histories(table, training.features, training.covariates);
const cells = table.endpoints.length * table.visits.length;

function opened(kind: MemberId): MemberModel {
  return memberOf(kind).open(JSON.parse(JSON.stringify(trained(kind))));
}

describe.each(memberIds.filter((kind) => kind === "gaussian-joint" || kind === "baseline-ancova"))("%s", (kind) => {
  const model = opened(kind);

  test("covariances are symmetric and positive, means agree with the score", () => {
    for (let i = 0; i < 20; i++) {
      const history = historyOf(i);
      const { mean, covariance } = model.predict(history);
      expect(model.predictMean(history)).toEqual(mean);
      for (let a = 0; a < cells; a++) {
        expect(covariance[a * cells + a]).toBeGreaterThan(0);
        for (let b = 0; b < cells; b++) expect(covariance[a * cells + b]).toBeCloseTo(covariance[b * cells + a]!, 10);
      }
    }
  });

  test("an observed outcome keeps its value, has no variance and narrows the others", () => {
    const before = historyOf(0);
    const observed = before.observed.slice();
    observed[0] = 31;
    const after = { ...before, observed };
    const { mean, covariance } = model.predict(after);
    expect(mean[0]).toBe(31);
    expect(covariance[0]).toBe(0);
    expect(covariance[cells + 1]!).toBeLessThan(model.predict(before).covariance[cells + 1]!);
    const drawn = new Float64Array(3 * cells);
    model.drawTrajectories(after, 3, createRng(1), drawn);
    for (let m = 0; m < 3; m++) expect(drawn[m * cells]).toBe(31);
  });

  test("draws have the moments", () => {
    const draws = 4000;
    const history = historyOf(2);
    const { mean, covariance } = model.predict(history);
    const drawn = new Float64Array(draws * cells);
    model.drawTrajectories(history, draws, createRng(8), drawn);
    for (let a = 0; a < cells; a++) {
      const sd = Math.sqrt(covariance[a * cells + a]!);
      let sum = 0;
      let product = 0;
      for (let m = 0; m < draws; m++) {
        sum += drawn[m * cells + a]! - mean[a]!;
        product += (drawn[m * cells + a]! - mean[a]!) * (drawn[m * cells]! - mean[0]!);
      }
      const other = Math.sqrt(covariance[0]!);
      expect(Math.abs(sum / draws)).toBeLessThan((4.5 * sd) / Math.sqrt(draws));
      expect(Math.abs(product / draws - covariance[a]!)).toBeLessThan((6 * sd * other) / Math.sqrt(draws));
    }
  });
});

test("the Gaussian member's means are those of the joint model, before and after visits", () => {
  const parameters = trained("gaussian-joint");
  if (parameters.kind !== "gaussian-joint") throw new Error("another member");
  const joint = createGaussianJointModel(parameters);
  const model = opened("gaussian-joint");
  const afterVisit = histories(table, training.features, training.covariates, 1);
  for (let i = 0; i < 30; i++) {
    const history = historyOf(i);
    const expected = joint.predictFromBaseline(history.features).mean;
    const variance = joint.predictiveVariance(history.features);
    const { mean, covariance } = model.predict(history);
    for (let cell = 0; cell < cells; cell++) {
      expect(mean[cell]).toBeCloseTo(expected[cell]!, 9);
      expect(covariance[cell * cells + cell]).toBeCloseTo(variance[cell]!, 9);
    }
    const later = afterVisit(i);
    const forecast = joint.updateForecast(later.features, later.observed).mean;
    model.predictMean(later).forEach((value, cell) => {
      expect(value).toBeCloseTo(forecast[cell]!, 9);
    });
  }
});

test("the null member predicts exactly what the comparator does", () => {
  const model = opened("baseline-ancova");
  const expected = baselineAncova(settings.strata).predict(table, table);
  for (let i = 0; i < table.count; i++) {
    model.predictMean(historyOf(i)).forEach((value, cell) => {
      expect(value).toBeCloseTo(expected[i * cells + cell]!, 9);
    });
  }
});

test("a member refitted to part of the patients keeps its tuning and learns from those only", () => {
  const all = trained("gaussian-joint");
  const rows = Int32Array.from({ length: 90 }, (_, i) => i);
  const part = memberOf("gaussian-joint").retrain(trainingSubset(training, rows), settings, all, createRng(1));
  const alone = trainingSet(selectSubjects(table, rows), training.features, training.covariates).training;
  const fresh = memberOf("gaussian-joint").train(alone, settings, createRng(5), () => {});
  if (part.kind !== "gaussian-joint" || fresh.kind !== "gaussian-joint") throw new Error("another member");
  part.mean.forEach((value, j) => {
    expect(Math.abs(value - fresh.mean[j]!)).toBeLessThan(
      0.01 * Math.sqrt(fresh.covariance[j * part.mean.length + j]!),
    );
  });
});

describe.each(["mixed-effects", "ridge-transition", "boosted-transition"] as const)("%s, retrained", (kind) => {
  const all = trained(kind);
  const difference = (one: MemberModel, other: MemberModel): number => {
    let largest = 0;
    for (let i = 0; i < 40; i++) {
      const a = one.predict(historyOf(i));
      const b = other.predict(historyOf(i));
      for (let cell = 0; cell < cells; cell++) {
        const sd = Math.sqrt(a.covariance[cell * cells + cell]!);
        largest = Math.max(largest, Math.abs(a.mean[cell]! - b.mean[cell]!) / sd);
        largest = Math.max(largest, Math.abs(Math.sqrt(b.covariance[cell * cells + cell]!) / sd - 1));
      }
    }
    return largest;
  };

  test("on the same patients is the same model", () => {
    const again = memberOf(kind).retrain(training, settings, all, createRng(3));
    // What missing features add to a course is renewed twice, not until nothing moves.
    const tolerance = kind === "mixed-effects" ? 1e-4 : 1e-9;
    expect(difference(memberOf(kind).open(again), memberOf(kind).open(all))).toBeLessThan(tolerance);
  });

  test("on part of them is close to a model trained on those with everything chosen anew", () => {
    const rows = Int32Array.from({ length: 100 }, (_, i) => i);
    const part = trainingSubset(training, rows);
    const again = memberOf(kind).retrain(part, settings, all, createRng(1));
    const fresh = memberOf(kind).train(part, settings, createRng(3), () => {});
    const apart = difference(memberOf(kind).open(again), memberOf(kind).open(fresh));
    expect(apart).toBeLessThan(0.5);
    expect(apart).toBeGreaterThan(0);
  });
});

test("names shown without loading the members are the members' own", () => {
  for (const kind of memberIds) expect(memberNames[kind]).toBe(memberOf(kind).name);
});
