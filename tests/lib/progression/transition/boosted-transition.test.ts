import { describe, expect, test } from "vitest";
import type { LongDataSet } from "../../../../lib/data/long-data-set.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import type { MemberModel, MemberTraining } from "../../../../lib/progression/member.ts";
import { boostedTransitionMember } from "../../../../lib/progression/transition/boosted-transition-member.ts";
import { fixedNormals, fixedPairs } from "../../../../lib/progression/transition/fixed-normals.ts";
import { ridgeTransitionMember } from "../../../../lib/progression/transition/ridge-transition-member.ts";
import {
  type BoostedTransitionParameters,
  boostedTransitionParametersSchema,
} from "../../../../lib/progression/transition/transition-parameters.ts";
import { DEFAULT_LAW, simulatedHistory } from "../simulated-history.ts";
import { historyOf, memberTraining } from "./member-training.ts";

const silent = () => {};
const law = { ...DEFAULT_LAW, patients: 300, sporadic: 0.05 };

/** The linear law plus a jump in the slope for patients high in two covariates at once. */
function bent(data: LongDataSet): LongDataSet {
  return {
    ...data,
    patients: data.patients.map((patient) => {
      const [a, b] = patient.covariates as (number | null)[];
      const slope = (a ?? 0) > 0.3 && (b ?? 0) > 0 ? 6 : -2;
      return {
        ...patient,
        outcomes: patient.outcomes.map((row) =>
          row.map((cell) => ("value" in cell ? { ...cell, value: cell.value + (slope * cell.day) / 365 } : cell)),
        ),
      };
    }),
  };
}

function meanSquaredError(model: MemberModel, test: MemberTraining): number {
  const cells = model.outcomeCount;
  let sum = 0;
  for (let i = 0; i < test.table.count; i++) {
    const mean = model.predictMean(historyOf(test, i));
    sum += (test.table.outcomes[i * cells + cells - 1]! - mean[cells - 1]!) ** 2;
  }
  return sum / test.table.count;
}

const curved = memberTraining(bent(simulatedHistory(law, 5)));
const parameters = boostedTransitionMember.train(curved, {}, createRng(1), silent);
const model = boostedTransitionMember.open(parameters);

/** The same law with trees that say nothing: forces the sampled trajectories where the exact result is known. */
function withSilentTrees(linear: Omit<BoostedTransitionParameters, "trees">): BoostedTransitionParameters {
  const leaf = { roots: [0], feature: [-1], threshold: [0], left: [0], right: [0], missing: [0], value: [0] };
  return { ...linear, kind: "boosted-transition", trees: linear.endpoints.map(() => leaf) };
}

