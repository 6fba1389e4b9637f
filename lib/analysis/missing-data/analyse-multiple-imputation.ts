import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { DomainError, namingFields } from "../../errors/domain-error.ts";
import { createRng } from "../../numerics/philox.ts";
import type { AnalysisReport } from "../analysis-report.ts";
import { namingSparseVisits, visitCounts } from "../mmrm/sparse-visits.ts";
import type { TrialData } from "../trial-data.ts";
import {
  bootstrapEstimates,
  type ComparisonPlan,
  type ImputationEstimates,
  jackknifeEstimates,
  rubinEstimates,
} from "./imputation-estimates.ts";
import { assertImputable, fitImputationModel, type ImputationFit, prepareImputationModel } from "./imputation-model.ts";
import { imputationProgramCode } from "./imputation-program.ts";
import { imputationTables } from "./imputation-tables.ts";
import { type ImputationTrial, imputationTrial } from "./imputation-trial.ts";
import type { MultipleImputationSpec } from "./multiple-imputation-spec.ts";
import { bootstrapParameters, posteriorParameters } from "./parameter-draws.ts";

/**
 * Imputes missing visits under missing at random or a reference-based strategy and compares the arms at a visit by analysis
 * of covariance (METHODS.md eq. (D1)–(D13)).
 *
 * @param spec - Event, strategy, imputation model, inference and tipping-point grid.
 * @param trial - The trial.
 * @returns Every arm minus control at the visit; effects and least-squares means at every visit, what was imputed, the parts
 *   of the variance, the tipping-point grid, and an R program.
 * @throws DomainError naming the field of the specification, or NOT_CONVERGED when the imputation model cannot be fitted.
 */
export function analyseMultipleImputation(spec: MultipleImputationSpec, trial: TrialData): AnalysisReport {
  return namingFields({ structure: "covariance", arm: "covariates" }, () => reportOf(spec, trial));
}

function reportOf(spec: MultipleImputationSpec, trial: TrialData): AnalysisReport {
  const arranged = imputationTrial(spec, trial);
  const { data } = arranged;
  const prepared = prepareImputationModel(data);
  assertImputable(data, prepared);
  const full = fittedOrNamingVisits(arranged, trial, prepared);
  const plan: ComparisonPlan = {
    data,
    covariates: arranged.analysisColumns,
    deltaWeights: deltaWeights(spec, arranged),
    deltas: [0, ...(spec.tippingPoint?.deltas ?? [])],
  };
  const { estimates, notes } = inferenceOf(spec, plan, full, arranged.endpoint.benefit);
  const last = data.visitCount - 1;
  const method = methodOf(spec, arranged, trial);
  return {
    method,
    effects: trial.armNames.slice(1).map((name, contrast) => ({
      label: `${name} minus ${trial.armNames[0]}`,
      result: {
        method,
        summaryMeasure: "mean-difference",
        ...estimates.at(0, last, contrast).inference,
        subjectsUsed: data.patientCount,
        diagnostics: [],
      },
    })),
    tables: imputationTables({ spec, trial, arranged, estimates }),
    fitNotes: [...modelNotes(spec, full), ...notes],
    diagnostics: [...arranged.diagnostics, ...imputationDiagnostics(spec, arranged, full, estimates)],
    code: imputationProgramCode({ spec, trial, arranged, full, estimates }),
  };
}

/** The imputation model; where it cannot be fitted, the refusal names the visits that have hardly any patients. */
function fittedOrNamingVisits(
  { data, visitIndices }: ImputationTrial,
  trial: TrialData,
  prepared: Parameters<typeof fitImputationModel>[1],
): ImputationFit {
  try {
    return fitImputationModel(data, prepared);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const m = data.visitCount;
    const seen = Array.from(data.outcome, (_, row) => row).filter((row) => Number.isFinite(data.outcome[row]!));
    const counts = visitCounts(
      visitIndices.map((visit, code) => ({ code, name: trial.visits[visit]!.label })),
      trial.armNames,
      { visit: seen.map((row) => row % m), arm: seen.map((row) => data.arm[Math.floor(row / m)]!) },
    );
    throw namingSparseVisits(error, counts, {
      field: "covariance",
      hint: "Choose a covariance with one variance for all visits (ar1, toeplitz, compound-symmetry), or compare the arms at an earlier visit.",
    });
  }
}

