import { z } from "zod";
import { waldInference } from "../../../lib/analysis/analysis-result.ts";
import { fitAncova } from "../../../lib/analysis/ancova/ancova.ts";
import {
  coefficientPValue,
  fitLinearModel,
  type LinearModelFit,
  type VarianceEstimator,
} from "../../../lib/analysis/ancova/linear-model.ts";
import { typeThreeTests } from "../../../lib/analysis/ancova/type-three-tests.ts";
import type { Covariate } from "../../../lib/analysis/covariate.ts";
import { completeRows, type ModelDesign, modelDesign, variableAtRows } from "../../../lib/analysis/model-design.ts";
import { type GridWeighting, gridDifference, gridMean } from "../../../lib/analysis/reference-grid.ts";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import { studentTTwoSidedTail } from "../../../lib/numerics/student-t.ts";
import { studentizedRangeUpperTail } from "../../../lib/numerics/studentized-range.ts";
import { modelVariables, parseFormula } from "../runner/r-formula.ts";
import { dataOf, type ReferenceCase, type ReferenceFile } from "../runner/reference-file.ts";
import type { ReferenceLeaf, ReferenceSet } from "../runner/reference-set.ts";

const inputSchema = z.object({
  formula: z.string(),
  factor_levels: z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({}),
  alpha: z.number().default(0.05),
});

const ROBUST = ["HC0", "HC1", "HC2", "HC3", "HC4"] as const;

/** Linear models of one row a patient, as lm, sandwich, emmeans and car print them. */
export const ancovaSet: ReferenceSet = {
  files: /^ancova/,
  evaluate: (item: ReferenceCase, file: ReferenceFile) => {
    const { formula, factor_levels, alpha } = inputSchema.parse(item.input);
    const parsed = parseFormula(formula);
    const columns = dataOf(item, file);
    const [response, ...predictors] = modelVariables([parsed.response, ...parsed.variables], columns, factor_levels);
    if (response?.kind !== "numeric") throw new Error("the response must be numeric");
    const rows = completeRows([response, ...predictors], response.values.length);
    const variables = predictors.map((variable) => variableAtRows(variable, rows));
    const outcome = Float64Array.from(rows, (row) => response.values[row]!);
    const design = modelDesign(variables, parsed.terms, { intercept: parsed.intercept });
    const fit = fitLinearModel(outcome, design.columns);
    const confidence = 1 - alpha;
    const rank = fit.coefficients.length;
    const n = outcome.length;
    const coefficients = fit.columnNames.map((_, j) =>
      waldInference(fit.coefficients[j]!, Math.sqrt(fit.variance("model")[j * rank + j]!), fit.residualDf, {
        confidence,
      }),
    );
    const slopes = fit.columnNames.map((_, j) => j).slice(parsed.intercept ? 1 : 0);
    const overall = slopes.length === 0 ? null : fit.jointTest(slopes, "model");
    const arm = variables.find(({ name }) => name === "arm");
    return {
      n,
      coef_names: design.columns
        .filter(({ name }) => fit.columnNames.includes(name))
        .map((column) => rCoefficientName(column.factors, design)),
      estimate: coefficients.map(({ estimate }) => estimate),
      se: coefficients.map(({ standardError }) => standardError),
      t: coefficients.map(({ testStatistic }) => testStatistic),
      p: coefficients.map(({ twoSidedPValue }) => twoSidedPValue),
      ci_lower: coefficients.map(({ interval }) => interval.lower),
      ci_upper: coefficients.map(({ interval }) => interval.upper),
      df: fit.residualDf,
      sigma: fit.residualStandardDeviation,
      r2: fit.rSquared,
      adj_r2: 1 - ((1 - fit.rSquared) * (n - (parsed.intercept ? 1 : 0))) / fit.residualDf,
      F: overall === null ? null : [overall.statistic, overall.numeratorDf, overall.denominatorDf],
      logLik: fit.logLikelihood,
      AIC: -2 * fit.logLikelihood + 2 * (rank + 1),
      BIC: -2 * fit.logLikelihood + Math.log(n) * (rank + 1),
      vcov: squareOf(fit, "model"),
      robust: Object.fromEntries(ROBUST.map((estimator) => [estimator, robustOf(fit, estimator)])),
      ...(arm?.kind === "categorical" ? armComparisons(fit, design, arm, confidence) : {}),
      anova_type3: typeThreeOf(outcome, design, fit),
      ...(arm?.kind === "categorical" ? { lin_estimator: linEstimator(outcome, variables, arm) } : {}),
    };
  },
  tolerance: ({ path, expected, file, expectedAt }: ReferenceLeaf) => {
    const relative = Number.parseFloat(String(file.meta.tolerance ?? "1e-8"));
    const element = /^(.*vcov)\.(\d+)\.(\d+)$/.exec(path);
    if (element === null) return relative * Math.abs(expected);
    // A covariance may be zero by design; its scale is that of the two variances.
    const [, matrix, i, j] = element;
    const variance = (k: string | undefined) => Number(expectedAt(`${matrix}.${k}.${k}`));
    return relative * Math.sqrt(variance(i) * variance(j));
  },
};

function rCoefficientName(factors: ModelDesign["columns"][number]["factors"], design: ModelDesign): string {
  if (factors.length === 0) return "(Intercept)";
  return factors
    .map(({ variable, level }) => {
      const column = design.variables.get(variable);
      return column?.kind === "categorical" && level !== null ? `${variable}${column.levels[level]}` : variable;
    })
    .join(":");
}

