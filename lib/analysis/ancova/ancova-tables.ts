import type { ResultTable } from "../analysis-report.ts";
import { completeRows, modelDesign, variableAtRows } from "../model-design.ts";
import type { TrialData } from "../trial-data.ts";
import { type AncovaFit, type AncovaInput, fitAncova } from "./ancova.ts";
import { type AncovaColumns, SCORE_NAME } from "./ancova-columns.ts";
import type { AncovaSpec } from "./ancova-spec.ts";
import { coefficientPValue, needsLeverage, type VarianceEstimator } from "./linear-model.ts";
import type { TwinVarianceWeights } from "./twin-variance-weights.ts";
import { typeThreeTests } from "./type-three-tests.ts";

/** Everything the tables print. */
export interface AncovaTablesInput {
  readonly spec: AncovaSpec;
  readonly data: TrialData;
  readonly columns: AncovaColumns;
  /** Patients analysed. */
  readonly rows: readonly number[];
  readonly input: AncovaInput;
  readonly fit: AncovaFit;
  readonly estimator: VarianceEstimator;
  readonly weighting: TwinVarianceWeights | null;
}

/** Tables of an analysis of covariance, in the order in which they are read. */
export function ancovaTables(all: AncovaTablesInput): ResultTable[] {
  const tables = [leastSquaresMeansTable(all), observedTable(all)];
  if (all.columns.withScore) tables.push(scoreGainTable(all));
  if (all.weighting !== null) tables.push(weightsTable(all, all.weighting));
  tables.push(coefficientsTable(all));
  if (all.weighting === null) tables.push(termsTable(all));
  return tables;
}

function leastSquaresMeansTable({ spec, data, columns, rows, fit }: AncovaTablesInput): ResultTable {
  const { unit } = columns.endpoint;
  const percent = `${Number((100 * spec.confidence).toPrecision(6))} %`;
  return {
    id: "least-squares-means",
    title: "Least-squares means",
    columns: [
      { title: "Arm", unit: "", kind: "text" },
      { title: "Patients", unit: "", kind: "count" },
      { title: "Mean", unit, kind: "number" },
      { title: "Standard error", unit, kind: "number" },
      { title: `Lower ${percent}`, unit, kind: "number" },
      { title: `Upper ${percent}`, unit, kind: "number" },
    ],
    rows: fit
      .leastSquaresMeans(spec.leastSquaresMeans)
      .map(({ arm, estimate, standardError, interval }, code) => [
        arm,
        rows.filter((row) => data.arm[row] === code).length,
        estimate,
        standardError,
        interval.lower,
        interval.upper,
      ]),
    note:
      spec.leastSquaresMeans === "equal"
        ? "Numeric covariates at their means, categories with equal weights."
        : "Numeric covariates at their means, categories in their observed shares.",
  };
}

function observedTable({ spec, data, columns, rows }: AncovaTablesInput): ResultTable {
  const { unit, baseline } = columns.endpoint;
  const summary = (values: Float64Array, code: number) => {
    const own = rows.filter((row) => data.arm[row] === code).map((row) => values[row]!);
    const known = own.filter(Number.isFinite);
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return {
      mean: known.length === 0 ? null : mean,
      deviation: known.length < 2 ? null : Math.sqrt(squares / (known.length - 1)),
    };
  };
  return {
    id: "observed",
    title: "Observed values of the patients analysed",
    columns: [
      { title: "Arm", unit: "", kind: "text" },
      { title: "Baseline, mean", unit, kind: "number" },
      { title: "Baseline, SD", unit, kind: "number" },
      { title: spec.outcome === "change" ? "Change, mean" : "Value, mean", unit, kind: "number" },
      { title: spec.outcome === "change" ? "Change, SD" : "Value, SD", unit, kind: "number" },
    ],
    rows: data.armNames.map((name, code) => {
      const before = summary(baseline, code);
      const after = summary(columns.outcome, code);
      return [name, before.mean, before.deviation, after.mean, after.deviation];
    }),
    note: "",
  };
}

/** The same analysis of the same patients with and without the score. */
function scoreGainTable({ columns, input, fit }: AncovaTablesInput): ResultTable {
  const score = columns.covariates.find(({ name }) => name === SCORE_NAME);
  const values = score?.kind === "numeric" ? score.values : columns.outcome;
  const { scoreName: _scoreName, weights: _weights, ...plain } = input;
  const without = fitAncova({
    ...plain,
    covariates: input.covariates.filter(({ name }) => name !== SCORE_NAME),
    outcome: input.outcome.map((y, patient) => (Number.isFinite(values[patient]!) ? y : Number.NaN)),
  });
  const { unit } = columns.endpoint;
  const saving = 1 - (fit.result.standardError / without.result.standardError) ** 2;
  const correlation = fit.scorePartialCorrelation;
  return {
    id: "score-gain",
    title: "What the prognostic score adds",
    columns: [
      { title: "Analysis", unit: "", kind: "text" },
      { title: "Effect", unit, kind: "number" },
      { title: "Standard error", unit, kind: "number" },
      { title: "Two-sided p", unit: "", kind: "p-value" },
      { title: "Variance relative to without score", unit: "", kind: "proportion" },
    ],
    rows: [
      [without.result.method, without.result.estimate, without.result.standardError, without.result.twoSidedPValue, 1],
      [fit.result.method, fit.result.estimate, fit.result.standardError, fit.result.twoSidedPValue, 1 - saving],
    ],
    note:
      correlation === null
        ? ""
        : `Partial correlation of score and outcome given everything else: ${correlation.toFixed(3)}. First contrast; the same patients.`,
  };
}

