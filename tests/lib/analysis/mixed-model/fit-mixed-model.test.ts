import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { satterthwaiteDf } from "../../../../lib/analysis/mixed-model/degrees-of-freedom.ts";
import { denseMoments } from "../../../../lib/analysis/mixed-model/dense-variance-moments.ts";
import { fitMixedModel } from "../../../../lib/analysis/mixed-model/fit-mixed-model.ts";
import { kenwardRoger, kenwardRogerDf } from "../../../../lib/analysis/mixed-model/kenward-roger.ts";
import { likelihoodRatioTest } from "../../../../lib/analysis/mixed-model/likelihood-ratio.ts";
import {
  layoutOf,
  type MixedModelData,
  type ResidualStructure,
} from "../../../../lib/analysis/mixed-model/mixed-model-data.ts";
import { likelihoodOf } from "../../../../lib/analysis/mixed-model/mixed-model-likelihood.ts";
import { profiledGradient } from "../../../../lib/analysis/mixed-model/profiled-deviance.ts";
import { fittedValues, randomEffects } from "../../../../lib/analysis/mixed-model/random-effects.ts";
import { covarianceOf } from "../../../../lib/analysis/mixed-model/variance-moments.ts";
import { choleskyDecompose, choleskyLogDeterminant, choleskySolve } from "../../../../lib/numerics/cholesky.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";

interface Simulated {
  readonly seed: number;
  readonly groups?: number;
  readonly slope?: number;
  readonly intercept?: number;
  readonly uncorrelated?: boolean;
}

/** Long data of patients with a random line, at times that differ. */
function simulated({ seed, groups = 30, slope = 0.5, intercept = 2, uncorrelated = false }: Simulated): MixedModelData {
  const rng = createRng(seed);
  const rows: { y: number; g: number; t: number; x: number }[] = [];
  for (let g = 0; g < groups; g++) {
    const [b0, b1] = [intercept * rng.normal(), slope * rng.normal()];
    const visits = 3 + rng.integer(4);
    let carried = rng.normal();
    for (let v = 0; v < visits; v++) {
      const t = v + 0.1 * rng.integer(5);
      carried = 0.5 * carried + 0.8 * rng.normal();
      rows.push({ y: 10 + b0 + (0.4 - 0.3 * (g % 2) + b1) * t + carried + rng.normal(), g, t, x: g % 2 });
    }
  }
  const column = (name: string, of: (row: (typeof rows)[number]) => number) => ({
    name,
    values: Float64Array.from(rows, of),
  });
  const random = [column("intercept", () => 1), column("slope", ({ t }) => t)];
  return {
    outcome: Float64Array.from(rows, ({ y }) => y),
    group: Int32Array.from(rows, ({ g }) => g),
    fixed: [
      column("intercept", () => 1),
      column("t", ({ t }) => t),
      column("x", ({ x }) => x),
      column("tx", ({ t, x }) => t * x),
    ],
    random: uncorrelated ? random.map((each) => [each]) : [random],
    time: Float64Array.from(rows, ({ t }) => t),
  };
}

const INDEPENDENT: ResidualStructure = { kind: "independent" };
const CONTINUOUS: ResidualStructure = { kind: "continuous-autoregressive", measurementError: false };
const NUGGET: ResidualStructure = { kind: "continuous-autoregressive", measurementError: true };

