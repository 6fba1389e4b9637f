import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitMixedModel } from "../../../../lib/analysis/mixed-model/fit-mixed-model.ts";
import type { MixedModelData } from "../../../../lib/analysis/mixed-model/mixed-model-data.ts";
import { mixedModelDocument } from "../../../../lib/analysis/mixed-model/mixed-model-document.ts";
import { predictPatient } from "../../../../lib/analysis/mixed-model/predict-patient.ts";
import { type SubjectTable, selectSubjects } from "../../../../lib/data/subject-table.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { conditionalLaw, conditionalMean } from "../../../../lib/progression/gaussian-joint/conditional.ts";
import type { MemberTraining } from "../../../../lib/progression/member.ts";
import { featureReader } from "../../../../lib/progression/mixed-effects/feature-law.ts";
import { mixedEffectsMember } from "../../../../lib/progression/mixed-effects/mixed-effects-member.ts";
import {
  MIXED_EFFECTS_DEFAULTS,
  type MixedEffectsOptions,
  type MixedEffectsParameters,
  mixedEffectsParametersSchema,
} from "../../../../lib/progression/mixed-effects/mixed-effects-parameters.ts";
import { PLAIN_LAW, plannedDays, simulatedCourses, trainingOf } from "./simulated-courses.ts";

const train = (training: MemberTraining, options: Partial<MixedEffectsOptions> = {}): MixedEffectsParameters =>
  mixedEffectsMember.train(training, { ...MIXED_EFFECTS_DEFAULTS, ...options }, createRng(1), () => {});
const nothing = (size: number) => new Float64Array(size).fill(Number.NaN);

describe("without shrinkage, the mixed model of the analysis library", () => {
  const training = simulatedCourses({ ...PLAIN_LAW, jitter: 15, patients: 150 }, 11);
  for (const residual of ["independent", "ornstein-uhlenbeck"] as const) {
    const data = longData(training);
    const structure =
      residual === "independent"
        ? ({ kind: "independent" } as const)
        : ({ kind: "continuous-autoregressive", measurementError: false } as const);
    const fit = fitMixedModel(data, { residual: structure });
    const parameters = train(training, { timeFunctions: 1, residual, shrinkage: "none", association: "independent" });
    const course = parameters.courses[0]!;

    test(`${residual}: same likelihood and variances`, () => {
      const jacobian = 2 * (course.observations - course.columns.length) * Math.log(course.deviation);
      // REML depends on the parametrisation of the fixed effects: log |XᵀX| of ours against theirs.
      const ours = course.minusTwoLogLikelihood + jacobian + designChange(training, parameters);
      expect(ours).toBeCloseTo(-2 * fit.logLikelihood, 4);
      expect(course.residual.variance * course.deviation ** 2).toBeCloseTo(fit.residualVariance, 3);
      const [a, , b, c] = course.randomFactor;
      const scale = course.deviation ** 2;
      expect(a! * a! * scale).toBeCloseTo(fit.randomCovariance[0]!, 2);
      expect(a! * b! * scale).toBeCloseTo(fit.randomCovariance[1]!, 2);
      expect((b! * b! + c! * c!) * scale).toBeCloseTo(fit.randomCovariance[3]!, 2);
    });

    test(`${residual}: same predictions with and without a history`, () => {
      const known: MixedEffectsParameters = structuredClone(parameters);
      known.courses[0]!.coefficientCovariance.fill(0);
      const model = mixedEffectsMember.open(known);
      const document = mixedModelDocument(fit);
      const Q = training.features.length;
      const days = plannedDays(training.table);
      for (const i of [0, 7, 31]) {
        const features = training.featureValues.slice(i * Q, (i + 1) * Q);
        for (const seen of [0, 1, 3]) {
          const observed = nothing(5);
          for (let v = 0; v < seen; v++) observed[v] = 9 + v + 0.3 * i;
          const predicted = model.predict({ features, observed, days });
          const rows = (from: number, to: number) => designRows(features, days, from, to);
          const reference = predictPatient(
            document,
            { ...rows(0, seen), outcome: observed.slice(0, seen) },
            rows(seen, 5),
          );
          const rest = 5 - seen;
          for (let v = 0; v < rest; v++) {
            expect(predicted.mean[seen + v]).toBeCloseTo(reference.mean[v]!, 3);
            for (let u = 0; u < rest; u++)
              expect(predicted.covariance[(seen + v) * 5 + seen + u]).toBeCloseTo(
                reference.covariance[v * rest + u]!,
                3,
              );
          }
        }
      }
    });
  }
});

