import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { adjustedLogRank } from "../../../../lib/analysis/survival/adjusted-log-rank.ts";
import { analyseTimeToEvent } from "../../../../lib/analysis/survival/analyse-time-to-event.ts";
import { compareRestrictedMeans } from "../../../../lib/analysis/survival/compare-restricted-means.ts";
import { baselineHazard } from "../../../../lib/analysis/survival/cox-hazard.ts";
import {
  devianceResiduals,
  martingaleResiduals,
  nullMartingaleResiduals,
  robustCovariance,
  schoenfeldResiduals,
  scoreResiduals,
} from "../../../../lib/analysis/survival/cox-residuals.ts";
import { fitCox } from "../../../../lib/analysis/survival/fit-cox.ts";
import { kaplanMeier, survivalAt } from "../../../../lib/analysis/survival/kaplan-meier.ts";
import { logRankTest } from "../../../../lib/analysis/survival/log-rank.ts";
import { restrictedMean } from "../../../../lib/analysis/survival/restricted-mean.ts";
import { restrictedMeanRegression } from "../../../../lib/analysis/survival/restricted-mean-regression.ts";
import { survivalFigure } from "../../../../lib/analysis/survival/survival-curve-data.ts";
import { SURVIVAL_INTERVAL_SCALES } from "../../../../lib/analysis/survival/survival-interval.ts";
import { type SurvivalTimes, timesAt } from "../../../../lib/analysis/survival/survival-times.ts";
import { type TimeToEventSpec, timeToEventSpecSchemas } from "../../../../lib/analysis/survival/time-to-event-spec.ts";
import type { TrialData } from "../../../../lib/analysis/trial-data.ts";
import { DomainError } from "../../../../lib/errors/domain-error.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { eventTrial } from "./event-trial.ts";

const schema = z.discriminatedUnion("method", timeToEventSpecSchemas);
const score = { endpoint: "scale", visit: "week12" };
const everyMethod: readonly z.input<typeof schema>[] = [
  { method: "log-rank", events: ["death"], strata: ["site"] },
  { method: "log-rank", events: ["death"], rho: 1 },
  { method: "log-rank", events: ["death"], covariates: ["age"], score },
  { method: "cox", events: ["death"], covariates: ["age", "site"], score },
  { method: "cox", events: ["death"], ties: "breslow", variance: "robust" },
  { method: "restricted-mean", events: ["death"], horizon: 40 },
  { method: "restricted-mean", events: ["death"], horizon: 40, covariates: ["age"] },
  { method: "milestone", events: ["death"], day: 40 },
  { method: "milestone", events: ["death"], day: 40, scale: "log-log" },
  { method: "failure-time", events: ["death"], covariates: ["age"], law: "loglogistic" },
];
const titleOf = (input: z.input<typeof schema>) => JSON.stringify(input);

function first(spec: TimeToEventSpec, data: TrialData) {
  return analyseTimeToEvent(spec, data).effects[0]!.result;
}

/** The trial with its patients in another order. */
function reordered(data: TrialData, order: readonly number[]): TrialData {
  const take = <T extends Float64Array | Int32Array>(values: T): T => values.map((_, i) => values[order[i]!]!) as T;
  return {
    ...data,
    patientIds: order.map((i) => data.patientIds[i]!),
    arm: take(data.arm),
    covariates: data.covariates.map((covariate) =>
      covariate.kind === "numeric"
        ? { ...covariate, values: take(covariate.values) }
        : { ...covariate, codes: Int32Array.from(order, (i) => covariate.codes[i]!) },
    ),
    scores: data.scores.map((each) => ({ ...each, mean: take(each.mean), variance: take(each.variance) })),
    followUp: {
      lastDay: take(data.followUp.lastDay),
      eventDay: new Map([...data.followUp.eventDay].map(([kind, days]) => [kind, take(days)])),
    },
  };
}

