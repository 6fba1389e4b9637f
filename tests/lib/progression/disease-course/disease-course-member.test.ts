import { describe, expect, test } from "vitest";
import { selectSubjects } from "../../../../lib/data/subject-table.ts";
import { DomainError } from "../../../../lib/errors/domain-error.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { diseaseCourseMember } from "../../../../lib/progression/disease-course/disease-course-member.ts";
import {
  DISEASE_COURSE_DEFAULTS,
  type DiseaseCourseParameters,
  diseaseCourseParametersSchema,
} from "../../../../lib/progression/disease-course/disease-course-parameters.ts";
import { individualMode, logPosterior } from "../../../../lib/progression/disease-course/individual-mode.ts";
import { gaussHermite, standardNodes } from "../../../../lib/progression/disease-course/standard-nodes.ts";
import type { MemberModel, MemberTraining } from "../../../../lib/progression/member.ts";
import { plannedDays, trainingOf } from "../mixed-effects/simulated-courses.ts";
import { PLAIN_MAP, SCALE_MAXIMUM, simulatedMap } from "./simulated-map.ts";

const train = (training: MemberTraining): DiseaseCourseParameters =>
  diseaseCourseMember.train(training, DISEASE_COURSE_DEFAULTS, createRng(1), () => {});
const nothing = (size: number) => new Float64Array(size).fill(Number.NaN);

/** A map written by hand: one feature with mean 0 and SD 1, so that the law of the individual parameters is known. */
function mapByHand(
  rates: readonly number[],
  omega: readonly number[],
  theta: readonly number[],
): DiseaseCourseParameters {
  const d = rates.length + 1;
  return {
    kind: "disease-course",
    visits: 3,
    daysPerUnit: 100,
    logitFeatures: [],
    features: { centre: [0], deviation: [1], informative: [true], mean: [0], covariance: [1] },
    courses: rates.map((rate, e) => ({
      endpointId: `s${e}`,
      curve: { kind: "logistic", minimum: 0, maximum: 70 },
      rate,
      residualVariance: 0.03 ** 2,
    })),
    coefficients: [...theta],
    coefficientCovariance: new Array<number>((2 * d) ** 2).fill(0),
    individualCovariance: [...omega],
    coefficientVariances: new Array<number>(d).fill(0.1),
    patients: 100,
    observations: 300,
    iterations: 1,
    converged: true,
    lastChange: 0,
    minusTwoLogLikelihood: 0,
  };
}

/** Moments of all outcomes by summing over a fine grid of individual parameters: no quadrature rule, no mode. */
function byBruteForce(
  parameters: DiseaseCourseParameters,
  mean: readonly number[],
  omega: readonly number[],
  observed: Float64Array,
  points: number,
) {
  const d = mean.length;
  const V = parameters.visits;
  const M = (d - 1) * V;
  const inverse = invert(omega, d);
  const first = new Float64Array(M);
  const second = new Float64Array(M * M);
  const values = new Float64Array(M);
  const z = new Float64Array(d);
  let total = 0;
  const reach = 7;
  const noise = parameters.courses[0]!.residualVariance;
  for (let k = 0; k < points ** d; k++) {
    for (let a = 0, rest = k; a < d; a++, rest = Math.floor(rest / points))
      z[a] = mean[a]! + Math.sqrt(omega[a * d + a]!) * (-reach + (2 * reach * (rest % points)) / (points - 1));
    let square = 0;
    for (let a = 0; a < d; a++)
      for (let b = 0; b < d; b++) square += (z[a]! - mean[a]!) * inverse[a * d + b]! * (z[b]! - mean[b]!);
    if (square > 60) continue;
    for (let m = 0; m < M; m++) {
      const e = Math.floor(m / V);
      const t = (m % V) + 1;
      values[m] = 1 / (1 + Math.exp(-(z[1 + e]! + parameters.courses[e]!.rate * Math.exp(z[0]!) * t)));
      if (!Number.isNaN(observed[m]!)) square += (observed[m]! / 70 - values[m]!) ** 2 / noise;
    }
    const weight = Math.exp(-0.5 * square);
    total += weight;
    for (let m = 0; m < M; m++) {
      first[m]! += weight * values[m]!;
      for (let l = 0; l <= m; l++) second[m * M + l]! += weight * values[m]! * values[l]!;
    }
  }
  const means = first.map((sum) => sum / total);
  return {
    mean: means.map((value, m) => (Number.isNaN(observed[m]!) ? 70 * value : observed[m]!)),
    covariance: (m: number, l: number) =>
      4900 * (second[Math.max(m, l) * M + Math.min(m, l)]! / total - means[m]! * means[l]! + (m === l ? noise : 0)),
  };
}