describe("recovery of a known law", () => {
  test("slopes of features, spread of courses, white noise", () => {
    const training = simulatedCourses({ ...PLAIN_LAW, patients: 2000 }, 3);
    const course = train(training).courses[0]!;
    const effect = (predictor: number, basis: number) =>
      course.columns.reduce(
        (sum, column, c) =>
          column.predictor === predictor && column.basis === basis ? sum + course.coefficients[c]! : sum,
        0,
      ) * course.deviation;
    // Features are standardised; their SD is 1 here.
    expect(effect(2, 1)).toBeCloseTo(1.5, 0);
    expect(Math.abs(effect(2, 1) - 1.5)).toBeLessThan(0.15);
    expect(Math.abs(effect(3, 1))).toBeLessThan(0.12);
    expect(course.residual.noiseShare).toBe(1);
    expect(Math.sqrt(course.residual.variance) * course.deviation).toBeCloseTo(0.7, 1);
    const [, , b, c] = course.randomFactor;
    expect(Math.hypot(b!, c!) * course.deviation).toBeCloseTo(1.2, 0);
    expect(course.knots.length).toBe(2);
    expect(course.converged).toBe(true);
  });

  test("an Ornstein–Uhlenbeck process with measurement error is chosen and recovered", () => {
    const law = {
      ...PLAIN_LAW,
      patients: 1500,
      visits: 8,
      slopeDeviation: 0,
      rate: 4,
      processDeviation: 1.5,
      jitter: 20,
    };
    const course = train(simulatedCourses(law, 5)).courses[0]!;
    const variance = course.residual.variance * course.deviation ** 2;
    expect(course.residual.rate).toBeGreaterThan(2.8);
    expect(course.residual.rate).toBeLessThan(5.5);
    expect(Math.sqrt(variance * course.residual.noiseShare)).toBeCloseTo(0.7, 0);
    expect(Math.abs(variance - (1.5 ** 2 + 0.7 ** 2))).toBeLessThan(0.4);
  });

  test("a bent course gets a spline", () => {
    const law = { ...PLAIN_LAW, patients: 600, visits: 8, curve: (t: number) => 10 + 6 * Math.exp(-5 * t) };
    const training = simulatedCourses(law, 9);
    const parameters = train(training);
    expect(parameters.courses[0]!.knots.length).toBeGreaterThan(2);
    const model = mixedEffectsMember.open(parameters);
    const days = plannedDays(training.table);
    const mean = model.predictMean({
      features: nothing(training.features.length),
      observed: nothing(8),
      days,
    });
    mean.forEach((value, v) => {
      expect(Math.abs(value - law.curve((v + 1) / 8))).toBeLessThan(0.25);
    });
  });

  test("useless features are shrunk to next to nothing", () => {
    const law = { ...PLAIN_LAW, patients: 60, covariates: 12, level: 0, slope: 0 };
    const course = train(simulatedCourses(law, 4)).courses[0]!;
    const plain = train(simulatedCourses(law, 4), { shrinkage: "none" }).courses[0]!;
    const size = (of: typeof course) =>
      Math.hypot(...of.columns.map(({ predictor }, c) => (predictor > 1 ? of.coefficients[c]! : 0)));
    expect(size(course)).toBeLessThan(0.35 * size(plain));
  });

  test("endpoints that go together are seen to", () => {
    const law = { ...PLAIN_LAW, patients: 1500, endpoints: 2, slopeCorrelation: 0.6, noiseCorrelation: 0.5 };
    const parameters = train(simulatedCourses(law, 6));
    expect(parameters.residualCorrelation[1]).toBeCloseTo(0.5, 1);
    const [first, second] = parameters.courses;
    const slope = (course: typeof first, k: number) => course!.randomFactor[2 + k]!;
    let covariance = 0;
    for (let k = 0; k < 2; k++)
      for (let l = 0; l < 2; l++)
        covariance += slope(first, k) * parameters.randomCorrelation[k * 4 + 2 + l]! * slope(second, l);
    const deviation = (course: typeof first) => Math.hypot(slope(course, 0), slope(course, 1));
    const correlation = covariance / (deviation(first) * deviation(second));
    expect(correlation).toBeGreaterThan(0.4);
    expect(correlation).toBeLessThan(0.8);
  });

  test("endpoints that do not go together are left independent, or nearly", () => {
    const parameters = train(simulatedCourses({ ...PLAIN_LAW, patients: 400, endpoints: 3 }, 8));
    parameters.residualCorrelation.forEach((value, k) => {
      if (k % 4 !== 0) expect(Math.abs(value)).toBeLessThan(0.1);
    });
  });

  test("predictive spread covers new patients at its nominal level", () => {
    const law = { ...PLAIN_LAW, patients: 400, missingFeature: 0.15, jitter: 20 };
    const model = mixedEffectsMember.open(train(simulatedCourses(law, 21)));
    const fresh = simulatedCourses({ ...law, patients: 2000 }, 22);
    const Q = fresh.features.length;
    let inside = 0;
    let all = 0;
    for (let i = 0; i < fresh.table.count; i++) {
      const days = plannedDays(fresh.table);
      for (let v = 0; v < 5; v++)
        if (!Number.isNaN(fresh.table.days[i * 5 + v]!)) days[v] = fresh.table.days[i * 5 + v]!;
      const features = fresh.featureValues.subarray(i * Q, (i + 1) * Q);
      const { mean, covariance } = model.predict({ features, observed: nothing(5), days });
      for (let v = 0; v < 5; v++) {
        const value = fresh.table.outcomes[i * 5 + v]!;
        if (Number.isNaN(value)) continue;
        all++;
        if (Math.abs(value - mean[v]!) < 1.2815515655 * Math.sqrt(covariance[v * 5 + v]!)) inside++;
      }
    }
    expect(inside / all).toBeGreaterThan(0.775);
    expect(inside / all).toBeLessThan(0.825);
  });
});

