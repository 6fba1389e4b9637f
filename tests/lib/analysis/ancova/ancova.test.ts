import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AncovaInput, fitAncova } from "../../../../lib/analysis/ancova/ancova.ts";
import {
  type DesignColumn,
  fitLinearModel,
  type VarianceEstimator,
} from "../../../../lib/analysis/ancova/linear-model.ts";
import type { Covariate } from "../../../../lib/analysis/covariate.ts";
import { DomainError } from "../../../../lib/errors/domain-error.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { runReferenceFile } from "../../../reference/runner/run-reference.ts";
import { repositoryPath, sharedPath } from "../../../support/shared.ts";

const TOLERANCE = 1e-8;

function expectClose(actual: Iterable<number>, expected: unknown, tolerance = TOLERANCE): void {
  const wanted = (Array.isArray(expected) ? expected.flat() : [expected]) as number[];
  const given = [...actual];
  expect(given.length).toBe(wanted.length);
  const wrong = given
    .map((value, i) => ({ i, actual: value, expected: wanted[i]! }))
    .filter((pair) => !(Math.abs(pair.actual - pair.expected) <= tolerance * Math.abs(pair.expected)));
  expect(wrong).toEqual([]);
}

describe("ANCOVA agrees with R (sandwich, emmeans, car)", () => {
  it.each([repositoryPath("tests/reference/ancova.json"), sharedPath("reference/local/ancova.json")])("%s", (path) => {
    if (path === null) return;
    const { cases, passed, failed } = runReferenceFile(path);
    expect(failed).toEqual([]);
    expect(passed).toBe(cases);
  });
});

function simulatedInput(seed: number, n = 40): AncovaInput {
  const rng = createRng(seed);
  const score = Float64Array.from({ length: n }, () => 20 + 4 * rng.normal());
  const age = Float64Array.from({ length: n }, () => 60 + 8 * rng.normal());
  const arm = Int32Array.from({ length: n }, (_, i) => i % 2);
  const outcome = score.map(
    (m, i) => 0.6 * m - 0.05 * age[i]! + 1.5 * arm[i]! + 3 * rng.normal() * (1 + 0.5 * arm[i]!),
  );
  return {
    outcome,
    arm,
    covariates: [
      { kind: "numeric", name: "score", values: score },
      { kind: "numeric", name: "age", values: age },
      {
        kind: "categorical",
        name: "site",
        levels: ["a", "b", "c"],
        codes: Int32Array.from({ length: n }, () => rng.integer(3)),
      },
    ],
    scoreName: "score",
  };
}

const seeds = fc.integer({ min: 0, max: 100_000 });
const estimators = fc.constantFrom<VarianceEstimator>("model", "HC0", "HC1", "HC2", "HC3", "HC4");
const interactions = fc.constantFrom("none" as const, "arm-by-covariate" as const);

