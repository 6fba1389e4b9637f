import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { type BenefitDirection, type WaldResult, waldInference } from "../analysis-result.ts";
import type { Covariate } from "../covariate.ts";
import { armColumnName, type BuiltColumn, covariateColumns, designColumns } from "./ancova-design.ts";
import { fitLinearModel, type LinearModelFit, needsLeverage, type VarianceEstimator } from "./linear-model.ts";
import { inflationFactors, partialCorrelation, scoreDiagnostics, type VarianceInflation } from "./score-diagnostics.ts";

export type { VarianceInflation } from "./score-diagnostics.ts";

export interface AncovaInput {
  /** Outcome, one a subject; NaN when missing. */
  readonly outcome: Float64Array;
  /** 0 for control, 1 … for the other arms, one a subject. */
  readonly arm: ArrayLike<number>;
  /** Names of the arms, control first; ["control", "experimental"] by default. */
  readonly armNames?: readonly string[];
  readonly covariates: readonly Covariate[];
  /** Name of the covariate that is the prognostic score, when there is one. */
  readonly scoreName?: string;
  /** Whether covariates, centred, also interact with the arm (Lin's estimator); "none" by default. */
  readonly interaction?: "none" | "arm-by-covariate";
  /**
   * Positive, one a subject: each row counts with this weight (METHODS.md eq. (A15)); equal weights when left out. The
   * weight of a subject with missing values is not read.
   */
  readonly weights?: Float64Array;
  /** "HC3" by default. */
  readonly varianceEstimator?: VarianceEstimator;
  /** Direction of benefit of the outcome; "higher" by default. */
  readonly benefit?: BenefitDirection;
  /** Difference under the null hypothesis, e.g. a non-inferiority margin with its sign; 0 by default. */
  readonly nullValue?: number;
  /** Two-sided confidence in (0, 1); 0.95 by default. */
  readonly confidence?: number;
}

/** Model-based mean of an arm, other covariates held at common values. */
export interface LeastSquaresMean {
  readonly arm: string;
  readonly estimate: number;
  /** Null with HC2 to HC4 when the mean rests on subjects that are fitted exactly. */
  readonly standardError: number | null;
  readonly interval: { readonly lower: number | null; readonly upper: number | null };
}

export interface AncovaFit {
  /** First experimental arm minus control. */
  readonly result: WaldResult;
  /** Every experimental arm minus control, in the order of `armNames`. */
  readonly contrasts: readonly WaldResult[];
  readonly model: LinearModelFit;
  /** Covariates at their means over the subjects analysed. */
  readonly leastSquaresMeans: (weighting: "equal" | "proportional") => readonly LeastSquaresMean[];
  /** One entry a covariate column (METHODS.md eq. (A8)). */
  readonly varianceInflation: readonly VarianceInflation[];
  /** Partial correlation of prognostic score and outcome given everything else; null without a score. */
  readonly scorePartialCorrelation: number | null;
}

/** Share of the sum of squares of the outcome below which the residual is rounding error. */
const EXACT_OUTCOME = 1e-24;

/**
 * Analysis of covariance: outcome on arm and baseline covariates, with model-based or robust standard errors
 * (METHODS.md eq. (A1)–(A8)).
 *
 * With a prognostic score among the covariates this is PROCOVA. Subjects with a missing outcome, arm or covariate are
 * left out and counted in a diagnostic; columns that depend on others are left out and named.
 *
 * @param input - Columns of one analysis data set in a fixed order of subjects.
 * @returns Treatment effect, least-squares means, fit and collinearity measures; nothing is rounded.
 * @throws DomainError INVALID_INPUT for columns of unequal length or unknown codes; INSUFFICIENT_DATA when an arm is
 *   empty or no residual degree of freedom is left; NOT_ESTIMABLE when the arm is confounded with the covariates
 *   or nothing of the outcome is left to estimate a variance from.
 *
 * Source: Schuler et al. (2022), Int. J. Biostat. 18:329–356 (prognostic score); Lin (2013), Ann. Appl. Stat. 7:295–318
 * (interaction). Reference values: tests/reference/ancova.json.
 */
