import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { namingFields } from "../../errors/domain-error.ts";
import type { AnalysisReport } from "../analysis-report.ts";
import { constantCategoryDiagnostics } from "../constant-category.ts";
import { completeRows, variableAtRows } from "../model-design.ts";
import type { TrialData } from "../trial-data.ts";
import { type AncovaFit, type AncovaInput, fitAncova } from "./ancova.ts";
import { type AncovaColumns, ancovaColumns, SCORE_NAME } from "./ancova-columns.ts";
import { covariateColumns, designColumns } from "./ancova-design.ts";
import { ancovaProgramCode } from "./ancova-program.ts";
import { type AncovaSpec, LARGE_TRIAL } from "./ancova-spec.ts";
import { ancovaTables } from "./ancova-tables.ts";
import type { VarianceEstimator } from "./linear-model.ts";
import { type TwinVarianceWeights, twinVarianceWeights } from "./twin-variance-weights.ts";

/**
 * Analysis of covariance of one visit of a trial: ANCOVA, PROCOVA with the twins' score, Weighted PROCOVA with their
 * variances, each with or without arm-by-covariate interaction (METHODS.md eq. (A5)–(A8), (A15)–(A17)).
 *
 * @param spec - What to analyse and how; names are those of the trial.
 * @param data - The trial.
 * @returns Every arm minus control, least-squares means, coefficients, tests of terms, what the score gains, and the R and
 *   SAS programs of the same analysis.
 * @throws DomainError naming the field of the specification: an unknown name, an arm without patients, a score without
 *   twins, a covariate that determines the arm.
 */
export function analyseAncova(spec: AncovaSpec, data: TrialData): AnalysisReport {
  const columns = ancovaColumns(spec, data);
  const rows = completeRows(columns.covariates, columns.outcome.length).filter((row) =>
    Number.isFinite(columns.outcome[row]!),
  );
  const estimator = varianceEstimator(spec, rows.length);
  const weighting = columns.twinVariance === null ? null : weightingOf(spec, columns, data, rows);
  const input: AncovaInput = {
    outcome: columns.outcome,
    arm: data.arm,
    armNames: data.armNames,
    covariates: columns.covariates,
    interaction: spec.interaction,
    varianceEstimator: estimator,
    benefit: columns.endpoint.benefit,
    nullValue: spec.nullValue,
    confidence: spec.confidence,
    ...(columns.withScore ? { scoreName: SCORE_NAME } : {}),
    ...(weighting === null ? {} : { weights: expandWeights(weighting.weights, rows, columns.outcome.length) }),
  };
  const fit = namingFields({ arm: "visit" }, () => fitAncova(input));
  const diagnostics = [
    ...columns.diagnostics,
    ...constantCategoryDiagnostics(columns.covariates.map((covariate) => variableAtRows(covariate, rows))),
    ...fit.result.diagnostics,
    ...weightingDiagnostics(weighting),
    ...estimatorDiagnostics(spec, estimator, rows.length),
  ];
  return {
    method: methodOf(spec, columns, data, fit),
    effects: fit.contrasts.map((result, index) => ({
      label: `${data.armNames[index + 1]} minus ${data.armNames[0]}`,
      result: { ...result, diagnostics: [] },
    })),
    tables: ancovaTables({ spec, data, columns, rows, input, fit, estimator, weighting }),
    fitNotes: [],
    diagnostics,
    code: ancovaProgramCode({
      spec,
      data,
      columns,
      estimator,
      exactFit: fit.result.diagnostics.some(({ code }) => code === "leverage-one"),
    }),
  };
}

function varianceEstimator(spec: AncovaSpec, patients: number): VarianceEstimator {
  if (spec.varianceEstimator !== "automatic") return spec.varianceEstimator;
  return patients < LARGE_TRIAL ? "HC3" : "HC1";
}

function methodOf(spec: AncovaSpec, columns: AncovaColumns, data: TrialData, fit: AncovaFit): string {
  const outcome = spec.outcome === "change" ? "change from baseline" : "value";
  const missing =
    spec.missing === "complete-cases" ? "patients with a value" : "last observation after baseline carried forward";
  const visit = data.visits[columns.visitIndex]!.label;
  return `${fit.result.method}; ${outcome} in ${columns.endpoint.label} at ${visit}, ${missing}`;
}

function weightingOf(
  spec: AncovaSpec,
  columns: AncovaColumns,
  data: TrialData,
  rows: readonly number[],
): TwinVarianceWeights {
  const covariates = columns.covariates.flatMap((covariate) => covariateColumns(covariate, rows));
  const design = designColumns(
    covariates,
    Int32Array.from(rows, (row) => data.arm[row]!),
    data.armNames,
    spec.interaction,
  );
  return twinVarianceWeights(
    Float64Array.from(rows, (row) => columns.outcome[row]!),
    design,
    Float64Array.from(rows, (row) => columns.twinVariance![row]!),
  );
}

/** One weight a patient of the trial; NaN for those who are not analysed. */
function expandWeights(weights: Float64Array, rows: readonly number[], patients: number): Float64Array {
  const all = new Float64Array(patients).fill(Number.NaN);
  rows.forEach((row, i) => {
    all[row] = weights[i]!;
  });
  return all;
}

function weightingDiagnostics(weighting: TwinVarianceWeights | null): Diagnostic[] {
  if (weighting === null) return [];
  if (weighting.exponent === 0)
    return [
      diagnostic(
        "warning",
        "constant-twin-variance",
        "All twins are equally certain, so the weights are equal: the analysis is the one without weights.",
        "weights",
      ),
    ];
  const found: Diagnostic[] = [];
  if (weighting.exponent < 0)
    found.push(
      diagnostic(
        "warning",
        "twin-variance-reversed",
        `Patients with less certain twins vary less in this trial (exponent ${weighting.exponent.toFixed(2)}), so they count more. Check the twins, or use equal weights.`,
        "weights",
      ),
    );
  if (weighting.atBound)
    found.push(
      diagnostic(
        "warning",
        "twin-variance-exponent-at-bound",
        `The exponent of the twin variance is at the end of the range searched (${weighting.exponent.toFixed(1)}): a few patients dominate. Use equal weights.`,
        "weights",
      ),
    );
  return found;
}

function estimatorDiagnostics(spec: AncovaSpec, estimator: VarianceEstimator, patients: number): Diagnostic[] {
  if (spec.varianceEstimator === "automatic")
    return [
      diagnostic(
        "information",
        "variance-estimator-chosen",
        `${estimator} was chosen for ${patients} patients: HC3 below ${LARGE_TRIAL}, HC1 from there on.`,
        "varianceEstimator",
      ),
    ];
  if (patients < LARGE_TRIAL && (estimator === "HC0" || estimator === "HC1"))
    return [
      diagnostic(
        "warning",
        "variance-estimator-small-sample",
        `${estimator} is too small on average for ${patients} patients; HC3 is recommended below ${LARGE_TRIAL}.`,
        "varianceEstimator",
      ),
    ];
  if (estimator === "model" && spec.interaction === "none" && spec.weights === "equal") return [];
  if (estimator === "model" && spec.weights === "twin-variance")
    return [
      diagnostic(
        "warning",
        "weighted-model-variance",
        "The model-based variance is right only when the variance model of the weights is; a robust variance does not need that.",
        "varianceEstimator",
      ),
    ];
  return [];
}
