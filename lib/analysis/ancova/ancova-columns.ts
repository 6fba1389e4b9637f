import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { DomainError } from "../../errors/domain-error.ts";
import { covariateColumnName } from "../analysis-table.ts";
import type { Covariate } from "../covariate.ts";
import { completeRows } from "../model-design.ts";
import { trialCovariates, trialEndpoint, trialScore, trialVisitIndex, valuesAtVisit } from "../trial-columns.ts";
import type { TrialData, TrialEndpoint } from "../trial-data.ts";
import type { AncovaSpec } from "./ancova-spec.ts";

/** Columns of one analysis of covariance, one entry a patient of the trial. */
export interface AncovaColumns {
  readonly endpoint: TrialEndpoint;
  readonly visitIndex: number;
  /** As analysed: change or value; NaN when missing. */
  readonly outcome: Float64Array;
  /** In the order of the model: baseline, named covariates, score. */
  readonly covariates: readonly Covariate[];
  /** Covariates of the trial among them, as named in the trial. */
  readonly trialCovariates: readonly Covariate[];
  /** Whether the score is in the model; a constant one is not. */
  readonly withScore: boolean;
  /** Predictive variance of the twin; null with equal weights. */
  readonly twinVariance: Float64Array | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Name of the column of the prognostic score in the model. */
export const SCORE_NAME = "score";
const BASELINE_NAME = "baseline";

/** Range of a score, relative to its size, below which it is the same for all. */
const CONSTANT = 1e-12;

/** Columns that a specification names (METHODS.md eq. (A17)). */
export function ancovaColumns(spec: AncovaSpec, data: TrialData): AncovaColumns {
  const endpoint = trialEndpoint(data, spec.endpoint);
  const visitIndex = trialVisitIndex(data, spec.visit);
  const named = trialCovariates(data, spec.covariates);
  const diagnostics: Diagnostic[] = [];
  const { values, carried } = outcomeValues(spec, data, endpoint, visitIndex);
  if (spec.missing === "last-observation-carried-forward")
    diagnostics.push(
      diagnostic(
        "warning",
        "carried-forward",
        `${carried} patients enter with a value from an earlier visit. That assumes that nothing changes afterwards and treats the carried value as observed.`,
        spec.visit,
      ),
    );
  const change = spec.outcome === "change";
  const outcome = values.map((value, patient) => (change ? value - endpoint.baseline[patient]! : value));
  const covariates = named.map((covariate): Covariate => ({ ...covariate, name: covariateColumnName(covariate.name) }));
  if (spec.baseline) covariates.unshift({ kind: "numeric", name: BASELINE_NAME, values: endpoint.baseline });

  if (!spec.score && spec.weights === "equal")
    return {
      endpoint,
      visitIndex,
      outcome,
      covariates,
      trialCovariates: named,
      withScore: false,
      twinVariance: null,
      diagnostics,
    };

  const score = trialScore(data, endpoint.id, spec.visit, spec.score ? "score" : "weights");
  const without = completeRows(covariates, outcome.length).filter((row) => Number.isFinite(outcome[row]!));
  const analysed = without.filter((row) => Number.isFinite(score.mean[row]!));
  if (analysed.length === 0) throw noTwins(spec);
  const constant = spec.score && isConstant(score.mean, analysed);
  if (constant)
    diagnostics.push(
      diagnostic(
        "warning",
        "constant-score",
        "The prognostic score is the same for every patient, so it was left out: the analysis is the one without a score.",
        "score",
      ),
    );
  const usesTwins = (spec.score && !constant) || spec.weights === "twin-variance";
  if (usesTwins && analysed.length < without.length)
    diagnostics.push(
      diagnostic(
        "warning",
        "patients-without-twin",
        `${without.length - analysed.length} patients with complete data have no twin and were left out.`,
        "score",
      ),
    );
  if (spec.score && !constant)
    covariates.push({
      kind: "numeric",
      name: SCORE_NAME,
      values: score.mean.map((mean, patient) => (change ? mean - endpoint.baseline[patient]! : mean)),
    });
  return {
    endpoint,
    visitIndex,
    // A patient without a twin has no weight and cannot enter a weighted analysis.
    outcome:
      spec.weights === "equal" ? outcome : outcome.map((y, row) => (Number.isFinite(score.variance[row]!) ? y : NaN)),
    covariates,
    trialCovariates: named,
    withScore: spec.score && !constant,
    twinVariance: spec.weights === "equal" ? null : score.variance,
    diagnostics,
  };
}

/** Value at the visit, or the last one after baseline up to it; counts patients whose value is of an earlier visit. */
function outcomeValues(spec: AncovaSpec, data: TrialData, endpoint: TrialEndpoint, visitIndex: number) {
  const values = valuesAtVisit(data, endpoint, visitIndex);
  let carried = 0;
  if (spec.missing === "last-observation-carried-forward") {
    const width = data.visits.length;
    const earlier = data.visits
      .map((visit, index) => ({ index, day: visit.day }))
      .filter(({ index, day }) => index !== visitIndex && day <= data.visits[visitIndex]!.day && day > 0)
      .sort((a, b) => b.day - a.day);
    for (let patient = 0; patient < values.length; patient++) {
      if (Number.isFinite(values[patient]!)) continue;
      const last = earlier.find(({ index }) => Number.isFinite(endpoint.values[patient * width + index]!));
      if (last === undefined) continue;
      values[patient] = endpoint.values[patient * width + last.index]!;
      carried++;
    }
  }
  return { values, carried };
}

function isConstant(values: Float64Array, rows: readonly number[]): boolean {
  let lowest = Infinity;
  let highest = -Infinity;
  for (const row of rows) {
    lowest = Math.min(lowest, values[row]!);
    highest = Math.max(highest, values[row]!);
  }
  return highest - lowest <= CONSTANT * Math.max(Math.abs(lowest), Math.abs(highest));
}

function noTwins(spec: AncovaSpec): DomainError {
  return new DomainError("INSUFFICIENT_DATA", {
    argument: spec.score ? "score" : "weights",
    received: 0,
    requirement: "needs at least one patient with complete data and a twin",
    hint: "Generate the twins of this trial, or analyse without the score.",
  });
}