function invert(matrix: readonly number[], d: number): number[] {
  const work = matrix.map((value) => value);
  const out = Array.from({ length: d * d }, (_, k) => (k % (d + 1) === 0 ? 1 : 0));
  for (let k = 0; k < d; k++) {
    const pivot = work[k * d + k]!;
    for (let j = 0; j < d; j++) {
      work[k * d + j]! /= pivot;
      out[k * d + j]! /= pivot;
    }
    for (let i = 0; i < d; i++) {
      if (i === k) continue;
      const factor = work[i * d + k]!;
      for (let j = 0; j < d; j++) {
        work[i * d + j]! -= factor * work[k * d + j]!;
        out[i * d + j]! -= factor * out[k * d + j]!;
      }
    }
  }
  return out;
}

describe("moments against brute-force integration", () => {
  const cases = [
    {
      name: "one endpoint",
      rates: [0.5],
      omega: [0.2, 0.05, 0.05, 0.6],
      theta: [0, 0.3, -1, 0.4],
      points: 301,
      digits: 3,
    },
    {
      name: "two endpoints",
      rates: [0.5, -0.3],
      omega: [0.2, 0.05, 0.02, 0.05, 0.6, 0.2, 0.02, 0.2, 0.4],
      theta: [0, 0.3, -1, 0.4, 0.5, 0.1],
      points: 101,
    },
  ];
  for (const { name, rates, omega, theta, points } of cases) {
    const parameters = mapByHand(rates, omega, theta);
    const model = diseaseCourseMember.open(parameters);
    const M = 3 * rates.length;
    const d = rates.length + 1;
    const days = Float64Array.from({ length: M }, (_, m) => 100 * ((m % 3) + 1));
    const x = 0.7;
    const mean = Array.from({ length: d }, (_, r) => theta[2 * r]! + theta[2 * r + 1]! * x);
    for (const seen of [[], [0], [0, 1], [1]]) {
      test(`${name}, ${seen.length === 0 ? "nothing" : `visit ${seen.map((v) => v + 1).join(" and ")}`} seen`, () => {
        const observed = nothing(M);
        for (const v of seen) observed[v] = [33, 41, 45][v]!;
        const expected = byBruteForce(parameters, mean, omega, observed, points);
        const found = model.predict({ features: Float64Array.from([x]), observed, days });
        expect(found.numericalError).toBeLessThan(0.005);
        // The stated error bounds the actual one.
        const limit = found.numericalError + 1e-6;
        for (let m = 0; m < M; m++) {
          if (!Number.isNaN(observed[m]!)) {
            expect(found.mean[m]).toBe(observed[m]);
            expect(found.covariance[m * M + m]).toBe(0);
            continue;
          }
          const deviation = Math.sqrt(expected.covariance(m, m));
          expect(Math.abs(found.mean[m]! - expected.mean[m]!) / deviation).toBeLessThan(limit);
          expect(Math.abs(Math.sqrt(found.covariance[m * M + m]!) / deviation - 1)).toBeLessThan(limit);
          for (let l = 0; l < M; l++)
            if (Number.isNaN(observed[l]!))
              expect(found.covariance[m * M + l]! / deviation ** 2).toBeCloseTo(
                expected.covariance(m, l) / deviation ** 2,
                2,
              );
        }
        expect([...model.predictMean({ features: Float64Array.from([x]), observed, days })]).toEqual([...found.mean]);
      });
    }
  }

  test("the stated error bounds the actual one in maps of all kinds", () => {
    const rng = createRng(77);
    for (let repetition = 0; repetition < 30; repetition++) {
      const own = rng.fork(repetition);
      const [a, b] = [0.05 + 0.4 * own.uniform(), 0.05 + 1.5 * own.uniform()];
      const between = 0.8 * (2 * own.uniform() - 1) * Math.sqrt(a * b);
      const omega = [a, between, between, b];
      const parameters = mapByHand([2 * own.uniform() - 1], omega, [0, 0, 2 * own.uniform() - 1, 0]);
      const noise = 0.02 + 0.1 * own.uniform();
      parameters.courses[0]!.residualVariance = noise * noise;
      const observed = nothing(3);
      if (repetition % 3 > 0) observed[0] = 70 * own.uniform();
      if (repetition % 3 > 1) observed[2] = 70 * own.uniform();
      const model = diseaseCourseMember.open(parameters);
      const days = Float64Array.from([100, 200, 300]);
      const found = model.predict({ features: Float64Array.of(0), observed, days });
      const expected = byBruteForce(parameters, [0, parameters.coefficients[2]!], omega, observed, 401);
      expect(found.numericalError).toBeLessThan(0.02);
      for (let m = 0; m < 3; m++) {
        if (!Number.isNaN(observed[m]!)) continue;
        const deviation = Math.sqrt(expected.covariance(m, m));
        expect(Math.abs(found.mean[m]! - expected.mean[m]!) / deviation).toBeLessThan(found.numericalError + 1e-6);
      }
    }
  });

  test("a missing feature widens the law of the individual parameters", () => {
    const omega = [0.2, 0.05, 0.05, 0.6];
    const theta = [0, 0.3, -1, 0.4];
    const parameters = mapByHand([0.5], omega, theta);
    const model = diseaseCourseMember.open(parameters);
    const days = Float64Array.from([100, 200, 300]);
    const found = model.predict({ features: nothing(1), observed: nothing(3), days });
    const wide = [0.2 + 0.09, 0.05 + 0.12, 0.05 + 0.12, 0.6 + 0.16];
    const expected = byBruteForce(parameters, [0, -1], wide, nothing(3), 301);
    found.mean.forEach((value, m) => {
      expect(value).toBeCloseTo(expected.mean[m]!, 3);
      expect(found.covariance[m * 4]! / expected.covariance(m, m)).toBeCloseTo(1, 4);
    });
  });

  test("rules for expectations integrate what they should", () => {
    const { nodes, weights } = gaussHermite(9);
    const moment = (power: number) => nodes.reduce((sum, node, k) => sum + weights[k]! * node ** power, 0);
    expect([0, 2, 4, 6, 8].map(moment)).toEqual([1, 1, 3, 15, 105].map((value) => expect.closeTo(value, 8)));
    for (const d of [2, 3, 4, 6, 9]) {
      const rule = standardNodes(d, "fine");
      let [zero, two, cross] = [0, 0, 0];
      for (let k = 0; k < rule.count; k++) {
        zero += rule.weights[k]!;
        two += rule.weights[k]! * rule.nodes[k * d]! ** 2;
        cross += rule.weights[k]! * rule.nodes[k * d]! * rule.nodes[k * d + 1]!;
      }
      expect(zero).toBeCloseTo(1, 10);
      expect(two).toBeCloseTo(1, d > 4 ? 2 : 6);
      expect(cross).toBeCloseTo(0, d > 4 ? 1 : 8);
    }
  });

  test("the posterior mode is a maximum", () => {
    const family = {
      kinds: ["logistic" as const, "linear" as const],
      rates: Float64Array.from([1.2, 0.7]),
      residualVariances: Float64Array.from([0.002, 0.1]),
    };
    const observations = {
      endpoint: Int32Array.from([0, 0, 1, 1]),
      time: Float64Array.from([0.3, 0.8, 0.3, 0.9]),
      value: Float64Array.from([0.4, 0.62, 1.1, 1.5]),
    };
    const prior = {
      mean: Float64Array.from([0, -0.5, 0.3]),
      precision: Float64Array.from([4, 0.2, 0, 0.2, 2, 0.1, 0, 0.1, 1]),
    };
    const { mode } = individualMode(family, observations, prior, prior.mean);
    const at = logPosterior(family, observations, prior, mode);
    for (let a = 0; a < 3; a++)
      for (const h of [1e-3, -1e-3]) {
        const near = mode.slice();
        near[a]! += h;
        expect(logPosterior(family, observations, prior, near)).toBeLessThan(at);
      }
  });
});