export function fitAncova(input: AncovaInput): AncovaFit {
  const { armNames = ["control", "experimental"], interaction = "none", varianceEstimator = "HC3" } = input;
  assertInput(input, armNames);
  const kept = completeSubjects(input);
  const diagnostics: Diagnostic[] = missingDiagnostics(input.outcome.length, kept.length);
  const outcome = Float64Array.from(kept, (i) => input.outcome[i]!);
  const arm = Int32Array.from(kept, (i) => input.arm[i]!);
  armNames.forEach((name, code) => {
    if (!arm.includes(code)) throw emptyArm(name);
  });

  const covariates = input.covariates.flatMap((covariate) => covariateColumns(covariate, kept));
  const columns = designColumns(covariates, arm, armNames, interaction);
  const weights = weightsOf(input, kept);
  const model =
    weights === null
      ? fitLinearModel(outcome, columns)
      : fitLinearModel(
          scaled(outcome, weights),
          columns.map(({ name, values }) => ({ name, values: scaled(values, weights) })),
        );
  for (const name of model.aliasedNames) {
    if (name.startsWith("arm ")) throw confoundedArm(name);
    diagnostics.push(
      diagnostic(
        "warning",
        "aliased-covariate",
        `${name} is a linear combination of other columns and was left out.`,
        name,
      ),
    );
  }
  if (!(model.residualSumOfSquares > EXACT_OUTCOME * outcome.reduce((sum, y) => sum + y * y, 0))) throw exactOutcome();
  const alone = model.leverages.filter((h) => h > 1 - 1e-10).length;
  if (alone > 0 && varianceEstimator !== "model") {
    diagnostics.push(
      diagnostic(
        "warning",
        "leverage-one",
        `${alone} subjects are fitted exactly (leverage 1) and do not enter the robust variance: it is too small for whatever rests on them.`,
      ),
    );
  }

  const varianceInflation = inflationFactors(model, covariates, weights);
  const scorePartialCorrelation = partialCorrelation(model, input.scoreName);
  diagnostics.push(...scoreDiagnostics(input.scoreName, scorePartialCorrelation, varianceInflation));
  const contrasts = armNames.slice(1).map((name): WaldResult => {
    const weights = new Float64Array(model.columnNames.length);
    weights[model.columnNames.indexOf(armColumnName(name))] = 1;
    if (needsLeverage(varianceEstimator) && model.restsOnExactFit(weights))
      throw exactlyFittedArm(name, varianceEstimator);
    const { estimate, standardError } = model.contrast(weights, varianceEstimator);
    return {
      method: methodName(input, varianceEstimator),
      summaryMeasure: "mean-difference",
      ...waldInference(estimate, standardError, model.residualDf, input),
      subjectsUsed: kept.length,
      diagnostics,
    };
  });
  return {
    result: contrasts[0]!,
    contrasts,
    model,
    leastSquaresMeans: (weighting) =>
      leastSquaresMeans(model, columns, armNames, weighting, varianceEstimator, input.confidence ?? 0.95),
    varianceInflation,
    scorePartialCorrelation,
  };
}

function methodName(input: AncovaInput, estimator: VarianceEstimator): string {
  const family =
    input.covariates.length === 0 ? "Difference of means" : input.scoreName === undefined ? "ANCOVA" : "PROCOVA";
  const model = input.weights === undefined ? family : `Weighted ${family}`;
  const interaction = input.interaction === "arm-by-covariate" ? " with arm-by-covariate interaction" : "";
  return `${model}${interaction}, ${estimator === "model" ? "model-based" : estimator} standard error`;
}

function assertInput(input: AncovaInput, armNames: readonly string[]): void {
  const n = input.outcome.length;
  if (armNames.length < 2)
    throw invalidInput("armNames", armNames.length, "must name a control and at least one other arm");
  if (input.arm.length !== n)
    throw invalidInput("arm", input.arm.length, `must have one code for each of the ${n} subjects`);
  for (let i = 0; i < n; i++) {
    const code = input.arm[i]!;
    if (!Number.isInteger(code) || code < 0 || code >= armNames.length) {
      throw invalidInput("arm", code, `must be a whole number from 0 to ${armNames.length - 1}`);
    }
  }
  for (const covariate of input.covariates) {
    const length = covariate.kind === "numeric" ? covariate.values.length : covariate.codes.length;
    if (length !== n)
      throw invalidInput(`covariates.${covariate.name}`, length, `must have one value for each of the ${n} subjects`);
  }
  const numericNames = input.covariates.filter((covariate) => covariate.kind === "numeric").map(({ name }) => name);
  if (input.scoreName !== undefined && !numericNames.includes(input.scoreName)) {
    throw invalidInput("scoreName", input.scoreName, "must be the name of a numeric covariate");
  }
}

