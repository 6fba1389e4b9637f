import { z } from "zod";
import { fitGlm, type GlmFit } from "../../../lib/analysis/generalized/fit-glm.ts";
import type { GlmFamily } from "../../../lib/analysis/generalized/glm-family.ts";
import { type ContrastScale, marginalContrast } from "../../../lib/analysis/generalized/marginal-contrast.ts";
import { designOnArm, type MarginalVariance, marginalMeans } from "../../../lib/analysis/generalized/marginal-means.ts";
import { type GlmCovariance, glmCovariance } from "../../../lib/analysis/generalized/robust-covariance.ts";
import { completeRows, type ModelDesign, modelDesign, variableAtRows } from "../../../lib/analysis/model-design.ts";
import { modelVariables, parseFormula } from "../runner/r-formula.ts";
import { dataOf } from "../runner/reference-file.ts";
import type { ReferenceSet } from "../runner/reference-set.ts";
import { UnknownCaseError } from "../runner/unknown-case-error.ts";

const inputSchema = z.strictObject({
  formula: z.string(),
  family: z.enum(["binomial logit", "binomial probit", "poisson log"]),
  /** "name (level/level)" */
  trt: z.string(),
  reference: z.string(),
});

const FAMILIES: Record<z.infer<typeof inputSchema>["family"], GlmFamily> = {
  "binomial logit": { distribution: "binomial", link: "logit" },
  "binomial probit": { distribution: "binomial", link: "probit" },
  "poisson log": { distribution: "poisson", link: "log" },
};

const SCALES: Readonly<Record<string, ContrastScale>> = {
  diff: "difference",
  rr: "ratio",
  or: "odds-ratio",
  logrr: "log-ratio",
  logor: "log-odds-ratio",
};

/** Types of Ge's variance in the order of the file, then Ye's. */
const GE_TYPES: readonly GlmCovariance[] = ["HC0", "HC1", "HC3", "model-based"];

/** Logistic working models, their sandwich covariances and standardised risks. */
export const binaryGcompSet: ReferenceSet = {
  files: /^binary_gcomp/,
  evaluate: (item, file) => {
    const { formula, family, trt, reference } = inputSchema.parse(item.input);
    const columns = dataOf(item, file);
    const { response, terms, variables, intercept } = parseFormula(formula);
    const [, arm = trt, levels = ""] = /^(\S+)(?:\s*\(([^)]*)\))?$/.exec(trt) ?? [];
    const named = levels === "" ? [...new Set((columns[arm] ?? []).map(String))].sort() : levels.split("/");
    const ordered = [reference, ...named.filter((level) => level !== reference)];
    const all = modelVariables([...variables], columns, { [arm]: ordered });
    const [outcome] = modelVariables([response], columns);
    if (outcome === undefined || outcome.kind !== "numeric") throw new UnknownCaseError(`response ${response}`);
    const rows = completeRows([...all, outcome], outcome.values.length);
    const kept = all.map((variable) => variableAtRows(variable, rows));
    const design = modelDesign(kept, terms, { intercept });
    const fit = fitted(
      design,
      Float64Array.from(rows, (row) => outcome.values[row]!),
      FAMILIES[family],
    );
    const codes = kept.find(({ name }) => name === arm);
    if (codes === undefined || codes.kind !== "categorical") throw new UnknownCaseError(`treatment ${arm}`);
    return results(design, fit, arm, codes.codes, ordered.length);
  },
  tolerance: ({ path, expected, expectedAt }) => {
    // Elements of a covariance matrix are judged against the standard deviations that they belong to.
    const element = /^(.*)\.(\d+)\.(\d+)$/.exec(path);
    const scale = element === null ? Math.abs(expected) : matrixScale(element, expectedAt);
    return 1e-7 * Math.max(scale, Math.abs(expected));
  },
};

function fitted(design: ModelDesign, response: Float64Array, family: GlmFamily): GlmFit {
  const columns = design.columns.length;
  const matrix = new Float64Array(design.rowCount * columns);
  design.columns.forEach(({ values }, j) => {
    values.forEach((value, i) => {
      matrix[i * columns + j] = value;
    });
  });
  return fitGlm({ design: matrix, columnNames: design.columns.map(({ name }) => name), response }, family);
}

function results(design: ModelDesign, fit: GlmFit, arm: string, codes: ArrayLike<number>, arms: number) {
  const { rank, rows } = fit;
  const square = (matrix: Float64Array, n: number) =>
    Array.from({ length: n }, (_, i) => Array.from(matrix.subarray(i * n, (i + 1) * n)));
  const designs = Array.from({ length: arms }, (_, a) => designOnArm(design, fit, arm, a));
  const variances: { method: string; type: string; variance: MarginalVariance }[] = GE_TYPES.map((covariance) => ({
    method: "Ge",
    type: covariance,
    variance: { method: "ge", covariance },
  }));
  const ye = { method: "Ye", type: "na", variance: { method: "ye", form: "decomposed", strata: null } } as const;
  const contrasts = (entries: readonly (typeof variances)[number][]) =>
    Object.entries(SCALES).flatMap(([contrast, scale]) =>
      entries.map(({ method, type, variance }) => {
        const marginal = marginalMeans(fit, designs, codes, variance);
        const { estimate, standardError } = marginalContrast(marginal, 1, 0, scale);
        return {
          method,
          type,
          contrast,
          estimate,
          se: standardError,
          counterfactual_means: Array.from(marginal.means),
          robust_varcov_of_means: square(marginal.covariance, arms),
        };
      }),
    );
  return {
    n: rows,
    coef_names: coefficientNames(design, fit),
    coef: Array.from(fit.coefficients),
    se: Array.from({ length: rank }, (_, j) => Math.sqrt(fit.covariance[j * rank + j]!)),
    vcov: square(fit.covariance, rank),
    vcov_HC0: square(glmCovariance(fit, "HC0"), rank),
    vcov_HC3: square(glmCovariance(fit, "HC3"), rank),
    deviance: fit.deviance,
    logLik: fit.logLikelihood,
    marginal: [...contrasts(variances), ...contrasts([ye])],
  };
}

/** Names as R gives them: variable and level joined. */
function coefficientNames(design: ModelDesign, fit: GlmFit): string[] {
  return fit.independentColumns.map((j) => {
    const { factors } = design.columns[j]!;
    if (factors.length === 0) return "(Intercept)";
    return factors
      .map(({ variable, level }) => {
        const source = design.variables.get(variable)!;
        return source.kind === "numeric" || level === null ? variable : `${variable}${source.levels[level]}`;
      })
      .join(":");
  });
}

function matrixScale([, base, i, j]: RegExpExecArray, expectedAt: (path: string) => unknown): number {
  const diagonal = (k: string | undefined) => Number(expectedAt(`${base}.${k}.${k}`));
  const scale = Math.sqrt(diagonal(i) * diagonal(j));
  return Number.isFinite(scale) ? scale : 0;
}