/** −2 log-likelihood written down from its definition. */
function plainDeviance(
  data: MixedModelData,
  g: readonly number[],
  variance: number,
  correlation: (gap: number) => number,
  restricted: boolean,
): number {
  const p = data.fixed.length;
  const information = new Float64Array(p * p);
  const score = new Float64Array(p);
  let squares = 0;
  let logDeterminant = 0;
  for (const code of new Set(data.group as Int32Array)) {
    const rows = Array.from(data.group, (_, i) => i).filter((i) => data.group[i] === code);
    const n = rows.length;
    const columns = data.random.flat().map(({ values }) => values);
    const v = Float64Array.from(
      rows.flatMap((i) =>
        rows.map((j) => {
          let sum = variance * (i === j ? 1 : correlation(Math.abs(data.time![i]! - data.time![j]!)));
          columns.forEach((a, k) => {
            columns.forEach((b, l) => {
              sum += a[i]! * g[k * columns.length + l]! * b[j]!;
            });
          });
          return sum;
        }),
      ),
    );
    const factor = choleskyDecompose(v, n);
    if (!factor.ok) return Infinity;
    logDeterminant += choleskyLogDeterminant(factor.factor, n);
    const y = Float64Array.from(rows, (i) => data.outcome[i]!);
    const wy = choleskySolve(factor.factor, n, y);
    rows.forEach((_, k) => {
      squares += y[k]! * wy[k]!;
    });
    for (let a = 0; a < p; a++) {
      const wx = choleskySolve(
        factor.factor,
        n,
        Float64Array.from(rows, (i) => data.fixed[a]!.values[i]!),
      );
      rows.forEach((i, k) => {
        score[a]! += data.fixed[a]!.values[i]! * wy[k]!;
        for (let b = 0; b < p; b++) information[a * p + b]! += wx[k]! * data.fixed[b]!.values[i]!;
      });
    }
  }
  const factor = choleskyDecompose(information, p);
  if (!factor.ok) return Infinity;
  const beta = choleskySolve(factor.factor, p, score);
  for (let a = 0; a < p; a++) squares -= beta[a]! * score[a]!;
  const n = data.outcome.length - (restricted ? p : 0);
  return (
    logDeterminant + squares + n * Math.log(2 * Math.PI) + (restricted ? choleskyLogDeterminant(factor.factor, p) : 0)
  );
}

describe("the likelihood", () => {
  it.each([
    ["independent", INDEPENDENT, true],
    ["independent, ML", INDEPENDENT, false],
    ["continuous AR(1)", CONTINUOUS, true],
    ["continuous AR(1) with measurement error, ML", NUGGET, false],
  ] as const)("%s: equals its definition and is at a maximum", (_, residual, restricted) => {
    const data = simulated({ seed: 4 });
    const fit = fitMixedModel(data, { residual, criterion: restricted ? "REML" : "ML" });
    const { phi, share } = fit.residualCorrelation;
    const correlation = (gap: number) => (residual.kind === "independent" ? 0 : (1 - share) * phi ** gap);
    const at = (g: readonly number[], variance: number, r = correlation) =>
      plainDeviance(data, g, variance, r, restricted);
    const g = [...fit.randomCovariance];
    const deviance = -2 * fit.logLikelihood;
    expect(at(g, fit.residualVariance)).toBeCloseTo(deviance, 7);
    expect(at(g, fit.residualVariance * 1.01)).toBeGreaterThan(deviance);
    expect(at(g, fit.residualVariance * 0.99)).toBeGreaterThan(deviance);
    for (const factor of [0.98, 1.02]) {
      expect(at([g[0]! * factor, g[1]!, g[2]!, g[3]!], fit.residualVariance)).toBeGreaterThan(deviance - 1e-9);
      expect(at([g[0]!, g[1]!, g[2]!, g[3]! * factor], fit.residualVariance)).toBeGreaterThan(deviance - 1e-9);
      if (residual.kind !== "independent")
        expect(at(g, fit.residualVariance, (gap) => (1 - share) * (phi * factor) ** gap)).toBeGreaterThan(
          deviance - 1e-9,
        );
    }
    expect(fit.verdict.state).not.toBe("not-converged");
  });

  it("has the gradient and Hessian that differences of it give", () => {
    for (const residual of [INDEPENDENT, CONTINUOUS, NUGGET]) {
      const data = simulated({ seed: 9 });
      const fit = fitMixedModel(data, { residual });
      const { likelihood, maximum } = fit;
      // Newton's step on the profiled deviance from a point beside the maximum leads back to it.
      const { structure } = likelihood;
      const point = maximum.point.map((value) => value + 0.01);
      const gradient = new Float64Array(structure.entries.length);
      likelihood.deviance(point);
      profiledGradient(likelihood.work, gradient);
      gradient.forEach((value, k) => {
        const h = 1e-5;
        const above = likelihood.deviance(point.map((x, i) => (i === k ? x + h : x)));
        const below = likelihood.deviance(point.map((x, i) => (i === k ? x - h : x)));
        expect(value).toBeCloseTo((above - below) / (2 * h), 4);
      });
      expect(Math.max(...maximum.onFactorScale.gradient.map(Math.abs))).toBeLessThan(1e-4);
      // The profiled Hessian is the Schur complement over σ of the full one.
      const { m, hessian } = maximum.onFactorScale;
      const sigma = structure.entries.length;
      const kept = Array.from({ length: m }, (_, k) => k).filter((k) => k !== sigma);
      const profiled = (i: number, j: number) =>
        hessian[kept[i]! * m + kept[j]!]! -
        (hessian[kept[i]! * m + sigma]! * hessian[sigma * m + kept[j]!]!) / hessian[sigma * m + sigma]!;
      const h = 1e-3;
      for (let i = 0; i < kept.length; i++) {
        for (let j = 0; j <= i; j++) {
          const moved = (a: number, b: number) =>
            likelihood.deviance(maximum.point.map((x, k) => x + (k === i ? a * h : 0) + (k === j ? b * h : 0)));
          const numeric = (moved(1, 1) - moved(1, -1) - moved(-1, 1) + moved(-1, -1)) / (4 * h * h);
          expect(Math.abs(numeric - profiled(i, j))).toBeLessThan(
            1e-3 * (1 + Math.abs(profiled(i, i)) + Math.abs(profiled(j, j))),
          );
        }
      }
    }
  });

  it("gives the same sums from patterns as from whole covariance matrices", () => {
    const fit = fitMixedModel(simulated({ seed: 2 }));
    const { likelihood, maximum } = fit;
    const { layout, patterns, structure } = likelihood;
    const covariance = covarianceOf(structure, maximum.point, maximum.residualVariance);
    const dense = denseMoments(layout, patterns, structure, INDEPENDENT, covariance, maximum.residualVariance, []);
    for (const name of ["first", "pairs", "traces", "tracePairs"] as const)
      dense[name].forEach((value, k) => {
        expect(Math.abs(value - maximum.moments[name][k]!)).toBeLessThan(1e-8 * (1 + Math.abs(value)));
      });
  });
});

