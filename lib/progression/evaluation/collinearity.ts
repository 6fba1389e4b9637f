import type { CrossValidated, TrainingProblem } from "../cross-validation.ts";
import { type ComparedPatients, crossFittedCorrelation } from "../gain.ts";
import type { GainAtVisit } from "../model-document.ts";
import type { PatientResamples } from "../patient-bootstrap.ts";
import type { Collinearity } from "./candidate-document.ts";

/**
 * Whether the score says more than an ANCOVA that holds all covariates itself: a score that is linear in covariates
 * already in the analysis adds nothing to it, however much it gains over baseline and strata alone.
 * METHODS.md, equation (P19).
 *
 * @param problem - Training patients.
 * @param predictions - Cross-validated.
 * @param compared - At this endpoint and visit.
 * @param gain - Out-of-fold figures there.
 * @param cell - e·V + v.
 * @param resamples - Of the table's patients.
 */
export function collinearityAtVisit(
  problem: TrainingProblem,
  predictions: CrossValidated,
  compared: ComparedPatients,
  gain: GainAtVisit,
  cell: number,
  resamples: PatientResamples,
): Collinearity {
  const cells = problem.table.endpoints.length * problem.table.visits.length;
  const beyond = Float64Array.from(compared.patients, (i) => predictions.scoreBeyondCovariates[i * cells + cell]!);
  const residual = compared.observed.map((value, i) => value - compared.allCovariateAncova[i]!);
  const correlation = crossFittedCorrelation(beyond, residual, compared.patients, resamples);
  const mean = compared.twin.reduce((sum, value) => sum + value, 0) / compared.twin.length;
  const spread = compared.twin.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const left = beyond.reduce((sum, value) => sum + value * value, 0);
  const explained = spread > 0 ? Math.max(0, 1 - left / spread) : 1;
  return {
    endpointId: gain.endpointId,
    visitId: gain.visitId,
    scoreExplainedByCovariates: explained,
    correlationBeyondCovariates: correlation,
    sentence: collinearitySentence(gain, explained, correlation),
  };
}

/** What the figures say; that the score adds is said only where its gain is claimed as well. */
export function collinearitySentence(
  gain: Pick<GainAtVisit, "gain" | "allCovariateAncovaGain" | "gainClaimed">,
  explained: number,
  correlation: Collinearity["correlationBeyondCovariates"],
): string {
  const share = `${(100 * explained).toFixed(0)} %`;
  const r = `${signed(correlation.value)} (95 % interval ${signed(correlation.lower)} to ${signed(correlation.upper)})`;
  const both = `Over ANCOVA on baseline value and strata the twin gains ${percent(gain.gain.value)}, an ANCOVA on all covariates ${percent(gain.allCovariateAncovaGain.value)}.`;
  if (correlation.lower > 0 && !gain.gainClaimed) {
    return `${both} A linear combination of the covariates reproduces ${share} of the score; what is left of it goes with the outcome (r = ${r}), but no gain over ANCOVA on baseline value and strata is demonstrated: nothing is claimed for the score beside an analysis that holds all covariates.`;
  }
  if (correlation.lower > 0) {
    return `${both} A linear combination of the covariates reproduces ${share} of the score; what is left of it still goes with the outcome (r = ${r}), so the score adds to an analysis that holds all covariates.`;
  }
  return `${both} A linear combination of the covariates reproduces ${share} of the score, and what is left of it does not demonstrably go with the outcome (r = ${r}): beside an analysis that holds all these covariates the score is collinear and adds nothing. Its use is to put them into one pre-specified covariate.`;
}

function percent(value: number): string {
  return `${signed(100 * value, 1)} %`;
}

/** Typographic minus, and no minus before a rounded zero. */
function signed(value: number, decimals = 2): string {
  const text = value.toFixed(decimals);
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text.replace("-", "−");
}
