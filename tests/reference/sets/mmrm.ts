import { z } from "zod";
import { waldInference } from "../../../lib/analysis/analysis-result.ts";
import type { CovarianceStructure } from "../../../lib/analysis/mmrm/covariance-structure.ts";
import type { CoefficientCovariance, DegreesOfFreedomMethod } from "../../../lib/analysis/mmrm/mmrm-inference.ts";
import { fitMmrmModel, type MmrmModel } from "../../../lib/analysis/mmrm/mmrm-model.ts";
import { completeRows, type ModelDesign, variableAtRows } from "../../../lib/analysis/model-design.ts";
import { gridDifference, gridMean } from "../../../lib/analysis/reference-grid.ts";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import { modelVariables, parseFormula } from "../runner/r-formula.ts";
import { dataOf, type ReferenceCase, type ReferenceFile } from "../runner/reference-file.ts";
import type { ReferenceLeaf, ReferenceSet } from "../runner/reference-set.ts";
import { UnknownCaseError } from "../runner/unknown-case-error.ts";

const inputSchema = z.object({
  formula: z.string(),
  covariance: z.string(),
  grouped: z.boolean().default(false),
  reml: z.boolean().default(true),
  df_method: z.string().default("Satterthwaite"),
  vcov: z.string().nullish(),
  weights: z.string().nullish(),
  factor_levels: z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({}),
  alpha: z.number().default(0.05),
});

const STRUCTURES: ReadonlyMap<string, CovarianceStructure> = new Map([
  ["us", "unstructured"],
  ["toep", "toeplitz"],
  ["toeph", "toeplitz-heterogeneous"],
  ["ar1", "ar1"],
  ["ar1h", "ar1-heterogeneous"],
  ["cs", "compound-symmetry"],
  ["csh", "compound-symmetry-heterogeneous"],
  ["ad", "ante-dependence"],
  ["adh", "ante-dependence-heterogeneous"],
  ["sp_exp", "spatial-exponential"],
]);

const COVARIANCES: ReadonlyMap<string, CoefficientCovariance> = new Map([
  ["default", "model-based"],
  ["Asymptotic", "model-based"],
  ["Kenward-Roger", "model-based"],
  ["Kenward-Roger-Linear", "model-based"],
  ["Empirical", "empirical"],
  ["Empirical-Bias-Reduced", "empirical-bias-reduced"],
  ["Empirical-Jackknife", "empirical-jackknife"],
]);

/** Mixed models for repeated measures, as mmrm and emmeans print them. */
export const mmrmSet: ReferenceSet = {
  files: /^mmrm/,
  evaluate: (item, file) => evaluate(item, file),
  tolerance,
  notCompared: [{ path: /^optimizer$/, reason: "name of the optimizer that R used" }],
};

function evaluate(item: ReferenceCase, file: ReferenceFile): unknown {
  const input = inputSchema.parse(item.input);
  const structure = known(STRUCTURES, input.covariance, "covariance");
  const parsed = parseFormula(input.formula);
  const columns = dataOf(item, file);
  const needed = [...new Set([...parsed.variables, "visit", ...(input.grouped ? ["arm"] : [])])];
  const [response, ...predictors] = modelVariables([parsed.response, ...needed], columns, input.factor_levels);
  if (response?.kind !== "numeric") throw new Error("the response must be numeric");
  const rows = completeRows([response, ...predictors], response.values.length);
  const at = new Map(predictors.map((variable) => [variable.name, variableAtRows(variable, rows)]));
  const visit = at.get("visit");
  const arm = at.get("arm");
  if (visit?.kind !== "categorical") throw new UnknownCaseError("visit must be a factor");
  const ids = rows.map((row) => String(columns.id?.[row]));
  const subjects = new Map([...new Set(ids)].map((id, index) => [id, index]));
  const model = fitMmrmModel(
    {
      variables: parsed.variables.map((name) => at.get(name)!),
      terms: parsed.terms,
      intercept: parsed.intercept,
      outcome: Float64Array.from(rows, (row) => response.values[row]!),
      subject: Int32Array.from(ids, (id) => subjects.get(id)!),
      subjectCount: subjects.size,
      visit,
      ...(input.grouped && arm?.kind === "categorical" ? { group: arm } : {}),
      ...(input.weights == null ? {} : { weights: rows.map((row) => Number(columns[input.weights!]?.[row])) }),
      ...(structure === "spatial-exponential" ? { time: rows.map((row) => Number(columns.time?.[row])) } : {}),
    },
    {
      structures: [structure],
      restricted: input.reml,
      degreesOfFreedom: freedomMethod(input.df_method, input.vcov ?? "default"),
      covariance: coefficientCovariance(input.df_method, input.vcov ?? "default"),
    },
  );
  return { ...fitValues(model, rows.length, subjects.size, input.alpha), ...marginalMeans(model, input.alpha) };
}