describe("laws of every analysis of a time to event", () => {
  const data = eventTrial({ patients: 90 });
  for (const input of everyMethod) {
    const spec = schema.parse(input);
    it(`does not depend on the order of the patients: ${titleOf(input)}`, () => {
      const rng = createRng(5);
      const order = data.patientIds.map((_, i) => i);
      for (let i = order.length - 1; i > 0; i--) {
        const j = rng.integer(i + 1);
        [order[i], order[j]] = [order[j]!, order[i]!];
      }
      const [a, b] = [first(spec, data), first(spec, reordered(data, order))];
      expect(b.estimate).toBeCloseTo(a.estimate, 9);
      expect(b.standardError).toBeCloseTo(a.standardError!, 9);
      expect(b.testStatistic).toBeCloseTo(a.testStatistic!, 9);
    });

    it(`flips its sign when the arms are swapped: ${titleOf(input)}`, () => {
      const swapped = { ...data, arm: data.arm.map((code) => 1 - code), armNames: [...data.armNames].reverse() };
      const [a, b] = [first(spec, data), first(spec, swapped)];
      expect(b.estimate).toBeCloseTo(-a.estimate, 8);
      expect(b.standardError).toBeCloseTo(a.standardError!, 8);
      expect(b.testStatistic).toBeCloseTo(-a.testStatistic!, 8);
      expect(b.oneSidedPValue).toBeCloseTo(1 - a.oneSidedPValue, 8);
    });

    it(`says which arm is better by the direction of the event: ${titleOf(input)}`, () => {
      const bad = first(spec, data);
      const good = first({ ...spec, direction: "favourable" }, data);
      expect(good.estimate).toBe(bad.estimate);
      expect(good.oneSidedPValue).toBeCloseTo(1 - bad.oneSidedPValue, 9);
    });
  }

  it("drops a constant score with a diagnostic and then equals the analysis without it", () => {
    const constant = { ...data, scores: data.scores.map((each) => ({ ...each, mean: each.mean.map(() => 3.5) })) };
    const cox = schema.parse({ method: "cox", events: ["death"], covariates: ["age"], score });
    const without = schema.parse({ method: "cox", events: ["death"], covariates: ["age"] });
    const report = analyseTimeToEvent(cox, constant);
    expect(report.diagnostics.map(({ code }) => code)).toContain("column-left-out");
    expect(report.effects[0]!.result.estimate).toBeCloseTo(first(without, data).estimate, 9);
    const test = schema.parse({ method: "log-rank", events: ["death"], score });
    const plain = schema.parse({ method: "log-rank", events: ["death"] });
    const adjusted = analyseTimeToEvent(test, constant);
    expect(adjusted.diagnostics.map(({ code }) => code)).toContain("column-left-out");
    expect(adjusted.effects[0]!.result.testStatistic).toBeCloseTo(first(plain, data).testStatistic!, 9);
  });

  it("a prognostic score takes variance off the log-rank score", () => {
    const large = eventTrial({ seed: 21, patients: 600 });
    const spec = schema.parse({ method: "log-rank", events: ["death"], score, covariates: ["age"] });
    const table = analyseTimeToEvent(spec, large).tables.find(({ id }) => id === "adjustment")!;
    expect(Number(table.rows[1]![5])).toBeLessThan(0.98);
  });

  it("the figure's steps end at the estimate and count those at risk", () => {
    const spec = schema.parse({ method: "kaplan-meier", events: ["death"], times: [20, 40] });
    const figure = survivalFigure(spec, data);
    const table = analyseTimeToEvent(spec, data).tables.find(({ id }) => id === "survival")!;
    expect(figure.riskDays).toEqual([0, 20, 40]);
    figure.arms.forEach((arm, code) => {
      expect(arm.atRisk[0]).toBe(data.arm.filter((own) => own === code).length);
      const row = table.rows.find(([name, day]) => name === arm.name && day === 40)!;
      expect(arm.atRisk[2]).toBe(row[2]);
      const before = arm.steps.filter(([day]) => day <= 40).at(-1)!;
      expect(before[1]).toBeCloseTo(Number(row[3]), 12);
      for (const [, lower, upper] of arm.band) expect(lower).toBeLessThanOrEqual(upper);
    });
  });
});

const observation = fc.record({
  time: fc.integer({ min: 1, max: 12 }),
  event: fc.boolean(),
  arm: fc.boolean(),
  x: fc.integer({ min: -8, max: 8 }),
});
const sample = fc.array(observation, { minLength: 12, maxLength: 60 });

interface Sample {
  readonly times: SurvivalTimes;
  readonly arm: Int32Array;
  readonly x: Float64Array;
}

function sampleOf(rows: readonly { time: number; event: boolean; arm: boolean; x: number }[]): Sample {
  return {
    times: {
      time: Float64Array.from(rows, ({ time }) => time),
      event: Uint8Array.from(rows, ({ event }) => (event ? 1 : 0)),
    },
    arm: Int32Array.from(rows, ({ arm }) => (arm ? 1 : 0)),
    x: Float64Array.from(rows, ({ x }) => x / 4),
  };
}

/** Events in both arms at overlapping times, so that every estimate exists. */
function isRich({ times, arm }: Sample): boolean {
  const times0 = Array.from(times.time).filter((_, i) => arm[i] === 0 && times.event[i] === 1);
  const times1 = Array.from(times.time).filter((_, i) => arm[i] === 1 && times.event[i] === 1);
  return (
    times0.length >= 3 &&
    times1.length >= 3 &&
    Math.min(...times0) < Math.max(...times1) &&
    Math.min(...times1) < Math.max(...times0)
  );
}