describe("boosted transition model", () => {
  test("beats ridge where the law bends, by more than a tenth of the error", () => {
    expect(parameters.trees[0]!.roots.length).toBeGreaterThan(5);
    const ridge = ridgeTransitionMember.open(ridgeTransitionMember.train(curved, {}, createRng(1), silent));
    const fresh = memberTraining(bent(simulatedHistory({ ...law, patients: 600, dropout: 0, sporadic: 0 }, 6)));
    expect(meanSquaredError(model, fresh)).toBeLessThan(0.9 * meanSquaredError(ridge, fresh));
  });

  test("does not pretend to beat ridge where the law is linear", () => {
    const straight = memberTraining(simulatedHistory(law, 5));
    const ridge = ridgeTransitionMember.open(ridgeTransitionMember.train(straight, {}, createRng(1), silent));
    const trees = boostedTransitionMember.open(boostedTransitionMember.train(straight, {}, createRng(1), silent));
    const fresh = memberTraining(simulatedHistory({ ...law, patients: 600, dropout: 0, sporadic: 0 }, 6));
    const ratio = meanSquaredError(trees, fresh) / meanSquaredError(ridge, fresh);
    expect(ratio).toBeGreaterThan(0.98);
    expect(ratio).toBeLessThan(1.02);
  });

  test("the stated numerical error holds against 20,000 drawn trajectories", () => {
    for (const visits of [0, 1]) {
      const history = historyOf(curved, 4, visits);
      const { mean, covariance, numericalError } = model.predict(history);
      expect(numericalError).toBeLessThan(0.08);
      const count = 20_000;
      const cells = model.outcomeCount;
      const into = new Float64Array(count * cells);
      model.drawTrajectories(history, count, createRng(3), into);
      for (let j = 0; j < cells; j++) {
        const sd = Math.sqrt(covariance[j * (cells + 1)]!);
        let [sum, square] = [0, 0];
        for (let r = 0; r < count; r++) sum += into[r * cells + j]! / count;
        for (let r = 0; r < count; r++) square += (into[r * cells + j]! - sum) ** 2 / count;
        // The stated error is itself an estimate from two halves: three times it, and the error of the draws.
        const allowed = (3 * numericalError + 4 / Math.sqrt(count)) * sd + 1e-12;
        expect(Math.abs(sum - mean[j]!)).toBeLessThan(allowed);
        expect(Math.abs(Math.sqrt(square) - sd)).toBeLessThan(allowed);
      }
    }
  });

  test("means alone are the means of the full prediction; the same history always gives the same numbers", () => {
    const history = historyOf(curved, 9, 1);
    const first = model.predict(history);
    const again = boostedTransitionMember.open(parameters).predict(history);
    expect(Array.from(again.mean)).toEqual(Array.from(first.mean));
    model.predictMean(history).forEach((value, j) => {
      expect(value).toBeCloseTo(first.mean[j]!, 10);
    });
  });

  test("the mean found with the draws is the mean alone, however many are drawn; the same seed draws the same", () => {
    for (const through of [0, 1]) {
      const history = historyOf(curved, 9, through);
      const alone = Array.from(model.predictMean(history));
      for (const count of [1, 700, 3000]) {
        const drawn = new Float64Array(count * model.outcomeCount);
        const mean = model.drawWithMean!(history, count, createRng(4), drawn);
        expect(Array.from(mean)).toEqual(alone);
        expect(drawn.some(Number.isNaN)).toBe(false);
        const again = new Float64Array(drawn.length);
        boostedTransitionMember.open(parameters).drawTrajectories(history, count, createRng(4), again);
        expect(again).toEqual(drawn);
      }
    }
  });

  test("the parameters survive JSON and their schema; the same seed gives the same parameters", () => {
    expect(boostedTransitionParametersSchema.parse(JSON.parse(JSON.stringify(parameters)))).toEqual(parameters);
    expect(boostedTransitionMember.train(curved, {}, createRng(1), silent)).toEqual(parameters);
  });
});

describe("sampled trajectories where the answer is known exactly", () => {
  const pair = memberTraining(simulatedHistory({ ...law, patients: 200, endpoints: 2, visits: 3 }, 14));
  const linear = ridgeTransitionMember.train(pair, {}, createRng(2), silent);
  const exact = ridgeTransitionMember.open(linear);
  const sampled = boostedTransitionMember.open(withSilentTrees({ ...linear, kind: "boosted-transition" }));

  test("from baseline or after complete visits, mean and covariance are exact", () => {
    for (const visits of [0, 1, 2]) {
      const history = historyOf(pair, 0, visits);
      const known = exact.predict(history);
      const { mean, covariance, numericalError } = sampled.predict(history);
      expect(numericalError).toBeLessThan(1e-9);
      known.mean.forEach((value, j) => {
        expect(mean[j]).toBeCloseTo(value, 9);
      });
      known.covariance.forEach((value, j) => {
        expect(covariance[j]).toBeCloseTo(value, 8);
      });
    }
  });

  test("with gaps and a missing baseline value, they agree within the stated error", () => {
    const history = historyOf(pair, 1, 3);
    history.observed[0] = Number.NaN;
    history.observed[5] = Number.NaN;
    history.features[1] = Number.NaN;
    const known = exact.predict(history);
    const { mean, numericalError } = sampled.predict(history);
    const cells = mean.length;
    for (let j = 0; j < cells; j++) {
      const sd = Math.sqrt(known.covariance[j * (cells + 1)]!);
      expect(Math.abs(mean[j]! - known.mean[j]!)).toBeLessThanOrEqual((4 * numericalError + 0.02) * sd);
    }
    const count = 4000;
    const into = new Float64Array(count * cells);
    sampled.drawTrajectories(history, count, createRng(8), into);
    for (let j = 0; j < cells; j++) {
      const sd = Math.sqrt(known.covariance[j * (cells + 1)]!);
      let sum = 0;
      for (let r = 0; r < count; r++) sum += into[r * cells + j]! / count;
      // Draws are picked again by weight from four candidates each.
      const allowed = (8 * sd) / Math.sqrt(count) + 4 * numericalError * sd + 1e-10;
      expect(Math.abs(sum - known.mean[j]!)).toBeLessThanOrEqual(allowed);
    }
  });
});