function squareOf(fit: LinearModelFit, estimator: VarianceEstimator): number[][] {
  const rank = fit.coefficients.length;
  const matrix = fit.variance(estimator);
  return fit.columnNames.map((_, i) => [...matrix.subarray(i * rank, (i + 1) * rank)]);
}

function robustOf(fit: LinearModelFit, estimator: VarianceEstimator) {
  const vcov = squareOf(fit, estimator);
  const se = vcov.map((row, i) => Math.sqrt(row[i]!));
  const t = se.map((value, i) => fit.coefficients[i]! / value);
  return { se, vcov, t, p: fit.columnNames.map((_, i) => coefficientPValue(fit, i, estimator)) };
}

/** Least-squares means by arm, contrasts against the first arm and all pairs with Tukey's adjustment. */
function armComparisons(
  fit: LinearModelFit,
  design: ModelDesign,
  arm: Extract<Covariate, { kind: "categorical" }>,
  confidence: number,
) {
  const arms = arm.levels.filter((_, level) => Array.from(arm.codes).includes(level));
  const kept = fit.columnNames.map((name) => design.columns.findIndex((column) => column.name === name));
  const infer = (weights: Float64Array) => {
    const { estimate, standardError } = fit.contrast(
      Float64Array.from(kept, (j) => weights[j]!),
      "model",
    );
    return waldInference(estimate, standardError, fit.residualDf, { confidence });
  };
  const weightsOf = (name: string, weighting: GridWeighting) => gridMean(design, { arm: name }, weighting);
  const means = (weighting: GridWeighting) => {
    const results = arms.map((name) => infer(weightsOf(name, weighting)));
    return {
      arm: arms,
      estimate: results.map(({ estimate }) => estimate),
      se: results.map(({ standardError }) => standardError),
      lower: results.map(({ interval }) => interval.lower),
      upper: results.map(({ interval }) => interval.upper),
    };
  };
  const difference = (a: string, b: string) => infer(gridDifference(weightsOf(a, "equal"), weightsOf(b, "equal")));
  const control = arms[0]!;
  const versusControl = arms.slice(1).map((name) => difference(name, control));
  const pairs = arms.flatMap((a, i) => arms.slice(i + 1).map((b): [string, string] => [a, b]));
  const pairwise = pairs.map(([a, b]) => difference(a, b));
  return {
    lsmeans_equal: means("equal"),
    lsmeans_proportional: means("proportional"),
    contrasts_vs_control: {
      contrast: arms.slice(1).map((name) => `${name} - ${control}`),
      estimate: versusControl.map(({ estimate }) => estimate),
      se: versusControl.map(({ standardError }) => standardError),
      t: versusControl.map(({ testStatistic }) => testStatistic),
      p: versusControl.map(({ twoSidedPValue }) => twoSidedPValue),
      lower: versusControl.map(({ interval }) => interval.lower),
      upper: versusControl.map(({ interval }) => interval.upper),
    },
    pairwise_tukey: {
      contrast: pairs.map(([a, b]) => `${a} - ${b}`),
      estimate: pairwise.map(({ estimate }) => estimate),
      p_tukey: pairwise.map(({ testStatistic }) =>
        arms.length === 2
          ? studentTTwoSidedTail(testStatistic, fit.residualDf)
          : studentizedRangeUpperTail(Math.abs(testStatistic) * Math.SQRT2, arms.length, fit.residualDf),
      ),
    },
  };
}

function typeThreeOf(outcome: Float64Array, design: ModelDesign, fit: LinearModelFit) {
  const rows = typeThreeTests(outcome, design);
  return {
    term: [...rows.map(({ term }) => (term === null ? "(Intercept)" : term.join(":"))), "Residuals"],
    SS: [...rows.map(({ sumOfSquares }) => sumOfSquares), fit.residualSumOfSquares],
    df: [...rows.map(({ test }) => test.numeratorDf), fit.residualDf],
    F: [...rows.map(({ test }) => test.statistic), null],
    p: [...rows.map(({ test }) => test.pValue), null],
  };
}

/** Arm effect with centred covariates interacting with the arm; of the second arm when there are more than two. */
function linEstimator(
  outcome: Float64Array,
  variables: readonly Covariate[],
  arm: Extract<Covariate, { kind: "categorical" }>,
) {
  const present = arm.levels.map((_, level) => level).filter((level) => Array.from(arm.codes).includes(level));
  const resultOf = (varianceEstimator: VarianceEstimator) => {
    try {
      return fitAncova({
        outcome,
        arm: Array.from(arm.codes, (code) => present.indexOf(code)),
        armNames: present.map((level) => arm.levels[level]!),
        covariates: variables.filter(({ name }) => name !== "arm"),
        interaction: "arm-by-covariate",
        varianceEstimator,
      }).result;
    } catch (error) {
      // Confounded with a covariate, or a variance that is undefined: R prints NA.
      if (error instanceof DomainError && error.code === "NOT_ESTIMABLE") return null;
      throw error;
    }
  };
  return {
    estimate: resultOf("model")?.estimate ?? null,
    ...Object.fromEntries(
      (["model", ...ROBUST] as const).map((estimator) => [
        `se_${estimator}`,
        resultOf(estimator)?.standardError ?? null,
      ]),
    ),
  };
}
