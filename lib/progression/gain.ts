import type { SubjectTable } from "../data/subject-table.ts";
import type { IntervalEstimate } from "../trial/interval.ts";
import { outcomeType } from "../trial/outcome-type.ts";
import type { HeldOutPredictions } from "./cross-validation.ts";
import type { GainAtVisit } from "./model-document.ts";
import { bootstrapIntervals, type PatientResamples } from "./patient-bootstrap.ts";
import { BAND_WIDTH } from "./prediction-bands.ts";

/** Observed outcomes of one endpoint at one visit beside every method's held-out predictions, same patients throughout. */
export interface ComparedPatients {
  /** Positions in the table. */
  readonly patients: Int32Array;
  readonly observed: Float64Array;
  readonly baseline: Float64Array;
  readonly twin: Float64Array;
  readonly twinVariance: Float64Array;
  /** [patients × 3 × 2] limits of the 50, 80 and 95 % bands. */
  readonly twinBands: Float64Array;
  /** PIT and CRPS of the observed outcomes; those of a normal law when absent. */
  readonly twinPit?: Float64Array;
  readonly twinCrps?: Float64Array;
  /** Whether the outcome is a code or a count: its PIT is randomised, its bands are sets. */
  readonly discrete?: boolean;
  readonly baselineAncova: Float64Array;
  readonly allCovariateAncova: Float64Array;
  readonly meanChange: Float64Array;
  readonly lastValueCarriedForward: Float64Array;
  readonly scoreBeyondBaseline: Float64Array;
}

/**
 * Patients in whom all methods can be compared: outcome and the endpoint's own baseline value observed.
 *
 * @param table - Patients.
 * @param predictions - Held-out predictions of those patients.
 * @param cell - e·V + v.
 * @param among - Positions to consider; all when absent.
 */
export function comparedPatients(
  table: SubjectTable,
  predictions: HeldOutPredictions,
  cell: number,
  among?: ArrayLike<number>,
): ComparedPatients {
  const V = table.visits.length;
  const E = table.endpoints.length;
  const cells = E * V;
  const e = Math.floor(cell / V);
  const chosen: number[] = [];
  const total = among?.length ?? table.count;
  for (let k = 0; k < total; k++) {
    const i = among === undefined ? k : among[k]!;
    const usable =
      !Number.isNaN(table.outcomes[i * cells + cell]!) &&
      !Number.isNaN(table.baseline[i * E + e]!) &&
      Number.isFinite(predictions.baselineAncova[i * cells + cell]!) &&
      Number.isFinite(predictions.meanChange[i * cells + cell]!);
    if (usable) chosen.push(i);
  }
  const take = (from: Float64Array) => Float64Array.from(chosen, (i) => from[i * cells + cell]!);
  return {
    patients: Int32Array.from(chosen),
    observed: take(table.outcomes),
    baseline: Float64Array.from(chosen, (i) => table.baseline[i * E + e]!),
    twin: take(predictions.twin),
    twinVariance: take(predictions.twinVariance),
    twinBands: Float64Array.from(
      { length: chosen.length * BAND_WIDTH },
      (_, k) =>
        predictions.twinBands[(chosen[Math.floor(k / BAND_WIDTH)]! * cells + cell) * BAND_WIDTH + (k % BAND_WIDTH)]!,
    ),
    ...(predictions.twinPit === undefined ? {} : { twinPit: take(predictions.twinPit) }),
    ...(predictions.twinCrps === undefined ? {} : { twinCrps: take(predictions.twinCrps) }),
    discrete: outcomeType(table.endpoints[e]!) !== "continuous",
    baselineAncova: take(predictions.baselineAncova),
    allCovariateAncova: take(predictions.allCovariateAncova),
    meanChange: take(predictions.meanChange),
    lastValueCarriedForward: take(predictions.lastValueCarriedForward),
    scoreBeyondBaseline: take(predictions.scoreBeyondBaseline),
  };
}

/**
 * What the twin buys over ANCOVA on baseline value and strata, out of fold, with patient-bootstrap intervals.
 *
 * gain = 1 − SSE(twin)/SSE(ANCOVA), possibly negative; signed partial correlation of twin and outcome given baseline value
 * and strata, cross-fitted; R² of ANCOVA without and with the score for sizing. METHODS.md, equations (P10)–(P13).
 *
 * @param compared - From {@link comparedPatients}; at least 3 patients.
 * @param at - Endpoint and visit.
 * @param resamples - Of the table's patients.
 */