describe("laws", () => {
  it("rows in another order, scaled outcome and scaled time change nothing but units", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (seed, outcomeScale, timeScale) => {
          const data = simulated({ seed, groups: 20 });
          const n = data.outcome.length;
          const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => ((a * 7919) % n) - ((b * 7919) % n));
          const moved = (values: ArrayLike<number>, scale = 1) => Float64Array.from(order, (i) => scale * values[i]!);
          const scaled = ({ name, values }: { name: string; values: Float64Array }) => ({
            name,
            values: moved(values, name.startsWith("t") || name === "slope" ? timeScale : 1),
          });
          const other: MixedModelData = {
            outcome: moved(data.outcome, outcomeScale),
            group: moved(data.group),
            fixed: data.fixed.map(scaled),
            random: data.random.map((block) => block.map(scaled)),
            time: moved(data.time!, timeScale),
          };
          const [a, b] = [fitMixedModel(data), fitMixedModel(other)];
          expect((b.fixed[3]! * timeScale) / outcomeScale).toBeCloseTo(a.fixed[3]!, 5);
          expect(b.residualVariance / outcomeScale ** 2).toBeCloseTo(a.residualVariance, 5);
          const [first, second] = [satterthwaiteDf(a, [0, 0, 0, 1]), satterthwaiteDf(b, [0, 0, 0, 1])];
          if (a.verdict.state === "converged") expect(second / first).toBeCloseTo(1, 3);
        },
      ),
      { numRuns: 15, seed: 20 },
    );
  });

  it("Kenward–Roger standard errors are not below the model's and its df for one contrast are the test's", () => {
    const fit = fitMixedModel(simulated({ seed: 3, groups: 12 }));
    const adjusted = kenwardRoger(fit).adjustedCovariance;
    fit.fixed.forEach((_, j) => {
      expect(adjusted[j * 4 + j]!).toBeGreaterThanOrEqual(fit.fixedCovariance[j * 4 + j]! * (1 - 1e-9));
    });
    const joint = kenwardRogerDf(fit, [
      [0, 0, 1, 0],
      [0, 0, 0, 1],
    ]);
    expect(joint.numeratorDf).toBe(2);
    expect(joint.denominatorDf).toBeGreaterThan(4);
    expect(joint.scale).toBeGreaterThan(0.5);
    expect(joint.scale).toBeLessThanOrEqual(1.0001);
  });

  it("balanced data: a group-level effect has the degrees of freedom of the t test of group means", () => {
    const rng = createRng(8);
    const rows = Array.from({ length: 20 * 4 }, (_, i) => ({ g: Math.floor(i / 4), x: Math.floor(i / 4) % 2 }));
    const levels = Array.from({ length: 20 }, () => 3 * rng.normal());
    const fit = fitMixedModel({
      outcome: Float64Array.from(rows, ({ g }) => levels[g]! + rng.normal()),
      group: rows.map(({ g }) => g),
      fixed: [
        { name: "1", values: new Float64Array(80).fill(1) },
        { name: "x", values: Float64Array.from(rows, ({ x }) => x) },
      ],
      random: [[{ name: "1", values: new Float64Array(80).fill(1) }]],
      time: null,
    });
    expect(satterthwaiteDf(fit, [0, 1])).toBeCloseTo(18, 4);
    expect(kenwardRogerDf(fit, [[0, 1]]).denominatorDf).toBeCloseTo(18, 4);
  });

  it("says that a variance is zero when it is, and both tests of it agree", () => {
    const data = simulated({ seed: 21, slope: 0, intercept: 0, uncorrelated: true, groups: 25 });
    const fit = fitMixedModel({ ...data, outcome: data.outcome.map((y, i) => (i % 2 === 0 ? y : 20 - y)) });
    expect(["boundary", "converged"]).toContain(fit.verdict.state);
    if (fit.singular) expect(fit.diagnostics.map(({ code }) => code)).toContain("singular-fit");
    const smaller = fitMixedModel({
      ...data,
      outcome: data.outcome.map((y, i) => (i % 2 === 0 ? y : 20 - y)),
      random: data.random.slice(0, 1),
    });
    const test = likelihoodRatioTest(smaller, fit);
    expect(test.statistic).toBeGreaterThanOrEqual(0);
    expect(test.boundaryPValue).toBeLessThanOrEqual(test.pValue);
  });

  it("predicted random effects sum to zero and shrink", () => {
    const fit = fitMixedModel(simulated({ seed: 6 }));
    const effects = randomEffects(fit);
    const sum = effects.reduce((total, each) => total + each.effects[0]!, 0);
    expect(Math.abs(sum / effects.length)).toBeLessThan(0.05);
    for (const { covariance } of effects) expect(covariance[0]!).toBeLessThan(fit.randomCovariance[0]!);
    const { marginal, conditional } = fittedValues(fit);
    const y = simulated({ seed: 6 }).outcome;
    const squares = (values: Float64Array) => values.reduce((total, value, i) => total + (y[i]! - value) ** 2, 0);
    expect(squares(conditional)).toBeLessThan(squares(marginal));
  });
});