/** Indices of subjects with outcome and all covariates. */
function completeSubjects(input: AncovaInput): number[] {
  const kept: number[] = [];
  for (let i = 0; i < input.outcome.length; i++) {
    const complete = input.covariates.every((covariate) =>
      covariate.kind === "numeric"
        ? Number.isFinite(covariate.values[i]!)
        : covariate.codes[i]! >= 0 && covariate.codes[i]! < covariate.levels.length,
    );
    if (complete && Number.isFinite(input.outcome[i]!)) kept.push(i);
  }
  return kept;
}

function weightsOf(input: AncovaInput, kept: readonly number[]): Float64Array | null {
  const { weights } = input;
  if (weights === undefined) return null;
  if (weights.length !== input.outcome.length)
    throw invalidInput(
      "weights",
      weights.length,
      `must have one value for each of the ${input.outcome.length} subjects`,
    );
  return Float64Array.from(kept, (i) => {
    const weight = weights[i]!;
    if (!(weight > 0 && weight < Infinity)) throw invalidInput("weights", weight, "must be positive and finite");
    return weight;
  });
}

/** Values times the root of the weights: least squares of these is weighted least squares. */
function scaled(values: Float64Array, weights: Float64Array): Float64Array {
  return values.map((value, i) => value * Math.sqrt(weights[i]!));
}

function missingDiagnostics(given: number, used: number): Diagnostic[] {
  if (given === used) return [];
  const message = `${given - used} of ${given} subjects were left out because the outcome or a covariate is missing.`;
  return [diagnostic("warning", "incomplete-subjects", message)];
}

function emptyArm(name: string): DomainError {
  return new DomainError("INSUFFICIENT_DATA", {
    argument: "arm",
    received: name,
    requirement: "must have at least one subject with complete data in every arm",
    hint: "Check the arm codes and the missing values.",
  });
}

function exactOutcome(): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "outcome",
    received: 0,
    requirement:
      "must vary between subjects beyond what arm and covariates determine; the residual variance is that received",
    hint: "Check that the outcome is not constant and not itself among the covariates.",
  });
}

function exactlyFittedArm(arm: string, estimator: VarianceEstimator): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "varianceEstimator",
    received: estimator,
    requirement: `must be model-based, HC0 or HC1: the effect of ${arm} rests on subjects whom the model fits exactly, for whom it is undefined`,
    hint: "Use the model-based variance, fewer covariates, or no arm-by-covariate interaction; HC0 and HC1 leave these subjects out.",
  });
}

function confoundedArm(name: string): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "covariates",
    received: name,
    requirement: "must not determine the arm of a subject",
    hint: "Leave out the covariate that is confounded with the arm.",
  });
}

function leastSquaresMeans(
  model: LinearModelFit,
  columns: readonly BuiltColumn[],
  armNames: readonly string[],
  weighting: "equal" | "proportional",
  estimator: VarianceEstimator,
  confidence: number,
): LeastSquaresMean[] {
  const built = new Map(columns.map((column) => [column.name, column]));
  return armNames.map((arm, index) => {
    const own = armColumnName(arm);
    const weights = Float64Array.from(model.columnNames, (name) => {
      if (!name.startsWith("arm ")) return built.get(name)![weighting];
      if (index === 0) return 0;
      if (name === own) return 1;
      return name.startsWith(`${own} × `) ? built.get(name)![weighting] : 0;
    });
    const { estimate, standardError } = model.contrast(weights, estimator);
    if (needsLeverage(estimator) && model.restsOnExactFit(weights))
      return { arm, estimate, standardError: null, interval: { lower: null, upper: null } };
    const { interval } = waldInference(estimate, standardError, model.residualDf, { confidence });
    return { arm, estimate, standardError, interval: { lower: interval.lower, upper: interval.upper } };
  });
}