describe("draws", () => {
  const parameters = mapByHand(
    [0.5, -0.3],
    [0.2, 0.05, 0.02, 0.05, 0.6, 0.2, 0.02, 0.2, 0.4],
    [0, 0.3, -1, 0.4, 0.5, 0.1],
  );
  const model = diseaseCourseMember.open(parameters);
  const days = Float64Array.from([100, 200, 300, 100, 200, 300]);
  const features = Float64Array.from([0.7]);
  const check = (observed: Float64Array) => {
    const count = 60000;
    const into = new Float64Array(count * 6);
    const { mean, covariance } = model.predict({ features, observed, days });
    model.drawTrajectories({ features, observed, days }, count, createRng(9), into);
    for (let a = 0; a < 6; a++) {
      const spread = Math.sqrt(covariance[a * 6 + a]!);
      let sum = 0;
      for (let r = 0; r < count; r++) sum += into[r * 6 + a]!;
      expect(Math.abs(sum / count - mean[a]!)).toBeLessThanOrEqual((4.5 * spread) / Math.sqrt(count) + 1e-9);
      for (let b = 0; b <= a; b++) {
        let product = 0;
        for (let r = 0; r < count; r++) product += (into[r * 6 + a]! - mean[a]!) * (into[r * 6 + b]! - mean[b]!);
        const limit = 7 * spread * Math.sqrt(covariance[b * 6 + b]! / count);
        expect(Math.abs(product / count - covariance[a * 6 + b]!)).toBeLessThanOrEqual(limit + 1e-9);
      }
    }
  };

  test("have the moments that are predicted", () => {
    check(nothing(6));
  });

  test("also given a history, which stays as it is", () => {
    const observed = nothing(6);
    observed[0] = 33;
    observed[4] = 36;
    check(observed);
    const into = new Float64Array(60);
    model.drawTrajectories({ features, observed, days }, 10, createRng(2), into);
    for (let r = 0; r < 10; r++) expect([into[r * 6], into[r * 6 + 4]]).toEqual([33, 36]);
    const again = new Float64Array(60);
    model.drawTrajectories({ features, observed, days }, 10, createRng(2), again);
    expect([...again]).toEqual([...into]);
  });
});