describe("refusals", () => {
  const data = simulated({ seed: 1, groups: 10 });
  const n = data.outcome.length;
  it.each([
    ["outcome.0", { ...data, outcome: data.outcome.map((y, i) => (i === 0 ? Number.NaN : y)) }, INDEPENDENT],
    ["group", { ...data, group: new Int32Array(n) }, INDEPENDENT],
    ["time", { ...data, time: null }, CONTINUOUS],
    ["outcome", { ...data, outcome: new Float64Array(n).fill(3) }, INDEPENDENT],
    [
      "random.slope",
      { ...data, random: [[data.random[0]![0]!, { name: "slope", values: new Float64Array(n).fill(2) }]] },
      INDEPENDENT,
    ],
    ["random", { ...data, group: Int32Array.from(data.outcome, (_, i) => i) }, INDEPENDENT],
    ["fixed.t", { ...data, fixed: [data.fixed[0]!, { name: "t", values: new Float64Array(2) }] }, INDEPENDENT],
  ] as [string, MixedModelData, ResidualStructure][])("%s", (argument, given, residual) => {
    expect(() => likelihoodOf(layoutOf(given, residual), residual, "REML")).toThrow(
      expect.objectContaining({ detail: expect.objectContaining({ argument }) }),
    );
  });

  it("names a column that depends on others", () => {
    const fit = fitMixedModel({
      ...data,
      fixed: [...data.fixed, { name: "twice", values: data.fixed[1]!.values.map((t) => 2 * t) }],
    });
    expect(fit.aliasedNames).toEqual(["twice"]);
    expect(fit.diagnostics.map(({ code }) => code)).toContain("aliased-covariate");
  });
});