/** The fit, or null for the small samples whose likelihood has no maximum. */
function fitIfEstimable<T>(run: () => T): T | null {
  try {
    return run();
  } catch (error) {
    if (error instanceof DomainError && error.code === "NOT_ESTIMABLE") return null;
    throw error;
  }
}

describe("laws of the kernels", () => {
  const run = (check: (rows: Sample) => void) =>
    fc.assert(
      fc.property(sample, (rows) => {
        const made = sampleOf(rows);
        if (isRich(made)) check(made);
      }),
      { seed: 20, numRuns: 60 },
    );

  it("survival falls from 1, intervals hold it, and the cumulative hazard lies below −log S", () =>
    run(({ times }) => {
      for (const scale of SURVIVAL_INTERVAL_SCALES) {
        const curve = kaplanMeier(times, { scale });
        let before = 1;
        curve.survival.forEach((survival, j) => {
          expect(survival).toBeLessThanOrEqual(before);
          before = survival;
          if (Number.isFinite(curve.lower[j]!)) {
            expect(curve.lower[j]!).toBeLessThanOrEqual(survival + 1e-12);
            expect(curve.upper[j]!).toBeGreaterThanOrEqual(survival - 1e-12);
          }
          if (survival > 0) expect(curve.cumulativeHazard[j]!).toBeLessThanOrEqual(-Math.log(survival) + 1e-12);
        });
      }
    }));

  it("without censoring the curve is the empirical one, and the restricted mean the mean of min(T, τ)", () =>
    run(({ times: { time } }) => {
      const event = new Uint8Array(time.length).fill(1);
      const curve = kaplanMeier({ time, event });
      for (const at of [2, 5, 9]) {
        const share = time.filter((value) => value > at).length / time.length;
        const point = survivalAt(curve, at);
        if (point !== null) expect(point.survival).toBeCloseTo(share, 12);
      }
      const capped = Array.from(time, (value) => Math.min(value, 7));
      const mean = capped.reduce((a, b) => a + b, 0) / capped.length;
      const variance = capped.reduce((a, b) => a + (b - mean) ** 2, 0) / capped.length ** 2;
      const found = restrictedMean(curve, 7);
      expect(found.mean).toBeCloseTo(mean, 10);
      expect(found.standardError).toBeCloseTo(Math.sqrt(variance), 10);
    }));

  it("the log-rank chi-square is the score test of Cox's model with exact ties", () =>
    run(({ times, arm }) => {
      const test = logRankTest(times, arm, 2);
      const fit = fitCox(times, [{ name: "arm", values: Float64Array.from(arm) }], { ties: "exact" });
      expect(fit.scoreStatistic).toBeCloseTo(test.chiSquare, 8);
      expect(test.observed[0]! + test.observed[1]!).toBeCloseTo(test.expected[0]! + test.expected[1]!, 9);
    }));

  it("martingale residuals sum to 0 and score residuals to the score, which vanishes", () =>
    run(({ times, arm, x }) => {
      for (const ties of ["efron", "breslow"] as const) {
        const columns = [
          { name: "arm", values: Float64Array.from(arm) },
          { name: "x", values: x },
        ];
        const fit = fitIfEstimable(() => fitCox(times, columns, { ties }));
        if (fit === null) continue;
        expect(martingaleResiduals(fit).reduce((a, b) => a + b, 0)).toBeCloseTo(0, 8);
        expect(devianceResiduals(fit).every(Number.isFinite)).toBe(true);
        const q = fit.used.length;
        const score = scoreResiduals(fit);
        for (let j = 0; j < q; j++) {
          let sum = 0;
          for (let i = j; i < score.length; i += q) sum += score[i]!;
          expect(sum).toBeCloseTo(0, 6);
        }
        const schoenfeld = schoenfeldResiduals(fit);
        for (let j = 0; j < q; j++) {
          let sum = 0;
          for (let i = j; i < schoenfeld.residuals.length; i += q) sum += schoenfeld.residuals[i]!;
          expect(sum).toBeCloseTo(0, 6);
        }
        const own = robustCovariance(fit);
        const clustered = robustCovariance(
          fit,
          Int32Array.from(times.time, (_, i) => i),
        );
        expect(Array.from(clustered)).toEqual(Array.from(own));
        expect(nullMartingaleResiduals(times).reduce((a, b) => a + b, 0)).toBeCloseTo(0, 9);
      }
    }));

  it("every patient twice halves the robust variance, and clusters of the copies undo it", () => {
    const made = sampleOf(fc.sample(sample, { seed: 3, numRuns: 20 }).find((rows) => isRich(sampleOf(rows)))!);
    const column = { name: "x", values: made.x };
    const twice = Array.from(made.x, (_, i) => i).flatMap((i) => [i, i]);
    const doubled = { name: "x", values: Float64Array.from(twice, (i) => made.x[i]!) };
    const one = fitCox(made.times, [column], { ties: "breslow" });
    const two = fitCox(timesAt(made.times, twice), [doubled], { ties: "breslow" });
    expect(two.coefficients[0]).toBeCloseTo(one.coefficients[0]!, 8);
    expect(robustCovariance(two)[0]! / robustCovariance(one)[0]!).toBeCloseTo(0.5, 7);
    expect(robustCovariance(two, Int32Array.from(twice))[0]! / robustCovariance(one)[0]!).toBeCloseTo(1, 7);
  });

  it("weights of 2 equal two copies in Breslow's likelihood", () => {
    const made = sampleOf(fc.sample(sample, { seed: 4, numRuns: 20 }).find((rows) => isRich(sampleOf(rows)))!);
    const twice = Array.from(made.x, (_, i) => i).flatMap((i) => [i, i]);
    const weighted = fitCox(made.times, [{ name: "x", values: made.x }], {
      ties: "breslow",
      weights: new Float64Array(made.x.length).fill(2),
    });
    const copied = fitCox(
      timesAt(made.times, twice),
      [{ name: "x", values: Float64Array.from(twice, (i) => made.x[i]!) }],
      { ties: "breslow" },
    );
    expect(weighted.coefficients[0]).toBeCloseTo(copied.coefficients[0]!, 9);
    expect(weighted.covariance[0]).toBeCloseTo(copied.covariance[0]!, 9);
    expect(Array.from(baselineHazard(weighted)[0]!.cumulativeHazard).at(-1)).toBeCloseTo(
      Array.from(baselineHazard(copied)[0]!.cumulativeHazard).at(-1)!,
      9,
    );
  });

  it("one stratum a patient pair with the same covariate leaves the plain tests alone; strata of one level change nothing", () =>
    run(({ times, arm }) => {
      const ones = new Int32Array(arm.length).fill(7);
      expect(logRankTest(times, arm, 2, { strata: ones }).chiSquare).toBe(logRankTest(times, arm, 2).chiSquare);
      const column = [{ name: "arm", values: Float64Array.from(arm) }];
      expect(fitCox(times, column, { strata: ones }).coefficients[0]).toBe(fitCox(times, column).coefficients[0]);
      expect(adjustedLogRank(times, arm, [], ones).statistic).toBe(adjustedLogRank(times, arm, []).statistic);
    }));

  it("the adjusted log-rank test without covariates is the log-rank test, and does not care how a covariate is coded", () =>
    run((made) => {
      const { times, arm, x } = made;
      const plain = logRankTest(times, arm, 2);
      expect(adjustedLogRank(times, arm, []).statistic ** 2).toBeCloseTo(plain.chiSquare, 8);
      const spread = Math.max(...x) - Math.min(...x);
      if (spread < 0.1) return;
      const [a, b] = [x, x.map((value) => 4 - 3 * value)].map((values) => {
        return fitIfEstimable(() => adjustedLogRank(times, arm, [{ name: "x", values }]).statistic);
      });
      if (a != null && b != null) expect(b).toBeCloseTo(a, 7);
    }));

  it("rescaled times rescale restricted means and leave hazards alone; regression on the arm alone is their difference", () =>
    run(({ times, arm }) => {
      const scaled = { time: times.time.map((value) => value * 7), event: times.event };
      const column = [{ name: "arm", values: Float64Array.from(arm) }];
      expect(fitCox(scaled, column).coefficients[0]).toBeCloseTo(fitCox(times, column).coefficients[0]!, 9);
      const curves = (of: SurvivalTimes) =>
        [1, 0].map((code) =>
          kaplanMeier(
            timesAt(
              of,
              Array.from(arm, (_, i) => i).filter((i) => arm[i] === code),
            ),
          ),
        ) as [ReturnType<typeof kaplanMeier>, ReturnType<typeof kaplanMeier>];
      const horizon = Math.min(...curves(times).map(({ time }) => time[time.length - 1]!));
      const one = compareRestrictedMeans(...curves(times), horizon);
      const seven = compareRestrictedMeans(...curves(scaled), 7 * horizon);
      expect(seven.difference.estimate).toBeCloseTo(7 * one.difference.estimate, 8);
      expect(seven.difference.standardError).toBeCloseTo(7 * one.difference.standardError, 8);
      // Without a covariate the weighted regression has the areas under the curves as its fitted means, where no censoring
      // falls on the time of an event.
      const apart = {
        time: times.time.map((value, i) => value + (times.event[i] === 1 ? 0 : 0.5)),
        event: times.event,
      };
      const end = Math.min(...curves(apart).map(({ time }) => time[time.length - 1]!));
      const areas = compareRestrictedMeans(...curves(apart), end);
      expect(restrictedMeanRegression(apart, arm, [], end).coefficients[1]).toBeCloseTo(areas.difference.estimate, 8);
    }));
});