describe("moments", () => {
  const law = { ...PLAIN_LAW, endpoints: 2, patients: 300, slopeCorrelation: 0.5, noiseCorrelation: 0.4, jitter: 10 };
  const training = simulatedCourses({ ...law, missingFeature: 0.1 }, 31);
  const parameters = train(training);
  const model = mixedEffectsMember.open(parameters);
  const days = plannedDays(training.table);
  const Q = training.features.length;
  const features = training.featureValues.slice(0, Q).map((value) => (Number.isNaN(value) ? 0.2 : value));

  test("a missing feature is integrated out: the law of total mean and covariance by quadrature", () => {
    const known: MixedEffectsParameters = structuredClone(parameters);
    for (const course of known.courses) course.coefficientCovariance.fill(0);
    const exact = mixedEffectsMember.open(known);
    const partial = features.slice();
    partial[2] = Number.NaN;
    const { values, missing, covariance } = featureReader(known.features)(partial);
    expect([...missing]).toEqual([2]);
    // Three-point Gauss–Hermite: exact for polynomials up to degree five.
    const nodes = [-Math.sqrt(3), 0, Math.sqrt(3)];
    const weights = [1 / 6, 2 / 3, 1 / 6];
    const M = 10;
    const mean = new Float64Array(M);
    const second = new Float64Array(M * M);
    nodes.forEach((node, k) => {
      const filled = features.slice();
      const standard = values[2]! + node * Math.sqrt(covariance[0]!);
      filled[2] = known.features.centre[2]! + known.features.deviation[2]! * standard;
      const at = exact.predict({ features: filled, observed: nothing(M), days });
      for (let a = 0; a < M; a++) {
        mean[a]! += weights[k]! * at.mean[a]!;
        for (let b = 0; b < M; b++)
          second[a * M + b]! += weights[k]! * (at.covariance[a * M + b]! + at.mean[a]! * at.mean[b]!);
      }
    });
    const found = exact.predict({ features: partial, observed: nothing(M), days });
    for (let a = 0; a < M; a++) {
      expect(found.mean[a]).toBeCloseTo(mean[a]!, 9);
      for (let b = 0; b < M; b++)
        expect(found.covariance[a * M + b]).toBeCloseTo(second[a * M + b]! - mean[a]! * mean[b]!, 8);
    }
  });

  test("any history is conditioned on exactly, and what was observed stays", () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.double({ min: 5, max: 18, noNaN: true }), { nil: null }), {
          minLength: 10,
          maxLength: 10,
        }),
        fc.array(fc.boolean(), { minLength: Q, maxLength: Q }),
        (values, absent) => {
          const observed = Float64Array.from(values, (value) => value ?? Number.NaN);
          const own = features.map((value, q) => (absent[q] ? Number.NaN : value));
          const prior = model.predict({ features: own, observed: nothing(10), days });
          const found = model.predict({ features: own, observed, days });
          const given: number[] = [];
          const target: number[] = [];
          observed.forEach((value, k) => {
            (Number.isNaN(value) ? target : given).push(k);
          });
          const law = conditionalLaw(prior.covariance, 10, Int32Array.from(given), Int32Array.from(target));
          const mean = new Float64Array(target.length);
          conditionalMean(law, prior.mean, observed, mean);
          target.forEach((k, a) => {
            expect(found.mean[k]).toBeCloseTo(mean[a]!, 7);
            expect(found.covariance[k * 10 + k]).toBeCloseTo(law.covariance[a * target.length + a]!, 7);
            expect(found.covariance[k * 10 + k]).toBeGreaterThan(0);
          });
          for (const k of given) {
            expect(found.mean[k]).toBe(observed[k]);
            expect(found.covariance[k * 10 + k]).toBe(0);
          }
          expect([...model.predictMean({ features: own, observed, days })]).toEqual([...found.mean]);
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });

  test("draws have the moments that are predicted", () => {
    const observed = nothing(10);
    observed[0] = 12;
    observed[6] = 13;
    const count = 40000;
    const into = new Float64Array(count * 10);
    const { mean, covariance } = model.predict({ features, observed, days });
    model.drawTrajectories({ features, observed, days }, count, createRng(5), into);
    for (let a = 0; a < 10; a++) {
      let sum = 0;
      for (let r = 0; r < count; r++) sum += into[r * 10 + a]!;
      const spread = Math.sqrt(covariance[a * 10 + a]!);
      expect(Math.abs(sum / count - mean[a]!)).toBeLessThanOrEqual((4.5 * spread) / Math.sqrt(count) + 1e-12);
      for (let b = 0; b <= a; b++) {
        let product = 0;
        for (let r = 0; r < count; r++) product += (into[r * 10 + a]! - mean[a]!) * (into[r * 10 + b]! - mean[b]!);
        const limit = 6 * spread * Math.sqrt(covariance[b * 10 + b]! / count);
        expect(Math.abs(product / count - covariance[a * 10 + b]!)).toBeLessThanOrEqual(limit + 1e-12);
      }
    }
  });

  test("the same seed draws the same, and reopening a document changes nothing", () => {
    const reopened = mixedEffectsMember.open(
      mixedEffectsParametersSchema.parse(JSON.parse(JSON.stringify(parameters))),
    );
    const history = { features, observed: nothing(10), days };
    const [a, b] = [new Float64Array(100), new Float64Array(100)];
    model.drawTrajectories(history, 10, createRng(3), a);
    reopened.drawTrajectories(history, 10, createRng(3), b);
    expect([...b]).toEqual([...a]);
    expect([...reopened.predict(history).covariance]).toEqual([...model.predict(history).covariance]);
  });
});

