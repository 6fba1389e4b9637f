import type { SubjectTable } from "../../data/subject-table.ts";
import { normalQuantile } from "../../numerics/normal.ts";
import type { Rng } from "../../numerics/rng.ts";
import { baselineAncova } from "../comparators/baseline-ancova.ts";
import type { TrainingProblem } from "../cross-validation.ts";
import { forecastScores } from "../forecast-scores.ts";
import { BAND_LEVELS } from "../gaussian-joint/band-calibration.ts";
import type { MemberModel, PatientHistory } from "../member.ts";
import type { MemberId, MemberParameters } from "../member-parameters.ts";
import { memberOf } from "../members.ts";
import { pitUniforms } from "../pit-uniforms.ts";
import { BAND_WIDTH, symmetricBands } from "../prediction-bands.ts";
import { memberSettings, type TrainedPredictor } from "../train-predictor.ts";
import { histories } from "../training-set.ts";
import { type CalibratedForecast, gaussianTwinPredictor, type TwinPredictor } from "../twin-predictor.ts";
import {
  addCorrelationSums,
  addPatientCorrelation,
  type CorrelationSums,
  correlationSums,
} from "./correlation-sums.ts";
import { energyScores } from "./energy-score.ts";
import { addRows, scoreBeyond, scoresOf } from "./score-beyond.ts";

export type CandidateId = MemberId | "stack" | "by-outcome";

/** What one member, or the stack, predicts for patients it has not seen; arrays [n × E·V] where nothing else is said. */
export interface CandidatePredictions {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  /** [n × E·V × 3]. */
  readonly bands: Float64Array;
  readonly pit: Float64Array;
  readonly crps: Float64Array;
  readonly scoreBeyondBaseline: Float64Array;
  /** One trajectory drawn per patient, of the first repetition. */
  readonly draw: Float64Array;
  /** [n × E] energy score of an endpoint's observed visits. */
  readonly energy: Float64Array;
  readonly correlation: CorrelationSums;
  /** Patients predicted, repetitions counted; fewer than expected when the member could not be trained in some fold. */
  readonly predicted: { count: number };
}

export type Candidates = Map<CandidateId, CandidatePredictions>;

export function emptyCandidates(): Candidates {
  return new Map();
}

interface Candidate {
  readonly id: CandidateId;
  readonly model: MemberModel;
  readonly forecast: (history: PatientHistory) => CalibratedForecast;
}

/**
 * Predictions of held-out patients by every member trained on the others, and by the stack.
 *
 * @param problem - As for training.
 * @param trained - What was trained on the training patients.
 * @param training - Training patients.
 * @param heldOut - Patients to predict.
 * @param rng - For drawn trajectories: the same numbers for every candidate, so that differences between them are not chance.
 */
export function predictCandidates(
  problem: TrainingProblem,
  trained: TrainedPredictor,
  training: SubjectTable,
  heldOut: SubjectTable,
  rng: Rng,
): Candidates {
  const { features } = trained.training;
  const found: Candidates = emptyCandidates();
  for (const candidate of candidatesOf(problem, trained, rng)) {
    const historyOf = histories(heldOut, features, problem.covariates);
    const scores = scoresOf(candidate.model, histories(training, features, problem.covariates), training.count);
    found.set(candidate.id, predictOne(candidate, problem, scores, historyOf, training, heldOut, rng.fork("patients")));
  }
  return found;
}

function candidatesOf(problem: TrainingProblem, trained: TrainedPredictor, rng: Rng): Candidate[] {
  if (trained.byOutcome !== null) {
    return [
      nullCandidate(problem, trained, rng),
      whole(trained.byOutcome.continuous === null ? "discrete-transition" : "by-outcome", trained.predictor),
    ];
  }
  if (trained.stack !== null) {
    return [...trained.stack.members.map(memberCandidate), whole("stack", trained.predictor)];
  }
  return [nullCandidate(problem, trained, rng), whole("gaussian-joint", trained.predictor)];
}

function nullCandidate(problem: TrainingProblem, trained: TrainedPredictor, rng: Rng): Candidate {
  const nothing = memberOf("baseline-ancova");
  return memberCandidate(nothing.train(trained.training, memberSettings(problem), rng.fork("null"), () => {}));
}

function memberCandidate(parameters: MemberParameters): Candidate {
  if (parameters.kind === "gaussian-joint") return whole(parameters.kind, gaussianTwinPredictor(parameters));
  const model = memberOf(parameters.kind).open(parameters);
  return { id: parameters.kind, model, forecast: (history) => normalForecast(model, history) };
}

function whole(id: CandidateId, predictor: TwinPredictor): Candidate {
  return { id, model: predictor.model, forecast: (history) => predictor.forecast(history) };
}

const NORMAL_MULTIPLIERS = BAND_LEVELS.map((level) => normalQuantile(0.5 + level / 2));

