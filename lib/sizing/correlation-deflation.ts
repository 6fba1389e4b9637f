import type { FrozenModel, GainAtVisit } from "../progression/model-document.ts";
import type { Sourced } from "./sizing-document.ts";

/** What a single study cannot show about another one is met by the usual mild discount. */
const UNSEEN_STUDY = 0.9;
/** No history, however bad, makes a covariate worth less than half of its correlation by this rule. */
const SMALLEST = 0.5;
/** Normal quantiles of the two-sided 95 % interval that was measured, and of the one-sided 80 % limit that is planned with. */
const TWO_SIDED_95 = 1.959963984540054;
const ONE_SIDED_80 = 0.8416212335729143;

/**
 * Deflation λ of the correlations that enter the size, from what the history shows. METHODS.md, equation (S13).
 *
 * λ = λ_sampling × λ_transport: the one-sided 80 % limit of √R² with score over its estimate, and what is left of √R² when
 * each study is predicted by the others (0.9 with one study, which cannot show it).
 *
 * @param model - Frozen model with its evaluation.
 * @param gain - Its figures at the endpoint and visit of the trial.
 * @returns λ to two decimals, rounded down, in [0.5, 1]; the usual 0.9 where no correlation was found.
 */
export function correlationDeflation(model: FrozenModel, gain: GainAtVisit): Sourced<number> {
  const { rSquaredWithScore: r, rSquaredAncova } = gain.variance;
  if (!(r.value > 0)) {
    return { value: UNSEEN_STUDY, source: "default", note: "covariates may predict less well in the trial" };
  }
  const sampling = lowerShare(Math.sqrt(r.value), Math.sqrt(Math.max(0, r.lower)));
  const elsewhere = leftOutCorrelation(model, gain);
  const transport = elsewhere === null ? UNSEEN_STUDY : transported(gain, rSquaredAncova.value, elsewhere);
  const value = Math.max(SMALLEST, Math.floor(100 * sampling * transport + 1e-9) / 100);
  const note = `80 % lower limit of the correlation ${sampling.toFixed(2)} of its estimate; ${
    elsewhere === null
      ? `${UNSEEN_STUDY} for a study not seen (one study in the history)`
      : `${transport.toFixed(2)} left in studies predicted by the others`
  }`;
  return { value, source: "derived", note };
}

/** Limit over estimate, the limit moved from 97.5 % to 80 % one-sided confidence on Fisher's scale. */
function lowerShare(estimate: number, lower: number): number {
  const z = Math.atanh(Math.min(estimate, 1 - 1e-12));
  const distance = z - Math.atanh(Math.min(lower, 1 - 1e-12));
  const limit = Math.tanh(Math.max(0, z - (ONE_SIDED_80 / TWO_SIDED_95) * distance));
  return Math.min(1, limit / estimate);
}

/** Mean partial correlation of the studies left out, weighted by their patients; null with fewer than two. */
function leftOutCorrelation(model: FrozenModel, at: GainAtVisit): number | null {
  const rows = model.evaluation.leaveOneStudyOut.filter(
    (row) => row.endpointId === at.endpointId && row.visitId === at.visitId && row.partialCorrelation !== undefined,
  );
  if (rows.length < 2) return null;
  const patients = rows.reduce((sum, row) => sum + row.patients, 0);
  return rows.reduce((sum, row) => sum + row.patients * (row.partialCorrelation?.value ?? 0), 0) / patients;
}

/** √R² with the correlation of the studies left out, over √R² as measured; at most 1. */
function transported(gain: GainAtVisit, rSquaredAncova: number, correlation: number): number {
  const ancova = Math.max(0, rSquaredAncova);
  const there = 1 - (1 - ancova) * (1 - Math.max(0, correlation) ** 2);
  return Math.min(1, Math.sqrt(there / gain.variance.rSquaredWithScore.value));
}
