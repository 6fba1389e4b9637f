import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LongDataSet } from "../../../../lib/data/long-data-set.ts";
import { DomainError } from "../../../../lib/errors/domain-error.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import type { PatientHistory } from "../../../../lib/progression/member.ts";
import { ridgeTransitionMember } from "../../../../lib/progression/transition/ridge-transition-member.ts";
import {
  type RidgeTransitionParameters,
  ridgeTransitionParametersSchema,
} from "../../../../lib/progression/transition/transition-parameters.ts";
import { DEFAULT_LAW, simulatedHistory } from "../simulated-history.ts";
import { historyOf, memberTraining } from "./member-training.ts";
import { stepMeans } from "./step-means.ts";

const silent = () => {};
const data = simulatedHistory({ ...DEFAULT_LAW, patients: 150, visits: 4, endpoints: 2, sporadic: 0.08 }, 11);
const training = memberTraining(data);
const parameters = ridgeTransitionMember.train(training, {}, createRng(1), silent);
const model = ridgeTransitionMember.open(parameters);
const [E, V] = [2, 4];
const cells = E * V;

describe("ridge transition model", () => {
  test("the mean from baseline is the chain of one-step predictions, computed anew from the definition", () => {
    for (let i = 0; i < 25; i++) {
      const history = historyOf(training, i);
      if (history.features.subarray(0, E).some(Number.isNaN)) continue;
      const course = Array.from({ length: E }, (_, e) => [history.features[e]!]);
      for (let v = 1; v <= V; v++) {
        const next = stepMeans(parameters, course, history.features, plannedDays(parameters), v);
        next.forEach((value, e) => {
          course[e]!.push(value);
        });
      }
      const { mean, numericalError } = model.predict(history);
      expect(numericalError).toBe(0);
      for (let e = 0; e < E; e++) {
        for (let v = 0; v < V; v++) expect(mean[e * V + v]).toBeCloseTo(course[e]![v + 1]!, 9);
      }
    }
  });

  test("mean and covariance agree with 20,000 courses simulated step by step (4 Monte Carlo SE)", () => {
    const plain: RidgeTransitionParameters = { ...parameters, inflation: parameters.inflation.map(() => 1) };
    const history = historyOf(training, 3);
    const { mean, covariance } = ridgeTransitionMember.open(plain).predict(history);
    const draws = simulateByHand(plain, history, 20_000);
    checkMoments(draws, mean, covariance, 20_000);
  });

  test("drawn trajectories have the moments of the prediction, inflation and gaps included", () => {
    const wide: RidgeTransitionParameters = {
      ...parameters,
      inflation: parameters.inflation.map((_, j) => 1 + j / 10),
    };
    const opened = ridgeTransitionMember.open(wide);
    const history = historyOf(training, 5, 3);
    history.observed[1] = Number.NaN;
    const { mean, covariance } = opened.predict(history);
    const into = new Float64Array(20_000 * cells);
    opened.drawTrajectories(history, 20_000, createRng(4), into);
    checkMoments(into, mean, covariance, 20_000);
    history.observed.forEach((value, j) => {
      if (Number.isNaN(value)) return;
      expect(mean[j]).toBe(value);
      expect(covariance[j * cells + j]).toBe(0);
      expect(into[7 * cells + j]).toBe(value);
    });
  });

  test("a forecast given one later value is the regression on that value, whatever lies in between", () => {
    const plain: RidgeTransitionParameters = { ...parameters, inflation: parameters.inflation.map(() => 1) };
    const opened = ridgeTransitionMember.open(plain);
    const history = historyOf(training, 8);
    const start = opened.predict(history);
    for (const seen of [0, 2, 6]) {
      const value = start.mean[seen]! + 3;
      const later = { ...history, observed: history.observed.slice() };
      later.observed[seen] = value;
      const { mean, covariance } = opened.predict(later);
      const variance = start.covariance[seen * cells + seen]!;
      for (let j = 0; j < cells; j++) {
        if (j === seen) continue;
        const cross = start.covariance[j * cells + seen]!;
        expect(mean[j]).toBeCloseTo(start.mean[j]! + (cross / variance) * 3, 8);
        const residual = start.covariance[j * cells + j]! - cross ** 2 / variance;
        expect(covariance[j * cells + j]).toBeCloseTo(residual, 7);
      }
      expect(Array.from(opened.predictMean(later))).toEqual(Array.from(mean));
    }
  });

  test("a missing baseline value widens the forecast and is replaced by its expectation, not by a guess", () => {
    const history = historyOf(training, 12);
    const without = { ...history, features: history.features.slice() };
    without.features[0] = Number.NaN;
    const known = model.predict(history);
    const unknown = model.predict(without);
    for (let v = 0; v < V; v++) {
      expect(unknown.covariance[v * (cells + 1)]!).toBeGreaterThan(known.covariance[v * (cells + 1)]!);
    }
  });

  test("the parameters survive JSON and their schema; the same seed gives the same parameters", () => {
    const back = ridgeTransitionParametersSchema.parse(JSON.parse(JSON.stringify(parameters)));
    expect(back).toEqual(parameters);
    expect(ridgeTransitionMember.train(training, {}, createRng(1), silent)).toEqual(parameters);
    const history = historyOf(training, 2);
    expect(Array.from(ridgeTransitionMember.open(back).predictMean(history))).toEqual(
      Array.from(model.predictMean(history)),
    );
  });

  test("other units of an endpoint and of a covariate change the forecast in the unit only", () => {
    const other: LongDataSet = {
      ...data,
      patients: data.patients.map((patient) => ({
        ...patient,
        covariates: patient.covariates.map((value, p) =>
          p === 0 && value !== null ? 1000 * (value as number) - 7 : value,
        ),
        baseline: patient.baseline.map((value, e) => (e === 0 && value !== null ? 20 * value + 100 : value)),
        outcomes: patient.outcomes.map((row, e) =>
          row.map((cell) => ("value" in cell && e === 0 ? { ...cell, value: 20 * cell.value + 100 } : cell)),
        ),
      })),
    };
    const changed = memberTraining(other);
    const opened = ridgeTransitionMember.open(ridgeTransitionMember.train(changed, {}, createRng(1), silent));
    for (let i = 0; i < 10; i++) {
      const here = model.predict(historyOf(training, i));
      const there = opened.predict(historyOf(changed, i));
      for (let j = 0; j < cells; j++) {
        const factor = j < V ? 20 : 1;
        expect(there.mean[j]! / (factor * here.mean[j]! + (j < V ? 100 : 0))).toBeCloseTo(1, 7);
        expect(there.covariance[j * (cells + 1)]! / (factor ** 2 * here.covariance[j * (cells + 1)]!)).toBeCloseTo(
          1,
          6,
        );
      }
    }
  });

  test("a random walk with drift by a covariate is recovered: means, step variance, and coverage of 95 % intervals", () => {
    const walk = memberTraining(randomWalk(1500, 21));
    const learnt = ridgeTransitionMember.train(walk, {}, createRng(2), silent);
    const opened = ridgeTransitionMember.open(learnt);
    const fresh = memberTraining(randomWalk(1500, 22));
    let covered = 0;
    let worst = 0;
    for (let i = 0; i < 1500; i++) {
      const history = historyOf(fresh, i);
      const { mean, covariance } = opened.predict(history);
      const x = fresh.table.covariateValues[i * fresh.table.covariates.length]!;
      worst = Math.max(worst, Math.abs(mean[2]! - (history.features[0]! + 3 * (1 + 0.8 * x))));
      const distance = Math.abs(fresh.table.outcomes[i * 3 + 2]! - mean[2]!) / Math.sqrt(covariance[8]!);
      if (distance < 1.959964) covered++;
      // Three steps of variance 4.
      expect(covariance[8]!).toBeGreaterThan(10.5);
      expect(covariance[8]!).toBeLessThan(13.5);
    }
    expect(worst).toBeLessThan(1);
    expect(Math.abs(covered / 1500 - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / 1500));
  });

  test("two endpoints whose residuals are correlated forecast each other", () => {
    const pair = memberTraining(randomWalk(800, 31, 0.8));
    const learnt = ridgeTransitionMember.train(pair, {}, createRng(3), silent);
    expect(learnt.residual.correlation[1]!).toBeGreaterThan(0.72);
    expect(learnt.residual.correlation[1]!).toBeLessThan(0.88);
    const opened = ridgeTransitionMember.open(learnt);
    const history = historyOf(pair, 0);
    const start = opened.predict(history);
    history.observed[0] = start.mean[0]! + 2;
    expect(opened.predict(history).mean[3]! - start.mean[3]!).toBeGreaterThan(1.2);
  });
});