describe("laws of the analysis of covariance", () => {
  it("swapping the arms changes the sign and nothing else", () => {
    fc.assert(
      fc.property(seeds, estimators, interactions, (seed, varianceEstimator, interaction) => {
        const input = { ...simulatedInput(seed), varianceEstimator, interaction };
        const swapped = { ...input, arm: Int32Array.from(input.arm, (code) => 1 - code) };
        const a = fitAncova(input).result;
        const b = fitAncova(swapped).result;
        expectClose([b.estimate, b.standardError, b.twoSidedPValue], [-a.estimate, a.standardError, a.twoSidedPValue]);
        expectClose([b.oneSidedPValue], [1 - a.oneSidedPValue]);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it("rescaling outcome and covariates rescales the effect", () => {
    fc.assert(
      fc.property(
        seeds,
        estimators,
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (seed, varianceEstimator, factor) => {
          const input = { ...simulatedInput(seed), varianceEstimator };
          const scaled = {
            ...input,
            outcome: input.outcome.map((y) => 7 + factor * y),
            covariates: input.covariates.map((c) =>
              c.kind === "numeric" ? { ...c, values: c.values.map((v) => 1000 - v / factor) } : c,
            ),
          };
          const a = fitAncova(input).result;
          const b = fitAncova(scaled).result;
          expectClose([b.estimate, b.standardError], [factor * a.estimate, factor * a.standardError]);
          expectClose([b.testStatistic], [a.testStatistic]);
        },
      ),
      { seed: 2, numRuns: 50 },
    );
  });

  it("the order of subjects does not matter", () => {
    fc.assert(
      fc.property(seeds, estimators, (seed, varianceEstimator) => {
        const input = { ...simulatedInput(seed), varianceEstimator };
        const rng = createRng(seed + 1);
        const order = Array.from({ length: input.outcome.length }, (_, i) => ({ i, key: rng.uniform() }))
          .sort((p, q) => p.key - q.key)
          .map(({ i }) => i);
        const shuffled: AncovaInput = {
          ...input,
          outcome: Float64Array.from(order, (i) => input.outcome[i]!),
          arm: Int32Array.from(order, (i) => input.arm[i]!),
          covariates: input.covariates.map((c) =>
            c.kind === "numeric"
              ? { ...c, values: Float64Array.from(order, (i) => c.values[i]!) }
              : { ...c, codes: Int32Array.from(order, (i) => c.codes[i]!) },
          ),
        };
        const a = fitAncova(input).result;
        const b = fitAncova(shuffled).result;
        expectClose([b.estimate, b.standardError], [a.estimate, a.standardError]);
      }),
      { seed: 3, numRuns: 50 },
    );
  });

  it("a constant score is left out, said so, and changes nothing", () => {
    const { outcome, arm } = simulatedInput(5);
    const plain = fitAncova({ outcome, arm, covariates: [] });
    const constant: Covariate = { kind: "numeric", name: "score", values: new Float64Array(outcome.length).fill(0.1) };
    const adjusted = fitAncova({ outcome, arm, covariates: [constant], scoreName: "score" });
    expect(adjusted.result.estimate).toBe(plain.result.estimate);
    expect(adjusted.result.standardError).toBe(plain.result.standardError);
    expect(adjusted.model.aliasedNames).toEqual(["score"]);
    expect(adjusted.result.diagnostics.map(({ code }) => code)).toEqual(["aliased-covariate"]);
    expect(adjusted.scorePartialCorrelation).toBeNull();
  });

  it("without covariates it is the difference of means with the pooled variance", () => {
    const outcome = Float64Array.of(1, 2, 3, 5, 7, 9);
    const { result } = fitAncova({ outcome, arm: [0, 0, 0, 1, 1, 1], covariates: [], varianceEstimator: "model" });
    // (2 + 8)/4 = 2.5 pooled variance; 2.5·(1/3 + 1/3)
    expectClose([result.estimate, result.standardError, result.degreesOfFreedom!], [5, Math.sqrt(5 / 3), 4]);
  });
});

describe("fitAncova says what is wrong or doubtful", () => {
  const input = simulatedInput(8);

  it("leaves out subjects with missing values and counts them", () => {
    const outcome = input.outcome.slice();
    outcome[3] = Number.NaN;
    const score = {
      kind: "numeric",
      name: "score",
      values: Float64Array.from(input.outcome, (_, i) => (i === 5 ? Number.NaN : i % 7)),
    } as const;
    const { result } = fitAncova({ outcome, arm: input.arm, covariates: [score] });
    expect(result.subjectsUsed).toBe(38);
    expect(result.diagnostics[0]!.message).toBe(
      "2 of 40 subjects were left out because the outcome or a covariate is missing.",
    );
  });

  it("reports variance inflation and the partial correlation of the score", () => {
    const fit = fitAncova({ ...input, varianceEstimator: "model" });
    const columns = fit.varianceInflation.map(({ name }) => name);
    expect(columns).toEqual(["score", "age", "site b", "site c"]);
    const others = fit.model.columnNames.filter((name) => name !== "score");
    const score = (input.covariates[0] as { values: Float64Array }).values;
    const age = (input.covariates[1] as { values: Float64Array }).values;
    const site = (input.covariates[2] as { codes: ArrayLike<number> }).codes;
    const design: DesignColumn[] = [
      { name: others[0]!, values: new Float64Array(40).fill(1) },
      { name: "age", values: age },
      { name: "site b", values: Float64Array.from(site, (code) => (code === 1 ? 1 : 0)) },
      { name: "site c", values: Float64Array.from(site, (code) => (code === 2 ? 1 : 0)) },
      { name: "arm", values: Float64Array.from(input.arm) },
    ];
    const scoreOnOthers = fitLinearModel(score, design);
    expectClose([fit.varianceInflation[0]!.factor], [1 / (1 - scoreOnOthers.rSquared)]);
    const outcomeOnOthers = fitLinearModel(input.outcome, design);
    const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
    const [u, v] = [outcomeOnOthers.residuals, scoreOnOthers.residuals];
    expectClose([fit.scorePartialCorrelation!], [dot(u, v) / Math.sqrt(dot(u, u) * dot(v, v))]);
  });

  it("asks for a leakage check when the score predicts too well", () => {
    const copy: Covariate = { kind: "numeric", name: "score", values: input.outcome.map((y, i) => y + 0.1 * (i % 3)) };
    const { result } = fitAncova({ ...input, covariates: [copy] });
    expect(result.diagnostics.map(({ code, severity }) => [code, severity])).toEqual([
      ["score-correlation-high", "critical"],
    ]);
  });

  it.each<[string, Partial<AncovaInput>, string]>([
    ["an empty arm", { arm: new Int32Array(40) }, "INSUFFICIENT_DATA"],
    ["a constant outcome", { outcome: new Float64Array(40).fill(5.1) }, "NOT_ESTIMABLE"],
    ["an unknown arm code", { arm: new Int32Array(40).fill(2) }, "INVALID_INPUT"],
    ["columns of unequal length", { arm: new Int32Array(39) }, "INVALID_INPUT"],
    ["a score that is not a covariate", { scoreName: "site" }, "INVALID_INPUT"],
    [
      "a covariate that is the arm",
      { covariates: [{ kind: "numeric", name: "dose", values: Float64Array.from(input.arm) }], scoreName: "dose" },
      "NOT_ESTIMABLE",
    ],
    [
      "no residual degrees of freedom",
      { outcome: Float64Array.of(1, 2), arm: [0, 1], covariates: [], scoreName: undefined as never },
      "INSUFFICIENT_DATA",
    ],
  ])("refuses %s", (_, change, code) => {
    try {
      fitAncova({ ...input, ...change });
    } catch (error) {
      expect(error).toBeInstanceOf(DomainError);
      expect((error as DomainError).code).toBe(code);
      return;
    }
    throw new Error("was accepted");
  });
});
