import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AncovaInput, fitAncova } from "../../../../lib/analysis/ancova/ancova.ts";
import {
  coefficientPValue,
  type DesignColumn,
  fitLinearModel,
  type VarianceEstimator,
} from "../../../../lib/analysis/ancova/linear-model.ts";
import type { Covariate } from "../../../../lib/analysis/covariate.ts";
import { DomainError } from "../../../../lib/errors/domain-error.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { studentizedRangeUpperTail } from "../../../../lib/numerics/studentized-range.ts";
import { repositoryPath, sharedPath } from "../../../support/shared.ts";

type Column = readonly (number | string)[];
type Numbers = number | readonly number[];

interface ReferenceCase {
  readonly id: string;
  readonly dataset: string;
  readonly input: { readonly formula: string; readonly factor_levels: Readonly<Record<string, readonly string[]>> };
  readonly expected: Readonly<Record<string, unknown>>;
}

interface ReferenceFile {
  readonly datasets: Readonly<Record<string, { readonly columns: Readonly<Record<string, Column>> }>>;
  readonly cases: readonly ReferenceCase[];
}

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

const listOf = (value: Numbers) => (typeof value === "number" ? [value] : value);

/** R's treatment-coded model matrix for formulas made of + and one *. */
function modelMatrix(item: ReferenceCase, columns: Readonly<Record<string, Column>>) {
  const terms = item.input.formula
    .replace(/\s/g, "")
    .split("~")[1]!
    .split("+")
    .flatMap((term) => (term.includes("*") ? [...term.split("*"), term.replace("*", ":")] : [term]));
  const n = columns.y!.length;
  const blocks = new Map<string, DesignColumn[]>();
  const block = (term: string): DesignColumn[] => {
    if (term.includes(":")) {
      const [left, right] = term.split(":") as [string, string];
      return block(right).flatMap((b) =>
        block(left).map((a) => ({ name: `${a.name}:${b.name}`, values: a.values.map((v, i) => v * b.values[i]!) })),
      );
    }
    const values = columns[term]!;
    if (typeof values[0] === "number") return [{ name: term, values: Float64Array.from(values as number[]) }];
    return item.input.factor_levels[term]!.filter((level) => values.includes(level))
      .slice(1)
      .map((level) => ({ name: `${term}${level}`, values: Float64Array.from(values, (v) => (v === level ? 1 : 0)) }));
  };
  for (const term of terms) blocks.set(term, block(term));
  const intercept = { name: "(Intercept)", values: new Float64Array(n).fill(1) };
  return { terms, blocks, columns: [intercept, ...[...blocks.values()].flat()] };
}

function covariatesOf(item: ReferenceCase, columns: Readonly<Record<string, Column>>): Covariate[] {
  const names = item.input.formula
    .replace(/\s/g, "")
    .split("~")[1]!
    .split(/[+*]/)
    .filter((name) => name !== "arm");
  return names.map((name): Covariate => {
    const values = columns[name]!;
    if (typeof values[0] === "number") return { kind: "numeric", name, values: Float64Array.from(values as number[]) };
    const levels = item.input.factor_levels[name]!;
    return { kind: "categorical", name, levels, codes: values.map((value) => levels.indexOf(value as string)) };
  });
}