function weightsTable({ rows, data }: AncovaTablesInput, weighting: TwinVarianceWeights): ResultTable {
  const total = (use: (weight: number) => number, code: number) =>
    rows.reduce((sum, row, i) => sum + (data.arm[row] === code ? use(weighting.weights[i]!) : 0), 0);
  return {
    id: "weights",
    title: "Weights from the twins' variances",
    columns: [
      { title: "Arm", unit: "", kind: "text" },
      { title: "Patients", unit: "", kind: "count" },
      { title: "Effective number of patients", unit: "", kind: "number" },
      { title: "Largest weight", unit: "", kind: "number" },
    ],
    rows: data.armNames.map((name, code) => [
      name,
      total(() => 1, code),
      total((weight) => weight, code) ** 2 / total((weight) => weight * weight, code),
      rows.reduce((most, row, i) => (data.arm[row] === code ? Math.max(most, weighting.weights[i]!) : most), 0),
    ]),
    note: `Residual variance proportional to the twin's variance to the power ${weighting.exponent.toFixed(4)} (REML); twice the gain in log-likelihood ${weighting.likelihoodRatio.toFixed(3)} on 1 degree of freedom.`,
  };
}

/** A robust standard error below this share of the model-based one rests on exactly fitted subjects alone. */
const NO_ERROR = 1e-6;

function coefficientsTable({ columns, fit, estimator }: AncovaTablesInput): ResultTable {
  const { model } = fit;
  const rank = model.coefficients.length;
  const variance = model.variance(estimator);
  const inflation = new Map(fit.varianceInflation.map(({ name, factor }) => [name, factor]));
  return {
    id: "coefficients",
    title: "Coefficients",
    columns: [
      { title: "Term", unit: "", kind: "text" },
      { title: "Estimate", unit: columns.endpoint.unit, kind: "number" },
      { title: "Standard error", unit: columns.endpoint.unit, kind: "number" },
      { title: "t", unit: "", kind: "number" },
      { title: "Degrees of freedom", unit: "", kind: "degrees-of-freedom" },
      { title: "Two-sided p", unit: "", kind: "p-value" },
      { title: "Variance inflation", unit: "", kind: "number" },
    ],
    rows: model.columnNames.map((name, j) => {
      const own = Float64Array.from({ length: rank }, (_, k) => Number(k === j));
      const robust = Math.sqrt(variance[j * rank + j]!);
      const unknown =
        (needsLeverage(estimator) && model.restsOnExactFit(own)) ||
        !(robust > NO_ERROR * model.contrast(own, "model").standardError);
      const standardError = unknown ? null : robust;
      return [
        name,
        model.coefficients[j]!,
        standardError,
        standardError === null ? null : model.coefficients[j]! / standardError,
        model.residualDf,
        standardError === null ? null : coefficientPValue(model, j, estimator),
        inflation.get(name) ?? null,
      ];
    }),
    note: `Residual standard deviation ${model.residualStandardDeviation.toPrecision(6)}, R² ${model.rSquared.toFixed(4)}. Covariates are centred in the products with the arm.`,
  };
}

function termsTable({ spec, data, columns, rows }: AncovaTablesInput): ResultTable {
  const arm = { kind: "categorical", name: "arm", levels: data.armNames, codes: data.arm } as const;
  const variables = [arm, ...columns.covariates];
  const complete = completeRows(variables, columns.outcome.length).filter((row) => rows.includes(row));
  const names = columns.covariates.map(({ name }) => name);
  const products = spec.interaction === "none" ? [] : names.map((name) => ["arm", name]);
  const design = modelDesign(
    variables.map((variable) => variableAtRows(variable, complete)),
    [["arm"], ...names.map((name) => [name]), ...products],
  );
  const tests = typeThreeTests(
    Float64Array.from(complete, (row) => columns.outcome[row]!),
    design,
  );
  return {
    id: "type-three-tests",
    title: "Tests of terms (type III, model-based)",
    columns: [
      { title: "Term", unit: "", kind: "text" },
      { title: "Sum of squares", unit: "", kind: "number" },
      { title: "Degrees of freedom", unit: "", kind: "degrees-of-freedom" },
      { title: "Residual degrees of freedom", unit: "", kind: "degrees-of-freedom" },
      { title: "F", unit: "", kind: "number" },
      { title: "p", unit: "", kind: "p-value" },
    ],
    rows: tests
      .filter(({ term }) => term !== null)
      .map(({ term, sumOfSquares, test }) => [
        (term ?? []).join(" × "),
        sumOfSquares,
        test.numeratorDf,
        test.denominatorDf,
        test.statistic,
        test.pValue,
      ]),
    note:
      spec.interaction === "none"
        ? ""
        : "With products in the model the test of the arm is at covariates of zero, not at their means.",
  };
}