describe("odd data", () => {
  test("whatever is missing or constant, training gives finite moments or says what is needed", () => {
    fc.assert(
      fc.property(
        fc.record({
          patients: fc.integer({ min: 8, max: 40 }),
          visits: fc.integer({ min: 1, max: 4 }),
          endpoints: fc.integer({ min: 1, max: 2 }),
          sporadic: fc.constantFrom(0, 0.2, 0.5),
          dropout: fc.constantFrom(0, 0.2),
          seed: fc.integer({ min: 1, max: 1e6 }),
          constant: fc.boolean(),
          noBaseline: fc.boolean(),
        }),
        ({ seed, constant, noBaseline, ...law }) => {
          const plain = simulatedHistory({ ...DEFAULT_LAW, ...law }, seed);
          const odd: LongDataSet = {
            ...plain,
            patients: plain.patients.map((patient) => ({
              ...patient,
              covariates: constant ? patient.covariates.map((value, p) => (p === 0 ? 5 : value)) : patient.covariates,
              baseline: patient.baseline.map((value, e) => (noBaseline && e === 0 ? null : value)),
            })),
          };
          const set = memberTraining(odd);
          try {
            const opened = ridgeTransitionMember.open(ridgeTransitionMember.train(set, {}, createRng(seed), silent));
            for (let i = 0; i < Math.min(8, set.table.count); i++) {
              for (const visits of [0, 2]) {
                const history = historyOf(set, i, visits);
                const { mean, covariance } = opened.predict(history);
                history.observed.forEach((value, j) => {
                  expect(Number.isFinite(mean[j]!)).toBe(true);
                  if (Number.isNaN(value)) expect(covariance[j * (mean.length + 1)]!).toBeGreaterThan(0);
                });
                const into = new Float64Array(3 * mean.length);
                opened.drawTrajectories(history, 3, createRng(1), into);
                expect(into.every(Number.isFinite)).toBe(true);
              }
            }
          } catch (error) {
            expect(error).toBeInstanceOf(DomainError);
            expect((error as DomainError).code).toBe("INSUFFICIENT_DATA");
          }
        },
      ),
      { numRuns: 30, seed: 8 },
    );
  });

  test("an endpoint that never varies, or a visit nobody reached, is refused by name", () => {
    const nobody: LongDataSet = {
      ...data,
      patients: data.patients.map((patient) => ({
        ...patient,
        outcomes: patient.outcomes.map((row) => row.map((cell, v) => (v === 3 ? { missing: "dropped-out" } : cell))),
      })),
    };
    expect(() => ridgeTransitionMember.train(memberTraining(nobody), {}, createRng(1), silent)).toThrow(
      /score 1 at Visit 4: 0 values/,
    );
  });

  test("a history of the wrong length and parameters of the wrong shape are refused", () => {
    const history = historyOf(training, 0);
    expect(() => model.predict({ ...history, features: history.features.slice(1) })).toThrow(/must have/);
    expect(() => ridgeTransitionMember.open({ ...parameters, inflation: [1] })).toThrow(/must have coefficients/);
  });
});