function compareWithReference(file: ReferenceFile): void {
  for (const item of file.cases) {
    const columns = file.datasets[item.dataset]!.columns;
    const outcome = Float64Array.from(columns.y as number[]);
    const expected = item.expected as Record<string, Numbers> & {
      readonly robust: Readonly<Record<string, { se: number[]; vcov: number[][]; p: number[] }>>;
    };

    it(`${item.id}: coefficients, variances, fit`, () => {
      const matrix = modelMatrix(item, columns);
      const fit = fitLinearModel(outcome, matrix.columns);
      expect(fit.columnNames).toEqual(expected.coef_names);
      expectClose(fit.coefficients, expected.estimate);
      expect(fit.residualDf).toBe(expected.df);
      expectClose([fit.residualStandardDeviation], expected.sigma);
      expectClose([fit.rSquared], expected.r2);
      expectClose([fit.logLikelihood], expected.logLik);
      const rank = fit.coefficients.length;
      const estimators: VarianceEstimator[] = ["model", "HC0", "HC1", "HC2", "HC3", "HC4"];
      for (const estimator of estimators) {
        const wanted = estimator === "model" ? { vcov: expected.vcov, p: expected.p } : expected.robust[estimator]!;
        // Elements near zero are compared on the scale of the standard errors they belong to.
        const variance = fit.variance(estimator);
        const scale = (i: number, j: number) => Math.sqrt(variance[i * rank + i]! * variance[j * rank + j]!);
        (wanted.vcov as number[][]).forEach((row, i) => {
          row.forEach((value, j) => {
            expect(Math.abs(variance[i * rank + j]! - value)).toBeLessThan(TOLERANCE * scale(i, j));
          });
        });
        expectClose(
          fit.columnNames.map((_, j) => coefficientPValue(fit, j, estimator)),
          wanted.p,
        );
      }
      const overall = fit.jointTest(fit.columnNames.map((_, j) => j).slice(1), "model");
      expectClose([overall.statistic, overall.numeratorDf, overall.denominatorDf], expected.F);
    });

    const typeThree = item.expected.anova_type3 as { term: string[]; F: number[]; p: number[] } | undefined;
    if (typeThree !== undefined && !item.input.formula.includes("*")) {
      it(`${item.id}: type III tests`, () => {
        const matrix = modelMatrix(item, columns);
        const fit = fitLinearModel(outcome, matrix.columns);
        for (const [term, block] of matrix.blocks) {
          const test = fit.jointTest(
            block.map(({ name }) => fit.columnNames.indexOf(name)),
            "model",
          );
          const row = typeThree.term.indexOf(term);
          expectClose([test.statistic, test.pValue], [typeThree.F[row]!, typeThree.p[row]!]);
        }
      });
    }

    const contrasts = item.expected.contrasts_vs_control as Record<string, Numbers> | undefined;
    if (contrasts !== undefined) {
      it(`${item.id}: treatment contrasts and least-squares means`, () => {
        const levels = item.input.factor_levels.arm!;
        const input: AncovaInput = {
          outcome,
          arm: columns.arm!.map((name) => levels.indexOf(name as string)),
          armNames: levels,
          covariates: covariatesOf(item, columns),
          interaction: item.input.formula.includes("*") ? "arm-by-covariate" : "none",
          varianceEstimator: "model",
        };
        const fit = fitAncova(input);
        const column = (pick: (result: (typeof fit.contrasts)[number]) => number) => fit.contrasts.map(pick);
        expectClose(
          column((r) => r.estimate),
          listOf(contrasts.estimate!),
        );
        expectClose(
          column((r) => r.standardError),
          listOf(contrasts.se!),
        );
        expectClose(
          column((r) => r.testStatistic),
          listOf(contrasts.t!),
        );
        expectClose(
          column((r) => r.twoSidedPValue),
          listOf(contrasts.p!),
        );
        expectClose(
          column((r) => r.interval.lower),
          listOf(contrasts.lower!),
        );
        expectClose(
          column((r) => r.interval.upper),
          listOf(contrasts.upper!),
        );
        if (!item.input.formula.includes("*")) {
          const tukey = item.expected.pairwise_tukey as { contrast: string | string[]; p_tukey: Numbers };
          const names = [tukey.contrast].flat();
          const sizes = levels.length;
          const versusControl = fit.contrasts.map((r, j) => ({
            name: `${levels[0]} - ${levels[j + 1]}`,
            p: studentizedRangeUpperTail(Math.abs(r.testStatistic) * Math.SQRT2, sizes, r.degreesOfFreedom!),
          }));
          const wanted = versusControl.map(({ name }) => listOf(tukey.p_tukey)[names.indexOf(name)]!);
          expectClose(
            versusControl.map(({ p }) => p),
            wanted,
          );
        }
        for (const weighting of ["equal", "proportional"] as const) {
          const wanted = item.expected[`lsmeans_${weighting}`] as Record<string, Numbers>;
          const means = fit.leastSquaresMeans(weighting);
          expectClose(
            means.map((m) => m.estimate),
            listOf(wanted.estimate!),
          );
          expectClose(
            means.map((m) => m.standardError),
            listOf(wanted.se!),
          );
          expectClose(
            means.map((m) => m.interval.lower),
            listOf(wanted.lower!),
          );
          expectClose(
            means.map((m) => m.interval.upper),
            listOf(wanted.upper!),
          );
        }
        const lin = item.expected.lin_estimator as Record<string, number> | undefined;
        if (lin !== undefined) {
          for (const [name, estimator] of [
            ["se_model", "model"],
            ["se_HC0", "HC0"],
            ["se_HC2", "HC2"],
            ["se_HC3", "HC3"],
          ] as const) {
            const { result } = fitAncova({ ...input, interaction: "arm-by-covariate", varianceEstimator: estimator });
            expectClose([result.estimate, result.standardError], [lin.estimate!, lin[name]!]);
          }
        }
      });
    }
  }
}

describe("ANCOVA agrees with R (sandwich, emmeans, car)", () => {
  compareWithReference(
    JSON.parse(readFileSync(repositoryPath("tests/reference/ancova.json"), "utf8")) as ReferenceFile,
  );
});

describe("ANCOVA agrees with R on the shared trials", () => {
  const path = sharedPath("reference/local/ancova.json");
  if (path === null) it.skip("shared material is missing", () => {});
  else compareWithReference(JSON.parse(readFileSync(path, "utf8")) as ReferenceFile);
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