/** A member alone has no conformal bands; its bands are those of a normal law with its own SD. */
function normalForecast(model: MemberModel, history: PatientHistory): CalibratedForecast {
  const { mean, covariance } = model.predict(history);
  const cells = model.outcomeCount;
  const deviation = Float64Array.from({ length: cells }, (_, cell) => Math.sqrt(covariance[cell * cells + cell]!));
  const halfWidths = Float64Array.from(
    { length: cells * BAND_LEVELS.length },
    (_, k) => NORMAL_MULTIPLIERS[k % BAND_LEVELS.length]! * deviation[Math.floor(k / BAND_LEVELS.length)]!,
  );
  return { mean, deviation, bands: symmetricBands(mean, halfWidths) };
}

function predictOne(
  candidate: Candidate,
  problem: TrainingProblem,
  trainingScores: Float64Array,
  historyOf: (patient: number) => PatientHistory,
  training: SubjectTable,
  heldOut: SubjectTable,
  rng: Rng,
): CandidatePredictions {
  const { model } = candidate;
  const cells = model.outcomeCount;
  const mean = new Float64Array(heldOut.outcomes.length);
  const variance = new Float64Array(mean.length);
  const bands = new Float64Array(mean.length * BAND_WIDTH);
  const pit = new Float64Array(mean.length).fill(Number.NaN);
  const crps = new Float64Array(mean.length).fill(Number.NaN);
  const draw = new Float64Array(mean.length);
  const energy = new Float64Array(heldOut.count * heldOut.endpoints.length);
  const correlation = correlationSums(cells);
  const scoreEnergy = energyScores(problem.table);
  for (let i = 0; i < heldOut.count; i++) {
    const history = historyOf(i);
    const forecast = candidate.forecast(history);
    const { covariance } = model.predict(history);
    mean.set(forecast.mean, i * cells);
    variance.set(
      forecast.deviation.map((sd) => sd * sd),
      i * cells,
    );
    bands.set(forecast.bands, i * cells * BAND_WIDTH);
    const observed = heldOut.outcomes.subarray(i * cells, (i + 1) * cells);
    const uniforms = pitUniforms(heldOut, i);
    for (let cell = 0; cell < cells; cell++) {
      if (Number.isNaN(observed[cell]!)) continue;
      const law = forecast.laws?.[cell];
      const scores = forecastScores(
        forecast.mean[cell]!,
        forecast.deviation[cell]!,
        law,
        observed[cell]!,
        uniforms[cell]!,
      );
      pit[i * cells + cell] = scores.pit;
      crps[i * cells + cell] = scores.crps;
    }
    addPatientCorrelation(correlation, forecast.mean, covariance, observed);
    const first = scoreEnergy(model, history, observed, rng.fork(i), energy, i);
    draw.set(first, i * cells);
  }
  const scoreBeyondBaseline = scoreBeyond(mean, trainingScores, baselineAncova(problem.strata), training, heldOut);
  return {
    mean,
    variance,
    bands,
    pit,
    crps,
    scoreBeyondBaseline,
    draw,
    energy,
    correlation,
    predicted: { count: heldOut.count },
  };
}

/**
 * Puts one fold's predictions at their patients' places.
 *
 * @param from - Of the held-out patients.
 * @param rows - Their positions.
 * @param table - All patients.
 * @param into - Of all patients; changed.
 * @param repetition - Which one; draws and correlations are those of the first.
 */
export function addCandidates(
  from: Candidates,
  rows: Int32Array,
  table: SubjectTable,
  into: Candidates,
  repetition: { readonly repeat: number; readonly repeats: number },
): void {
  for (const [id, own] of from) {
    const total = into.get(id) ?? emptyCandidate(table);
    into.set(id, total);
    const weight = 1 / repetition.repeats;
    addRows(own.mean, rows, total.mean, weight);
    addRows(own.variance, rows, total.variance, weight);
    addRows(own.bands, rows, total.bands, weight);
    addRows(own.pit, rows, total.pit, weight);
    addRows(own.crps, rows, total.crps, weight);
    addRows(own.scoreBeyondBaseline, rows, total.scoreBeyondBaseline, weight);
    addRows(own.energy, rows, total.energy, weight);
    total.predicted.count += rows.length;
    if (repetition.repeat > 0) continue;
    addRows(own.draw, rows, total.draw, 1);
    addCorrelationSums(own.correlation, total.correlation);
  }
}

function emptyCandidate(table: SubjectTable): CandidatePredictions {
  const length = table.outcomes.length;
  return {
    mean: new Float64Array(length),
    variance: new Float64Array(length),
    bands: new Float64Array(length * BAND_WIDTH),
    pit: new Float64Array(length),
    crps: new Float64Array(length),
    scoreBeyondBaseline: new Float64Array(length),
    draw: new Float64Array(length),
    energy: new Float64Array(table.count * table.endpoints.length),
    correlation: correlationSums(table.endpoints.length * table.visits.length),
    predicted: { count: 0 },
  };
}