function inferenceOf(
  spec: MultipleImputationSpec,
  plan: ComparisonPlan,
  full: ImputationFit,
  benefit: "higher" | "lower",
): { readonly estimates: ImputationEstimates; readonly notes: readonly string[] } {
  const options = { nullValue: spec.nullValue, confidence: spec.confidence, benefit };
  const rng = createRng(spec.seed);
  const { inference } = spec;
  switch (inference.kind) {
    case "conditional-mean-jackknife":
      return {
        estimates: jackknifeEstimates(plan, full, options),
        notes: [`Jackknife: the imputation model was refitted ${plan.data.patientCount} times, each converged.`],
      };
    case "conditional-mean-bootstrap": {
      const draws = bootstrapParameters(plan.data, full, inference.samples, rng.fork("parameters"));
      return {
        estimates: bootstrapEstimates(plan, full, draws, options),
        notes: [bootstrapNote(inference.samples, draws.failed, spec.seed)],
      };
    }
    case "approximate-bayes": {
      const draws = bootstrapParameters(plan.data, full, inference.imputations, rng.fork("parameters"));
      return {
        estimates: rubinEstimates(plan, draws.parameters, rng.fork("imputations"), options),
        notes: [bootstrapNote(inference.imputations, draws.failed, spec.seed)],
      };
    }
    case "bayes": {
      const parameters = posteriorParameters(plan.data, full, inference.imputations, inference, rng.fork("parameters"));
      return {
        estimates: rubinEstimates(plan, parameters, rng.fork("imputations"), options),
        notes: [
          `Gibbs sampler from the REML fit: ${inference.burnIn} iterations before the first of ${inference.imputations} draws, ${inference.thinning} between draws, seed ${spec.seed}.`,
        ],
      };
    }
  }
}

function bootstrapNote(samples: number, failed: number, seed: number): string {
  const again = failed === 0 ? "" : ` ${failed} samples in which the model could not be fitted were drawn anew.`;
  return `Bootstrap: ${samples} samples of patients within arms, seed ${seed}.${again}`;
}

function modelNotes(spec: MultipleImputationSpec, { fit, prepared }: ImputationFit): string[] {
  const { iterations, largestGradient, newtonDecrement } = fit.convergence;
  const decrement = newtonDecrement === null ? "" : `, Newton decrement ${newtonDecrement.toExponential(2)}`;
  const omitted =
    prepared.dependentColumns.length === 0
      ? []
      : [`${prepared.dependentColumns.length} columns of the imputation model depend on others and were left out.`];
  return [
    `Imputation model: REML, ${spec.covariance} covariance${spec.covarianceByArm ? " by arm" : ""}, converged in ${iterations} iterations, largest gradient ${largestGradient.toExponential(2)}${decrement}, log-likelihood ${fit.logLikelihood.toFixed(6)}.`,
    ...omitted,
  ];
}

/** Multiples of δ for every patient and visit. */
function deltaWeights(spec: MultipleImputationSpec, { data }: ImputationTrial): Float64Array {
  const weights = new Float64Array(data.outcome.length);
  if (spec.tippingPoint === null) return weights;
  const { arms, values, accumulates } = spec.tippingPoint;
  const m = data.visitCount;
  for (let patient = 0; patient < data.patientCount; patient++) {
    const control = data.arm[patient] === 0;
    if ((arms === "experimental" && control) || (arms === "control" && !control)) continue;
    let multiple = 0;
    for (let visit = 0; visit < m; visit++) {
      const after = visit >= data.firstAfter[patient]!;
      if (!Number.isNaN(data.outcome[patient * m + visit]!) || (values === "after-event" && !after)) continue;
      multiple = accumulates && after ? multiple + 1 : 1;
      weights[patient * m + visit] = multiple;
    }
  }
  return weights;
}