describe("recovery of a known law", () => {
  test("rate, noise, spread of speed, effect of a feature on speed", () => {
    const training = simulatedMap({ ...PLAIN_MAP, patients: 1200, visits: 6, jitter: 20 }, 5);
    const parameters = train(training);
    const width = training.features.length + 1;
    expect(parameters.converged).toBe(true);
    expect(Math.abs(parameters.courses[0]!.rate - 1.5)).toBeLessThan(0.15);
    expect(Math.sqrt(parameters.courses[0]!.residualVariance) * SCALE_MAXIMUM).toBeCloseTo(2.5, 0);
    expect(Math.abs(Math.sqrt(parameters.individualCovariance[0]!) - 0.4)).toBeLessThan(0.06);
    // Feature 1 is the first covariate, of SD 1.
    expect(Math.abs(parameters.coefficients[2]! - 0.3)).toBeLessThan(0.06);
    expect(Math.abs(parameters.coefficients[3]!)).toBeLessThan(0.05);
    expect(parameters.coefficients[width]).toBeCloseTo(-0.8, 1);
  });

  test("new patients: error near that of the truth's own spread, bands near their level", () => {
    const law = { ...PLAIN_MAP, rates: [1.5, -1], missingFeature: 0.1 };
    const training = simulatedMap(law, 6);
    const model = diseaseCourseMember.open(train(training));
    const fresh = simulatedMap({ ...law, patients: 400 }, 7);
    const { inside, ratio } = assess(model, fresh);
    expect(inside).toBeGreaterThan(0.76);
    expect(inside).toBeLessThan(0.85);
    // Against carrying the mean course of the training patients forward.
    expect(ratio).toBeLessThan(0.75);
  });

  test("a refit to four fifths of the patients, from where the fit to all ended, predicts as a fit from scratch does, in fewer steps", () => {
    const training = simulatedMap({ ...PLAIN_MAP, rates: [1.5, -1] }, 11);
    const all = train(training);
    const part = trainingOf(
      selectSubjects(
        training.table,
        Array.from({ length: 320 }, (_, i) => i),
      ),
    );
    const refitted = diseaseCourseMember.retrain!(part, DISEASE_COURSE_DEFAULTS, all, createRng(1));
    const scratch = train(part);
    expect(refitted.converged).toBe(true);
    expect(refitted.iterations).toBeLessThan(0.7 * scratch.iterations);
    const [own, other] = [refitted, scratch].map((parameters) => diseaseCourseMember.open(parameters));
    for (let i = 320; i < 340; i++) {
      const features = training.featureValues.slice(i * training.features.length, (i + 1) * training.features.length);
      const history = { features, observed: nothing(10), days: plannedDays(training.table) };
      const { mean, covariance } = other!.predict(history);
      own!.predictMean(history).forEach((value, k) => {
        expect(Math.abs(value - mean[k]!)).toBeLessThan(0.05 * Math.sqrt(covariance[k * 10 + k]!));
      });
    }
  });
});