describe("laws of the fit", () => {
  const training = simulatedCourses({ ...PLAIN_LAW, patients: 80, missingFeature: 0.1, jitter: 10 }, 41);
  const days = plannedDays(training.table);
  const Q = training.features.length;

  test("another unit of the outcome changes the unit of the prediction, nothing else", () => {
    const other: SubjectTable = {
      ...training.table,
      outcomes: training.table.outcomes.map((value) => 40 - 7 * value),
      baseline: training.table.baseline.map((value) => 40 - 7 * value),
    };
    const model = mixedEffectsMember.open(train(training));
    const changed = mixedEffectsMember.open(train(trainingOf(other)));
    const features = training.featureValues.slice(Q, 2 * Q);
    const mirrored = features.slice();
    mirrored[0] = 40 - 7 * features[0]!;
    const here = model.predict({ features, observed: nothing(5), days });
    const there = changed.predict({ features: mirrored, observed: nothing(5), days });
    for (let v = 0; v < 5; v++) {
      expect(there.mean[v]).toBeCloseTo(40 - 7 * here.mean[v]!, 2);
      expect(there.covariance[v * 6] ?? 0).toBeCloseTo(49 * here.covariance[v * 6]!, 0);
    }
  });

  test("a patient with weight 2 counts like two patients", () => {
    // Nothing missing: the law of the features takes no weights.
    const complete = simulatedCourses({ ...PLAIN_LAW, patients: 80 }, 43);
    const twice = selectSubjects(complete.table, [...Array(80).keys(), ...Array(20).keys()]);
    const weighted = { ...complete, weights: Float64Array.from({ length: 80 }, (_, i) => (i < 20 ? 2 : 1)) };
    const options = { timeFunctions: 1, residual: "independent" } as const;
    const a = train(weighted, { ...options, shrinkage: "none" }).courses[0]!;
    const b = train(trainingOf(twice), { ...options, shrinkage: "none" }).courses[0]!;
    expect(a.residual.variance * a.deviation ** 2).toBeCloseTo(b.residual.variance * b.deviation ** 2, 4);
  });

  test("the order of patients does not matter", () => {
    const turned = trainingOf(selectSubjects(training.table, [...Array(80).keys()].reverse()));
    const features = training.featureValues.slice(0, Q);
    const here = mixedEffectsMember.open(train(training)).predictMean({ features, observed: nothing(5), days });
    const there = mixedEffectsMember.open(train(turned)).predictMean({ features, observed: nothing(5), days });
    here.forEach((value, v) => {
      expect(there[v]).toBeCloseTo(value, 4);
    });
  });
});

