import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Covariate } from "../../../../lib/analysis/covariate.ts";
import { fitFirthLogistic } from "../../../../lib/analysis/generalized/firth-logistic.ts";
import { fitGlm } from "../../../../lib/analysis/generalized/fit-glm.ts";
import type { GlmData } from "../../../../lib/analysis/generalized/glm-basis.ts";
import type { GlmFamily } from "../../../../lib/analysis/generalized/glm-family.ts";
import { fitNegativeBinomial } from "../../../../lib/analysis/generalized/negative-binomial.ts";
import { type GlmCovariance, glmCovariance } from "../../../../lib/analysis/generalized/robust-covariance.ts";
import { modelDesign } from "../../../../lib/analysis/model-design.ts";
import { DomainError } from "../../../../lib/errors/domain-error.ts";
import { repositoryPath } from "../../../support/shared.ts";

const fixture = JSON.parse(readFileSync(repositoryPath("tests/reference/generalized/regression.json"), "utf8"));

const categorical = (name: string, column: readonly string[], levels: readonly string[]): Covariate => ({
  kind: "categorical",
  name,
  levels,
  codes: Int32Array.from(column, (value) => levels.indexOf(value)),
});
const variables: Covariate[] = [
  categorical("arm", fixture.data.arm, ["control", "active"]),
  { kind: "numeric", name: "age", values: Float64Array.from(fixture.data.age) },
  categorical("site", fixture.data.site, ["a", "b", "c"]),
];
const model = modelDesign(variables, [["arm"], ["age"], ["site"]]);
const columns = model.columns.length;
const design = new Float64Array(model.rowCount * columns);
model.columns.forEach(({ values }, j) => {
  values.forEach((value, i) => {
    design[i * columns + j] = value;
  });
});
const columnNames = model.columns.map(({ name }) => name);
const response = Float64Array.from(fixture.data.response as number[]);
const counts = Float64Array.from(fixture.data.count as number[]);
const offset = Float64Array.from(fixture.data.days as number[], Math.log);
const binary: GlmData = { design, columnNames, response };
const countData: GlmData = { design, columnNames, response: counts, offset };

const errors = (covariance: Float64Array) =>
  Array.from({ length: columns }, (_, j) => Math.sqrt(covariance[j * columns + j]!));
function expectClose(actual: ArrayLike<number>, expected: readonly number[], relative = fixture.relativeTolerance) {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(actual[i]! - value)).toBeLessThanOrEqual(relative * Math.max(Math.abs(value), 1e-6));
  });
}

describe("regressions agree with R", () => {
  for (const reference of fixture.glm) {
    it(`${reference.id}: coefficients, standard errors, likelihood, HC0 to HC4`, () => {
      const family: GlmFamily =
        reference.id === "poisson"
          ? { distribution: "poisson", link: "log" }
          : { distribution: "binomial", link: reference.id };
      const fit = fitGlm(reference.id === "poisson" ? countData : binary, family);
      // R stops at the deviance, before the coefficients are exact where the link is not canonical.
      const relative = ["logit", "poisson"].includes(reference.id) ? fixture.relativeTolerance : 1e-6;
      expectClose(fit.coefficients, reference.coef, relative);
      expectClose(errors(fit.covariance), reference.se, relative);
      expectClose([fit.deviance, fit.logLikelihood], [reference.deviance, reference.logLik]);
      for (const [kind, expected] of Object.entries(reference.hc))
        expectClose(errors(glmCovariance(fit, kind as GlmCovariance)), expected as number[], relative);
    });
  }

  it("negative binomial: estimates of MASS::glm.nb, HC, and the observed information of SAS GENMOD", () => {
    const reference = fixture.negativeBinomial;
    const result = fitNegativeBinomial(countData);
    expectClose(result.fit.coefficients, reference.coef, 1e-6);
    expectClose(errors(result.fit.covariance), reference.se, 1e-6);
    expectClose([result.size, result.logLikelihood], [reference.theta, reference.logLik], 1e-6);
    // glm.nb takes it at the last theta but one.
    expectClose([result.sizeStandardError!], [reference.seTheta], 1e-4);
    for (const [kind, expected] of Object.entries(reference.hc))
      expectClose(errors(glmCovariance(result.fit, kind as GlmCovariance)), expected as number[], 1e-6);
    expectClose(errors(result.observedCovariance), reference.observedSe, 1e-6);
  });

  it("Firth's penalised likelihood under separation: brglm2", () => {
    const fit = fitFirthLogistic(design, columns, Float64Array.from(fixture.separatedResponse as number[]));
    expectClose(fit.coefficients, fixture.firth.coef);
    expectClose(errors(fit.covariance), fixture.firth.se);
  });
});