export function gainAtVisit(
  compared: ComparedPatients,
  at: { readonly endpointId: string; readonly visitId: string },
  resamples: PatientResamples,
): GainAtVisit {
  const n = compared.patients.length;
  const { observed, baselineAncova, scoreBeyondBaseline } = compared;
  const twin = squaredErrors(observed, compared.twin);
  const ancova = squaredErrors(observed, baselineAncova);
  const allCovariate = squaredErrors(observed, compared.allCovariateAncova);
  const score = scoreBeyondBaseline.map((value) => value * value);
  const product = scoreBeyondBaseline.map((value, i) => value * (observed[i]! - baselineAncova[i]!));
  const statistics = (weights: Float64Array, into: Float64Array): void => {
    const reference = weightedSum(weights, ancova);
    const correlation = uncentredCorrelation(weightedSum(weights, product), weightedSum(weights, score), reference);
    const unexplained = ratio(reference, weightedSpread(weights, observed));
    into[0] = 1 - ratio(weightedSum(weights, twin), reference);
    into[1] = correlation;
    into[2] = 1 - ratio(weightedSum(weights, allCovariate), reference);
    into[3] = 1 - unexplained;
    // A score that points the wrong way is no evidence that the trial's regression will gain from it.
    into[4] = 1 - unexplained * (1 - Math.max(0, correlation) ** 2);
  };
  const [gain, partialCorrelation, allCovariateAncovaGain, rSquaredAncova, rSquaredWithScore] = bootstrapIntervals(
    resamples,
    compared.patients,
    statistics,
    5,
  ) as [IntervalEstimate, IntervalEstimate, IntervalEstimate, IntervalEstimate, IntervalEstimate];
  return {
    endpointId: at.endpointId,
    visitId: at.visitId,
    patients: n,
    gain,
    partialCorrelation,
    allCovariateAncovaGain,
    rmse: {
      twin: rootMean(twin),
      baselineAncova: rootMean(ancova),
      allCovariateAncova: rootMean(allCovariate),
      meanChange: rootMean(squaredErrors(observed, compared.meanChange)),
      lastValueCarriedForward: rootMean(squaredErrors(observed, compared.lastValueCarriedForward)),
    },
    variance: {
      standardDeviation: Math.sqrt(weightedSpread(new Float64Array(n).fill(1), observed) / (n - 1)),
      rSquaredAncova,
      rSquaredWithScore,
    },
    gainClaimed: gain.lower > 0 && partialCorrelation.lower > 0,
  };
}

/**
 * Gain alone with its bootstrap interval, for subgroups and left-out studies.
 *
 * @param compared - At least 2 patients.
 * @param resamples - Of the table's patients.
 */
export function gainInterval(compared: ComparedPatients, resamples: PatientResamples): IntervalEstimate {
  const twin = squaredErrors(compared.observed, compared.twin);
  const ancova = squaredErrors(compared.observed, compared.baselineAncova);
  const statistics = (weights: Float64Array, into: Float64Array): void => {
    into[0] = 1 - ratio(weightedSum(weights, twin), weightedSum(weights, ancova));
  };
  return bootstrapIntervals(resamples, compared.patients, statistics, 1)[0]!;
}

/**
 * Signed partial correlation of twin and outcome alone with its bootstrap interval, as in {@link gainAtVisit}.
 *
 * @param compared - At least 3 patients.
 * @param resamples - Of the table's patients.
 */
export function partialCorrelationInterval(compared: ComparedPatients, resamples: PatientResamples): IntervalEstimate {
  const residual = compared.observed.map((value, i) => value - compared.baselineAncova[i]!);
  return crossFittedCorrelation(compared.scoreBeyondBaseline, residual, compared.patients, resamples);
}

/**
 * Gain of any predictions over ANCOVA on baseline value and strata, with its bootstrap interval and their root mean
 * squared error.
 *
 * @param compared - At least 2 patients.
 * @param predicted - [patients].
 * @param resamples - Of the table's patients.
 */
export function errorGainInterval(
  compared: ComparedPatients,
  predicted: Float64Array,
  resamples: PatientResamples,
): { gain: IntervalEstimate; rmse: number } {
  const gain = gainInterval({ ...compared, twin: predicted }, resamples);
  return { gain, rmse: rootMean(squaredErrors(compared.observed, predicted)) };
}

/**
 * Cross-fitted correlation of score and outcome beyond a regression that both are cleaned of, with its bootstrap interval.
 * METHODS.md, equation (P11).
 *
 * @param score - [patients] score minus its regression.
 * @param residual - [patients] outcome minus its regression, out of fold.
 * @param patients - Positions in the table.
 * @param resamples - Of the table's patients.
 */
export function crossFittedCorrelation(
  score: Float64Array,
  residual: Float64Array,
  patients: Int32Array,
  resamples: PatientResamples,
): IntervalEstimate {
  const product = score.map((value, i) => value * residual[i]!);
  const scores = score.map((value) => value * value);
  const residuals = residual.map((value) => value * value);
  const statistics = (weights: Float64Array, into: Float64Array): void => {
    into[0] = uncentredCorrelation(
      weightedSum(weights, product),
      weightedSum(weights, scores),
      weightedSum(weights, residuals),
    );
  };
  return bootstrapIntervals(resamples, patients, statistics, 1)[0]!;
}

/** Σ xy / √(Σ x² Σ y²): both sides have expectation 0 already; 0 when one of them is constant. */
function uncentredCorrelation(product: number, first: number, second: number): number {
  const scale = Math.sqrt(first * second);
  return scale > 0 ? Math.max(-1, Math.min(1, product / scale)) : 0;
}

function squaredErrors(observed: Float64Array, predicted: Float64Array): Float64Array {
  return observed.map((value, i) => (value - predicted[i]!) ** 2);
}

function weightedSum(weights: Float64Array, values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += weights[i]! * values[i]!;
  return sum;
}

/** Σ w (y − ȳ_w)². */
function weightedSpread(weights: Float64Array, values: Float64Array): number {
  let weight = 0;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    weight += weights[i]!;
    sum += weights[i]! * values[i]!;
  }
  const mean = sum / weight;
  let spread = 0;
  for (let i = 0; i < values.length; i++) spread += weights[i]! * (values[i]! - mean) ** 2;
  return spread;
}

/** A resample without any error of the reference has nothing to gain. */
function ratio(numerator: number, denominator: number): number {
  return denominator > 0 ? numerator / denominator : 1;
}

function rootMean(squares: Float64Array): number {
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}