describe("data at the edge", () => {
  const finite = (training: MemberTraining, options: Partial<MixedEffectsOptions> = {}) => {
    const parameters = train(training, options);
    const model = mixedEffectsMember.open(parameters);
    const { endpoints, visits } = training.table;
    const size = endpoints.length * visits.length;
    const history = {
      features: nothing(training.features.length),
      observed: nothing(size),
      days: plannedDays(training.table),
    };
    const { mean, covariance } = model.predict(history);
    expect(mean.every(Number.isFinite)).toBe(true);
    for (let k = 0; k < size; k++) expect(covariance[k * size + k]).toBeGreaterThan(0);
    return parameters;
  };

  test("one visit, two visits, few patients, more features than patients", () => {
    expect(finite(simulatedCourses({ ...PLAIN_LAW, visits: 1, missing: 0 }, 1)).courses[0]!.randomEffects).toBe(0);
    expect(finite(simulatedCourses({ ...PLAIN_LAW, visits: 1, missing: 0, jitter: 30 }, 1)).courses[0]!.knots).toEqual(
      [],
    );
    expect(finite(simulatedCourses({ ...PLAIN_LAW, visits: 2, missing: 0 }, 2)).courses[0]!.randomEffects).toBe(1);
    finite(simulatedCourses({ ...PLAIN_LAW, patients: 8, visits: 3 }, 3));
    finite(simulatedCourses({ ...PLAIN_LAW, patients: 20, covariates: 40 }, 4));
  });

  test("a constant covariate, one never observed, no baseline at all", () => {
    const training = simulatedCourses({ ...PLAIN_LAW, patients: 60 }, 5);
    const covariateValues = training.table.covariateValues.map((value, k) =>
      k % 3 === 0 ? 4 : k % 3 === 1 ? Number.NaN : value,
    );
    const table = { ...training.table, covariateValues, baseline: nothing(60) };
    const parameters = finite(trainingOf(table));
    expect(parameters.features.informative).toEqual([false, false, false, true]);
    expect(parameters.courses[0]!.ownBaseline).toBeNull();
  });

  test("nobody reaches the last visit", () => {
    const training = simulatedCourses({ ...PLAIN_LAW, patients: 100 }, 6);
    const outcomes = training.table.outcomes.map((value, k) => (k % 5 === 4 ? Number.NaN : value));
    finite({ ...training, table: { ...training.table, outcomes } });
  });

  test("two visits on the same day", () => {
    const training = simulatedCourses({ ...PLAIN_LAW, patients: 100 }, 7);
    const days = training.table.days.map((day, k) => (k % 5 === 1 ? 100 : day));
    const parameters = finite({ ...training, table: { ...training.table, days } });
    const model = mixedEffectsMember.open(parameters);
    const observed = nothing(5);
    observed[0] = 11;
    observed[1] = 12;
    const planned = plannedDays(training.table);
    planned[1] = planned[0]!;
    const { mean } = model.predict({ features: nothing(4), observed, days: planned });
    expect(mean.every(Number.isFinite)).toBe(true);
  });

  test("one patient with 60 visits among patients with few", () => {
    const training = simulatedCourses({ ...PLAIN_LAW, patients: 40, visits: 60, missing: 0 }, 8);
    const outcomes = training.table.outcomes.map((value, k) =>
      k >= 60 && k % 60 !== 5 && k % 60 !== 30 && k % 60 !== 50 ? Number.NaN : value,
    );
    finite({ ...training, table: { ...training.table, outcomes } });
  });

  test("a constant outcome and an altered document are refused in words", () => {
    const training = simulatedCourses({ ...PLAIN_LAW, patients: 30 }, 9);
    const outcomes = training.table.outcomes.map((value) => (Number.isNaN(value) ? value : 3));
    const constant = { ...training, table: { ...training.table, outcomes } };
    expect(() => train(constant)).toThrow(/always the same value/);
    const parameters = train(training);
    parameters.courses[0]!.coefficients.pop();
    expect(() => mixedEffectsMember.open(parameters)).toThrow(/matching lengths/);
  });
});