describe("a model without a finite estimate", () => {
  it("is refused with the column that separates", () => {
    const separated = { ...binary, response: Float64Array.from(fixture.separatedResponse as number[]) };
    expect(() => fitGlm(separated, { distribution: "binomial", link: "logit" })).toThrow(
      /quasi-complete separation.*received site b.*Firth/s,
    );
    expect(() => fitGlm(separated, { distribution: "binomial", link: "probit" })).toThrow(/site b/);
  });

  it("is refused for counts when a level has no events", () => {
    const site = fixture.data.site as string[];
    const none = { ...countData, response: counts.map((count, i) => (site[i] === "c" ? 0 : count)) };
    for (const fit of [() => fitGlm(none, { distribution: "poisson", link: "log" }), () => fitNegativeBinomial(none)])
      expect(fit).toThrow(/site c/);
  });

  it("is refused when one variable separates completely", () => {
    const x = Float64Array.from({ length: 20 }, (_, i) => i);
    const data = {
      design: Float64Array.from({ length: 40 }, (_, k) => (k % 2 === 0 ? 1 : x[k >> 1]!)),
      columnNames: ["(intercept)", "age"],
      response: x.map((value) => (value > 9.5 ? 1 : 0)),
    };
    expect(() => fitGlm(data, { distribution: "binomial", link: "logit" })).toThrow(
      /20 of 20 patients \(complete separation\).*received age/s,
    );
  });

  it("is refused when all respond or none do", () => {
    for (const value of [0, 1])
      expect(() =>
        fitGlm({ ...binary, response: response.map(() => value) }, { distribution: "binomial", link: "logit" }),
      ).toThrow(DomainError);
  });
});

describe("small samples", () => {
  it("Firth's likelihood settles where plain steps go back and forth: brglm2", () => {
    const age = [33.86339, 26.85029, 28.65639, 21.55215, 13.20986, 21.6061];
    const arm = [0, 1, 0, 0, 1, 0];
    const fit = fitFirthLogistic(
      Float64Array.from(age.flatMap((years, i) => [1, arm[i]!, years, arm[i]! * years])),
      4,
      new Float64Array(6),
    );
    expectClose(fit.coefficients, [-2.35002664038, 1.2514143517119, 0.0274123396711, -0.0274123396711], 1e-8);
  });

  it("the negative binomial reaches its maximum where scoring goes back and forth (R's glm.nb stops before)", () => {
    // count, days, second arm, third arm, sex, second site, third site, age
    const rows = `3 22 0 0 0 0 0 42|4 140 1 0 0 0 1 63|0 140 0 0 0 1 0 57.7|0 117 0 0 1 0 0 62.8|0 28 0 0 1 0 1 67.2|
4 82 0 0 0 0 0 53.5|0 91 0 0 1 0 1 83.7|0 140 0 0 1 1 0 58.6|2 101 0 0 0 0 1 39.9|7 35 0 0 0 0 1 75.6|
4 140 0 1 0 1 0 46.2|2 140 0 0 0 0 0 44.8|0 119 1 0 1 0 1 60.4|1 140 0 0 0 1 0 55.4|0 140 0 0 1 1 0 50.2|
2 65 0 0 1 0 1 70.8|0 140 0 0 0 1 0 55.4|0 140 0 0 1 0 1 62|4 102 0 0 0 0 0 48.8|2 80 0 1 1 0 1 51.7|
1 91 0 0 0 0 0 63.3|0 140 0 0 0 1 0 45.4|1 140 0 0 1 0 0 66.1|0 57 0 0 0 1 0 54.8|8 9 0 0 1 1 0 66.3|
2 61 0 0 1 0 0 61.3|0 140 0 0 0 0 0 47.6`
      .split("|")
      .map((row) => row.trim().split(" ").map(Number));
    const fit = fitNegativeBinomial({
      design: Float64Array.from(rows.flatMap((row) => [1, ...row.slice(2)])),
      columnNames: ["(intercept)", "low", "high", "sex", "south", "west", "age"],
      response: Float64Array.from(rows, (row) => row[0]!),
      offset: Float64Array.from(rows, (row) => Math.log(row[1]!)),
    });
    // optim (BFGS, Nelder–Mead) on the likelihood of dnbinom from six starts: −55.36455.
    expect(fit.logLikelihood).toBeGreaterThan(-55.36456);
    expect(fit.fit.coefficients[1]).toBeCloseTo(-0.866, 3);
    expect(fit.fit.coefficients[6]).toBeCloseTo(0.0589, 4);
  });
});

describe("bad input", () => {
  it("names the response, the exposure or the lack of patients", () => {
    const logit: GlmFamily = { distribution: "binomial", link: "logit" };
    expect(() => fitGlm({ ...binary, response: response.map(() => 2) }, logit)).toThrow(/response must be 0, 1/);
    expect(() =>
      fitGlm({ ...countData, offset: offset.map(() => -Infinity) }, { distribution: "poisson", link: "log" }),
    ).toThrow(/exposure must be positive/);
    expect(() =>
      fitGlm({ design: design.slice(0, columns * 3), columnNames, response: response.slice(0, 3) }, logit),
    ).toThrow(/covariates must leave more patients than/);
  });

  it("a column that depends on others is left out and named", () => {
    const doubled = Float64Array.from({ length: model.rowCount * 2 }, (_, k) => (k % 2 === 0 ? 1 : 3));
    const fit = fitGlm(
      { design: doubled, columnNames: ["(intercept)", "score"], response },
      { distribution: "binomial", link: "logit" },
    );
    expect(fit.rank).toBe(1);
    expect(fit.diagnostics[0]?.message).toContain("score");
  });

  it("counts that vary less than Poisson give the Poisson fit with a diagnostic", () => {
    const even = fitNegativeBinomial({ design, columnNames, response: counts.map((_, i) => 4 + (i % 2)) });
    expect(even.size).toBe(Infinity);
    expect(even.diagnostics.map(({ code }) => code)).toContain("no-overdispersion");
  });
});