function freedomMethod(name: string, vcov: string): DegreesOfFreedomMethod {
  switch (name) {
    case "Satterthwaite":
      return "satterthwaite";
    case "Kenward-Roger-Linear":
      return "kenward-roger-linear";
    case "Kenward-Roger":
      return vcov === "Kenward-Roger-Linear" ? "kenward-roger-linear" : "kenward-roger";
    case "Between-Within":
      return "between-within";
    case "Residual":
      return "residual";
    default:
      throw new UnknownCaseError(`df_method ${name}`);
  }
}

/** By default mmrm goes from residual degrees of freedom to the empirical covariance. */
function coefficientCovariance(method: string, name: string): CoefficientCovariance {
  return method === "Residual" && name === "default" ? "empirical" : known(COVARIANCES, name, "vcov");
}

function fitValues(model: MmrmModel, n: number, subjects: number, alpha: number) {
  const { fit, design, inference } = model;
  const { rank, independentColumns } = fit.prepared;
  const deviance = -2 * fit.logLikelihood;
  const coefficients = independentColumns.map((_, j) => {
    const weights = new Float64Array(rank);
    weights[j] = 1;
    return printed(inference.contrast(weights), alpha);
  });
  const matrices = fit.covariances.map((sigma) => square(sigma, Math.sqrt(sigma.length)));
  return {
    n_obs: n,
    n_subjects: subjects,
    n_visits: model.visitNames.length,
    logLik: fit.logLikelihood,
    minus2ll: deviance,
    AIC: deviance + 2 * fit.theta.length,
    BIC: deviance + Math.log(subjects) * fit.theta.length,
    coef_names: independentColumns.map((column) => rName(design, column)),
    coef: columnsOf(coefficients, ["estimate", "se", "df", "t", "p"]),
    beta_vcov: square(inference.covariance, rank),
    varcor:
      model.groupNames.length === 0
        ? matrices[0]
        : Object.fromEntries(model.groupNames.map((name, group) => [name, matrices[group]])),
    theta: Array.from(fit.theta),
  };
}

function marginalMeans(model: MmrmModel, alpha: number) {
  const { design, visitNames } = model;
  const arm = design.variables.get("arm");
  const byVisit = design.variables.has("visit");
  if (arm?.kind !== "categorical" || (!byVisit && visitNames.length > 1)) return {};
  const arms = arm.levels.filter((_, level) => Array.from(arm.codes).includes(level));
  const cells = visitNames.flatMap((visit) => arms.map((name) => ({ arm: name, visit })));
  const rows = cells.map((cell) => gridMean(design, byVisit ? cell : { arm: cell.arm }, "equal"));
  const means = rows.map((weights) => estimable(model, weights, alpha));
  const pairs = visitNames.flatMap((visit, v) =>
    arms.slice(1).map((name, a) => ({
      contrast: `${name} - ${arms[0]}`,
      visit,
      ...estimable(model, gridDifference(rows[v * arms.length + a + 1]!, rows[v * arms.length]!), alpha),
    })),
  );
  return {
    lsmeans: {
      arm: cells.map((cell) => cell.arm),
      visit: cells.map((cell) => cell.visit),
      ...columnsOf(means, ["estimate", "se", "df", "lower", "upper"]),
      L: rows.map((weights) => model.fit.prepared.independentColumns.map((column) => weights[column]!)),
    },
    contrasts: {
      contrast: pairs.map((pair) => pair.contrast),
      visit: pairs.map((pair) => pair.visit),
      ...columnsOf(pairs, ["estimate", "se", "df", "t", "p", "lower", "upper"]),
    },
  };
}