describe("endpoints that the map is not for", () => {
  const refusal = (training: MemberTraining): string => {
    try {
      train(training);
    } catch (error) {
      if (error instanceof DomainError) return error.message;
      throw error;
    }
    return "trained";
  };

  test("one without two known ends, beside others that have them", () => {
    const message = refusal(simulatedMap({ ...PLAIN_MAP, rates: [1.5, 0.6], patients: 250 }, 8, (e) => e === 0));
    expect(message).toContain("must all be bounded, monotone scales");
    expect(message).toContain("scale 2");
    expect(message).not.toContain("scale 1");
  });

  test("one that improves as often as it worsens", () => {
    const refused = [1, 2, 3, 4, 5, 6].filter((seed) =>
      refusal(simulatedMap({ ...PLAIN_MAP, rates: [1.5, 0], patients: 120 }, seed)).includes(
        "improve about as often as they worsen in scale 2",
      ),
    );
    // By chance one in twenty seems to have a direction.
    expect(refused.length).toBeGreaterThanOrEqual(5);
  });
});

describe("data at the edge", () => {
  const usable = (training: MemberTraining) => {
    const parameters = train(training);
    const model = diseaseCourseMember.open(parameters);
    const size = model.outcomeCount;
    const history = {
      features: nothing(training.features.length),
      observed: nothing(size),
      days: plannedDays(training.table),
    };
    const { mean, covariance, numericalError } = model.predict(history);
    expect(mean.every(Number.isFinite)).toBe(true);
    expect(numericalError).toBeLessThan(0.05);
    for (let k = 0; k < size; k++) expect(covariance[k * size + k]).toBeGreaterThan(0);
    return parameters;
  };

  test("few patients, more features than patients, one visit", () => {
    usable(simulatedMap({ ...PLAIN_MAP, patients: 15, covariates: 25 }, 1));
    usable(simulatedMap({ ...PLAIN_MAP, visits: 1, patients: 100, missing: 0 }, 2));
  });

  test("a constant covariate, one never observed, no baseline, nobody at the last visit", () => {
    const training = simulatedMap({ ...PLAIN_MAP, patients: 80 }, 4);
    const covariateValues = training.table.covariateValues.map((value, k) =>
      k % 3 === 0 ? 4 : k % 3 === 1 ? Number.NaN : value,
    );
    const outcomes = training.table.outcomes.map((value, k) => (k % 5 === 4 ? Number.NaN : value));
    usable(trainingOf({ ...training.table, covariateValues, outcomes, baseline: nothing(80) }));
  });

  test("values at the bounds", () => {
    const training = simulatedMap({ ...PLAIN_MAP, patients: 80 }, 5);
    const clip = (value: number) => (value < 18 ? 0 : value > 50 ? SCALE_MAXIMUM : value);
    const outcomes = training.table.outcomes.map((value) => (Number.isNaN(value) ? value : clip(value)));
    usable(trainingOf({ ...training.table, outcomes, baseline: training.table.baseline.map(clip) }));
  });

  test("six endpoints", () => {
    usable(simulatedMap({ ...PLAIN_MAP, rates: [1.5, -1, 0.5, 1, 0.8, 0.2], patients: 60, visits: 3 }, 6));
  });

  test("the order of patients does not matter, and a document reopens to the same model", () => {
    const training = simulatedMap({ ...PLAIN_MAP, patients: 60, missingFeature: 0.1 }, 7);
    const turned = trainingOf(selectSubjects(training.table, [...Array(60).keys()].reverse()));
    const parameters = train(training);
    const history = {
      features: training.featureValues.slice(0, training.features.length),
      observed: nothing(5),
      days: plannedDays(training.table),
    };
    const here = diseaseCourseMember.open(parameters).predictMean(history);
    const there = diseaseCourseMember.open(train(turned)).predictMean(history);
    const again = diseaseCourseMember.open(diseaseCourseParametersSchema.parse(JSON.parse(JSON.stringify(parameters))));
    here.forEach((value, v) => {
      expect(there[v]).toBeCloseTo(value, 5);
    });
    expect([...again.predictMean(history)]).toEqual([...here]);
  });

  test("refusals in words", () => {
    expect(() => train(simulatedMap({ ...PLAIN_MAP, patients: 30 }, 8, () => false))).toThrow(/bounded scales/);
    const training = simulatedMap({ ...PLAIN_MAP, patients: 30 }, 9);
    const outcomes = training.table.outcomes.map((value) => (Number.isNaN(value) ? value : 30));
    expect(() => train({ ...training, table: { ...training.table, outcomes } })).toThrow(/always the same value/);
    const parameters = train(training);
    parameters.individualCovariance[0] = -1;
    expect(() => diseaseCourseMember.open(parameters)).toThrow(/positive definite/);
  });
});