function plannedDays(model: RidgeTransitionParameters): number[] {
  return [0, ...model.plannedDays];
}

/** Brute force: one visit after the other, one-step means from the definition, residuals from the stated law. */
function simulateByHand(model: RidgeTransitionParameters, history: PatientHistory, count: number): Float64Array {
  const rng = createRng(77);
  const into = new Float64Array(count * cells);
  const days = plannedDays(model);
  const correlation = model.residual.correlation[1]!;
  for (let r = 0; r < count; r++) {
    const course = Array.from({ length: E }, (_, e) => [history.features[e]!]);
    for (let v = 1; v <= V; v++) {
      const means = stepMeans(model, course, history.features, days, v);
      const first = rng.normal();
      const noise = [first, correlation * first + Math.sqrt(1 - correlation ** 2) * rng.normal()];
      means.forEach((mean, e) => {
        const law = model.residual.endpoints[e]!;
        const gap = (days[v]! - days[v - 1]!) / 365.25;
        const variance = Math.exp(law.logVariance) * gap ** law.gapExponent * law.visitFactors[v - 1]!;
        const value = mean + Math.sqrt(variance) * noise[e]!;
        course[e]!.push(value);
        into[r * cells + e * V + v - 1] = value;
      });
    }
  }
  return into;
}

