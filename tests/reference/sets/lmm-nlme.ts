import { fitMixedModel } from "../../../lib/analysis/mixed-model/fit-mixed-model.ts";
import type { ResidualStructure } from "../../../lib/analysis/mixed-model/mixed-model-data.ts";
import { dataOf, type ReferenceColumns } from "../runner/reference-file.ts";
import type { ReferenceSet } from "../runner/reference-set.ts";
import { UnknownCaseError } from "../runner/unknown-case-error.ts";
import { mixedCase, parseMixedFormula, symmetricRows } from "./lmm.ts";

interface NlmeInput {
  readonly fixed: string;
  readonly random: string;
  readonly residual_correlation: string | null;
  readonly time: string;
  readonly method: string;
  readonly levels_arm?: string | readonly string[] | null;
}

function residualOf(name: string | null): ResidualStructure {
  switch (name) {
    case null:
      return { kind: "independent" };
    case "CAR1":
    case "Exp":
    case "OU":
      return { kind: "continuous-autoregressive", measurementError: false };
    case "Exp+nugget":
    case "CAR1+nugget":
      return { kind: "continuous-autoregressive", measurementError: true };
    case "AR1":
      return { kind: "autoregressive", measurementError: false };
    default:
      throw new UnknownCaseError(`residual correlation ${name}`);
  }
}

function evaluate(input: NlmeInput, columns: ReferenceColumns): unknown {
  if (input.method !== "REML" && input.method !== "ML") throw new UnknownCaseError(`method ${input.method}`);
  const random = input.random.replace(/\s|~/g, "");
  const formula = parseMixedFormula(`${input.fixed} + (${random})`);
  const group = columns[formula.group]!;
  const time = columns[input.time]!;
  // Of observations of a patient at the same time the first with a known outcome counts.
  const response = formula.fixed.split("~")[0]!;
  const outcome = columns[response] ?? [];
  const seen = new Set<string>();
  const keep = (row: number) => {
    if (outcome[row] === null) return false;
    const key = `${String(group[row])}\n${String(time[row])}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  };
  const levels = input.levels_arm === null || input.levels_arm === undefined ? {} : { arm: input.levels_arm };
  const { data } = mixedCase(formula, columns, levels, input.time, keep);
  const fit = fitMixedModel(data, { criterion: input.method, residual: residualOf(input.residual_correlation) });
  const p = fit.fixed.length;
  // nlme's summary multiplies standard errors of ML fits by √(N / (N − p)).
  const adjustment = input.method === "ML" ? Math.sqrt(fit.observations / (fit.observations - p)) : 1;
  return {
    nobs: fit.observations,
    logLik: fit.logLikelihood,
    fixed: [...fit.fixed],
    se: Array.from(fit.fixed, (_, j) => adjustment * Math.sqrt(fit.fixedCovariance[j * p + j]!)),
    sigma: Math.sqrt(fit.residualVariance),
    G: symmetricRows(fit.randomCovariance, fit.randomNames.length),
    phi: input.residual_correlation === null ? null : fit.residualCorrelation.phi,
  };
}

/** Mixed models of nlme::lme with a residual correlation. */
export const lmmNlmeSet: ReferenceSet = {
  files: /^lmm_nlme$/,
  evaluate: (item, file) => evaluate(item.input as NlmeInput, dataOf(item, file)),
  tolerance: ({ path, expected, expectedAt }) => {
    if (path === "logLik") return 1e-4;
    if (path.startsWith("fixed."))
      return 1e-3 * Math.max(Math.abs(expected), Number(expectedAt(path.replace("fixed", "se"))));
    // A variance that is zero is some power of ten near it in nlme, which searches on the log scale.
    if (path.startsWith("G")) return Math.max(1e-3 * Math.abs(expected), 1e-6 * Number(expectedAt("sigma")) ** 2);
    return 1e-3 * Math.abs(expected);
  },
};