/** Share of outcomes inside 80 % bands, and squared error against the mean of each visit in the same patients. */
function assess(model: MemberModel, fresh: MemberTraining): { inside: number; ratio: number } {
  const M = model.outcomeCount;
  const Q = fresh.features.length;
  const days = plannedDays(fresh.table);
  let inside = 0;
  let all = 0;
  let error = 0;
  let spread = 0;
  for (let m = 0; m < M; m++) {
    const values: number[] = [];
    for (let i = 0; i < fresh.table.count; i++) {
      const value = fresh.table.outcomes[i * M + m]!;
      if (!Number.isNaN(value)) values.push(value);
    }
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    spread += values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  }
  for (let i = 0; i < fresh.table.count; i++) {
    const features = fresh.featureValues.subarray(i * Q, (i + 1) * Q);
    const { mean, covariance } = model.predict({ features, observed: nothing(M), days });
    for (let m = 0; m < M; m++) {
      const value = fresh.table.outcomes[i * M + m]!;
      if (Number.isNaN(value)) continue;
      all++;
      error += (value - mean[m]!) ** 2;
      if (Math.abs(value - mean[m]!) < 1.2815515655 * Math.sqrt(covariance[m * M + m]!)) inside++;
    }
  }
  return { inside: inside / all, ratio: error / spread };
}