function checkMoments(draws: Float64Array, mean: Float64Array, covariance: Float64Array, count: number): void {
  for (let i = 0; i < cells; i++) {
    const sd = Math.sqrt(covariance[i * cells + i]!);
    let sum = 0;
    for (let r = 0; r < count; r++) sum += draws[r * cells + i]! - mean[i]!;
    expect(Math.abs(sum / count)).toBeLessThanOrEqual((4.5 * sd) / Math.sqrt(count) + 1e-9);
    for (let j = 0; j <= i; j++) {
      let product = 0;
      for (let r = 0; r < count; r++) {
        product += ((draws[r * cells + i]! - mean[i]!) * (draws[r * cells + j]! - mean[j]!)) / count;
      }
      const expected = covariance[i * cells + j]!;
      const error = Math.sqrt((covariance[i * cells + i]! * covariance[j * cells + j]! + expected ** 2) / count);
      expect(Math.abs(product - expected)).toBeLessThanOrEqual(4.5 * error + 1e-9);
    }
  }
}

/** y_v = y_{v−1} + 1 + 0.8 x + 2 ε over three years; a second endpoint, without drift, when a correlation is given. */
function randomWalk(patients: number, seed: number, correlation?: number): LongDataSet {
  const base = simulatedHistory(
    { ...DEFAULT_LAW, patients, covariates: 1, dropout: 0, sporadic: 0, endpoints: correlation === undefined ? 1 : 2 },
    seed,
  );
  const rng = createRng(seed).fork("walk");
  const visits = base.visits.map((visit, v) => ({ ...visit, targetDay: 365 * (v + 1) }));
  return {
    ...base,
    visits: visits.map((visit) => ({ ...visit, windowFrom: visit.targetDay, windowTo: visit.targetDay })),
    patients: base.patients.map((patient) => {
      const x = patient.covariates[0] as number;
      const now = patient.baseline.map((value) => value ?? 0);
      const outcomes = now.map((): { value: number; day: number }[] => []);
      for (const visit of visits) {
        const first = rng.normal();
        now[0] = now[0]! + 1 + 0.8 * x + 2 * first;
        outcomes[0]!.push({ value: now[0]!, day: visit.targetDay });
        if (correlation === undefined) continue;
        now[1] = now[1]! + 2 * (correlation * first + Math.sqrt(1 - correlation ** 2) * rng.normal());
        outcomes[1]!.push({ value: now[1]!, day: visit.targetDay });
      }
      return { ...patient, outcomes };
    }),
  };
}