describe("odd data", () => {
  test("residuals that grow with the last value are found, and widen the forecast of high patients", () => {
    const base = simulatedHistory({ ...law, patients: 500, effect: 0, dropout: 0, sporadic: 0 }, 41);
    const rng = createRng(42);
    const spreading: LongDataSet = {
      ...base,
      patients: base.patients.map((patient) => {
        let now = patient.baseline[0]!;
        const outcomes = patient.outcomes.map((row) =>
          row.map((cell) => {
            now += Math.exp(0.35 * ((now - 20) / 5)) * rng.normal();
            return "value" in cell ? { ...cell, value: now } : cell;
          }),
        );
        return { ...patient, outcomes };
      }),
    };
    const training = memberTraining(spreading);
    const learnt = boostedTransitionMember.train(training, {}, createRng(1), silent);
    const { levelSlope } = learnt.residual.endpoints[0]!;
    // log σ² grows by 0.7 per 5 points; the level is in units of the spread of all values.
    expect((levelSlope * 5) / learnt.endpoints[0]!.scale).toBeGreaterThan(0.55);
    expect((levelSlope * 5) / learnt.endpoints[0]!.scale).toBeLessThan(0.85);
    expect(ridgeTransitionMember.train(training, {}, createRng(1), silent).residual.endpoints[0]!.levelSlope).toBe(0);
  });

  test("a dozen patients, a constant column and many gaps give finite forecasts", () => {
    const tiny = simulatedHistory({ ...law, patients: 14, visits: 3, sporadic: 0.25, dropout: 0 }, 3);
    const data = {
      ...tiny,
      patients: tiny.patients.map((patient) => ({ ...patient, covariates: [1, ...patient.covariates.slice(1)] })),
    };
    const training = memberTraining(data);
    const opened = boostedTransitionMember.open(boostedTransitionMember.train(training, {}, createRng(1), silent));
    for (let i = 0; i < 14; i++) {
      const { mean, covariance } = opened.predict(historyOf(training, i, i % 3));
      expect(mean.every(Number.isFinite) && covariance.every(Number.isFinite)).toBe(true);
    }
  });
});

test("the fixed sample has mean 0 and covariance 1 in each half, exactly", () => {
  for (const d of [3, 20]) {
    const pairs = fixedPairs(d);
    const normals = fixedNormals(d, pairs);
    for (let half = 0; half < 2; half++) {
      for (let i = 0; i < d; i++) {
        for (let j = 0; j <= i; j++) {
          let [sum, product] = [0, 0];
          for (let k = half * 2 * pairs; k < (half + 1) * 2 * pairs; k++) {
            sum += normals[k * d + i]!;
            product += (normals[k * d + i]! * normals[k * d + j]!) / (2 * pairs);
          }
          expect(Math.abs(sum)).toBeLessThan(1e-9);
          expect(product).toBeCloseTo(i === j ? 1 : 0, 10);
        }
      }
    }
  }
});