/** Nothing where R prints NA. */
function estimable(model: MmrmModel, weights: Float64Array, alpha: number): Record<string, number> {
  try {
    return printed(model.contrast(weights), alpha);
  } catch (error) {
    if (error instanceof DomainError && error.code === "NOT_ESTIMABLE") return {};
    throw error;
  }
}

function printed(
  { estimate, standardError, degreesOfFreedom }: ReturnType<MmrmModel["contrast"]>,
  alpha: number,
): Record<string, number> {
  const wald = waldInference(estimate, standardError, degreesOfFreedom, { confidence: 1 - alpha });
  return {
    estimate,
    se: standardError,
    df: degreesOfFreedom,
    t: wald.testStatistic,
    p: wald.twoSidedPValue,
    lower: wald.interval.lower,
    upper: wald.interval.upper,
  };
}

const columnsOf = (rows: readonly Readonly<Record<string, unknown>>[], names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]));

function square(values: Float64Array, n: number): number[][] {
  return Array.from({ length: n }, (_, i) => Array.from(values.subarray(i * n, (i + 1) * n)));
}

function known<T>(table: ReadonlyMap<string, T>, name: string, field: string): T {
  const found = table.get(name);
  if (found === undefined) throw new UnknownCaseError(`${field} ${name}`);
  return found;
}

function rName(design: ModelDesign, column: number): string {
  const { factors } = design.columns[column]!;
  if (factors.length === 0) return "(Intercept)";
  return factors
    .map(({ variable, level }) => {
      const found = design.variables.get(variable);
      return found?.kind === "categorical" && level !== null ? `${variable}${found.levels[level]}` : variable;
    })
    .join(":");
}

/**
 * logLik 1e-6; estimates 1e-4 SE; SE 1e-5 relative (Kenward–Roger 1e-4); df 1e-3 relative; p 1e-4, as the set states; what
 * it does not state follows from these: t and limits from SE and df, covariances from SE.
 */
function tolerance({ path, expected, item, expectedAt }: ReferenceLeaf): number {
  const [first = "", second = "", index = "0"] = path.split(".");
  const input = inputSchema.parse(item.input);
  const relativeSe = input.df_method === "Kenward-Roger" ? 1e-4 : 1e-5;
  switch (first) {
    case "logLik":
      return 1e-6;
    case "minus2ll":
    case "AIC":
    case "BIC":
      return 2e-6;
    case "coef":
    case "lsmeans":
    case "contrasts": {
      const se = Number(expectedAt(`${first}.se.${index}`));
      if (second === "estimate") return 1e-4 * se;
      if (second === "se") return relativeSe * expected;
      if (second === "df") return 1e-3 * expected;
      if (second === "p") return 1e-4;
      if (second === "t") return 1e-4 + relativeSe * Math.abs(expected);
      if (second === "L") return 1e-8;
      return 5e-4 * se;
    }
    case "beta_vcov": {
      const j = path.split(".")[2] ?? "0";
      const variances = [expectedAt(`beta_vcov.${second}.${second}`), expectedAt(`beta_vcov.${j}.${j}`)].map(Number);
      return 2 * relativeSe * Math.sqrt(variances[0]! * variances[1]!);
    }
    case "varcor":
      return 1e-4 * Math.max(1e-3, Math.abs(expected));
    case "theta":
      return 1e-4;
    default:
      return 0;
  }
}