const STRATEGY_NAMES = {
  MAR: "missing at random",
  JR: "jump to reference",
  CR: "copy reference",
  CIR: "copy increments in reference",
  LMCF: "last mean carried forward",
} as const;

function methodOf(spec: MultipleImputationSpec, arranged: ImputationTrial, trial: TrialData): string {
  const used = trial.armNames.map((name, arm) => ({ name, strategy: arranged.data.strategy[arm]! }));
  const same = used.every(({ strategy }) => strategy === used[0]!.strategy);
  const strategy = same
    ? STRATEGY_NAMES[used[0]!.strategy]
    : used.map((arm) => `${STRATEGY_NAMES[arm.strategy]} in ${arm.name}`).join(", ");
  const after =
    spec.event.kind === "none" ? "" : spec.event.kind === "dropout" ? " after dropout" : ` after ${spec.event.event}`;
  const how = {
    "conditional-mean-jackknife": "Conditional-mean imputation, jackknife standard error",
    "conditional-mean-bootstrap": "Conditional-mean imputation, bootstrap standard error",
    "approximate-bayes": "Approximate Bayesian multiple imputation, Rubin's rules",
    bayes: "Bayesian multiple imputation, Rubin's rules",
  }[spec.inference.kind];
  const last = arranged.visitIndices[arranged.visitIndices.length - 1]!;
  const outcome = spec.outcome === "change" ? "change from baseline" : "value";
  const adjusted = spec.score ? "PROCOVA" : "ANCOVA";
  return `${how}; ${strategy}${after}; ${adjusted} of the ${outcome} in ${arranged.endpoint.label} at ${trial.visits[last]!.label}`;
}

/** Monte Carlo error above this share of the standard error changes the second digit of a confidence limit. */
const LARGE_MONTE_CARLO_SHARE = 0.1;

function imputationDiagnostics(
  spec: MultipleImputationSpec,
  { data }: ImputationTrial,
  { prepared }: ImputationFit,
  estimates: ImputationEstimates,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  const dependent = prepared.dependentColumns.map((column) => data.columnNames[column]!);
  if (dependent.length > 0)
    found.push(
      diagnostic(
        "warning",
        "aliased-covariate",
        `These columns of the imputation model follow from the others and were left out: ${dependent.join(", ")}.`,
        "covariates",
      ),
    );
  const referenceBased = data.strategy.some((strategy) => strategy !== "MAR" && strategy !== "LMCF");
  const conditionalMean = spec.inference.kind.startsWith("conditional-mean");
  if (referenceBased)
    found.push(
      diagnostic(
        "information",
        "reference-based-variance",
        conditionalMean
          ? "Under reference-based strategies this standard error is that of repeated sampling; it is smaller than Rubin's."
          : "Under reference-based strategies Rubin's standard error exceeds that of repeated sampling; the conditional-mean jackknife gives the latter.",
        "inference",
      ),
    );
  const { rubin, inference } = estimates.at(0, data.visitCount - 1, 0);
  if (rubin !== null && rubin.monteCarloError > LARGE_MONTE_CARLO_SHARE * inference.standardError)
    found.push(
      diagnostic(
        "warning",
        "few-imputations",
        `The Monte Carlo error ${rubin.monteCarloError.toPrecision(2)} is more than a tenth of the standard error: use more imputations.`,
        "inference",
      ),
    );
  const after = data.firstAfter.reduce((sum, first, patient) => {
    for (let v = first; v < data.visitCount; v++)
      if (Number.isFinite(data.outcome[patient * data.visitCount + v]!)) return sum + 1;
    return sum;
  }, 0);
  if (after > 0 && data.strategy.some((strategy) => strategy !== "MAR"))
    found.push(
      diagnostic(
        "information",
        "values-after-event",
        `${after} patients have values after the intercurrent event. They are analysed as seen, and in arms with a strategy other than MAR they do not inform the imputation model.`,
        "event",
      ),
    );
  return found;
}