/** Long data of the first endpoint with the columns of the member: time, own baseline, covariates, each by time. */
function longData(training: MemberTraining): MixedModelData {
  const { table } = training;
  const V = table.visits.length;
  const Q = training.features.length;
  const rows: { i: number; y: number; t: number }[] = [];
  for (let i = 0; i < table.count; i++)
    for (let v = 0; v < V; v++) {
      const y = table.outcomes[i * V + v]!;
      if (!Number.isNaN(y)) rows.push({ i, y, t: table.days[i * V + v]! / 500 });
    }
  const column = (name: string, value: (row: { i: number; t: number }) => number) => ({
    name,
    values: Float64Array.from(rows, value),
  });
  const feature = (i: number, q: number) => training.featureValues[i * Q + q]!;
  const ones = column("1", () => 1);
  const time = column("t", ({ t }) => t);
  return {
    outcome: Float64Array.from(rows, ({ y }) => y),
    group: Int32Array.from(rows, ({ i }) => i),
    fixed: [
      ones,
      time,
      ...Array.from({ length: Q }, (_, q) => [
        column(`x${q}`, ({ i }) => feature(i, q)),
        column(`x${q}:t`, ({ i, t }) => feature(i, q) * t),
      ]).flat(),
    ],
    random: [[ones, time]],
    time: time.values,
  };
}

function designRows(features: Float64Array, days: Float64Array, from: number, to: number) {
  const fixed: number[] = [];
  const random: number[] = [];
  const time: number[] = [];
  for (let v = from; v < to; v++) {
    const t = days[v]! / 500;
    fixed.push(1, t, ...[...features].flatMap((x) => [x, x * t]));
    random.push(1, t);
    time.push(t);
  }
  return { fixed, random, time };
}

/** 2 log |∂(our coefficients)/∂(theirs)| : standardised features against raw ones, two columns a feature. */
function designChange(_training: MemberTraining, parameters: MixedEffectsParameters): number {
  return parameters.features.deviation.reduce((sum, deviation) => sum + 4 * Math.log(deviation), 0);
}
