import { concordance } from "../../analysis/survival/concordance.ts";
import { selectSubjects } from "../../data/subject-table.ts";
import type { Rng } from "../../numerics/rng.ts";
import type { MemberModel, MemberTraining, PatientHistory } from "../member.ts";
import { assignFolds, foldMembers } from "../patient-folds.ts";
import type { EventCalibration } from "./event-document.ts";
import { openEventModel } from "./event-model.ts";
import { type EventKind, eventLabel } from "./event-parameters.ts";
import { riskSet } from "./risk-set.ts";
import { baselineValues, type EventTrainingOptions, trainEventModel } from "./train-event-model.ts";

export interface EventCalibrationRequest {
  readonly training: MemberTraining;
  readonly kinds: readonly EventKind[];
  readonly options: EventTrainingOptions;
  readonly folds: number;
  /** Course model learnt from the given patients, for chances from baseline; without it the baseline values are carried forward. */
  readonly trainCourse?: (training: MemberTraining) => MemberModel;
}

/**
 * Observed against expected events by visit, and discrimination, out of fold. Expected numbers use the history seen before each
 * interval; discrimination uses baseline only. METHODS.md, equation (EV7).
 *
 * @throws DomainError as {@link trainEventModel} when a fold's other patients have too few events.
 */
export function calibrateEvents(request: EventCalibrationRequest, rng: Rng): EventCalibration {
  const { training, kinds, options, folds } = request;
  const { table } = training;
  const V = table.visits.length;
  const K = kinds.length;
  const risk = riskSet(table, baselineValues(training), kinds, options.followUpEnds);
  const fold = assignFolds(table.count, Math.min(folds, table.count), rng.fork("calibration"));
  const expected = new Float64Array(K * V);
  const variance = new Float64Array(K * V);
  const observed = new Float64Array(K * V);
  const atRisk = new Float64Array(V);
  const score = new Float64Array(table.count * K);
  const used = fold.reduce((largest, k) => Math.max(largest, k), 0) + 1;
  for (let k = 0; k < used; k++) {
    const inside = foldMembers(fold, k, false);
    const others = selectTraining(training, inside);
    const ends = options.followUpEnds;
    const followUpEnds = ends === null ? null : Float64Array.from(inside, (i) => ends[i]!);
    const model = openEventModel(trainEventModel(others, kinds, { followUpEnds }, rng.fork(k)));
    const course = request.trainCourse?.(others);
    for (let r = 0; r < risk.count; r++) {
      const i = risk.patient[r]!;
      if (fold[i] !== k) continue;
      const v = risk.interval[r]!;
      atRisk[v]!++;
      const chances = model.hazard(historyBefore(training, i, v), v);
      for (let m = 0; m < K; m++) {
        expected[m * V + v]! += chances[m]!;
        variance[m * V + v]! += chances[m]! * (1 - chances[m]!);
        if (risk.outcome[r] === m) observed[m * V + v]!++;
      }
    }
    for (let i = 0; i < table.count; i++) {
      if (fold[i] !== k) continue;
      const start = historyBefore(training, i, 0);
      const { cumulativeIncidence } = model.eventFreeProbabilities(course ?? nothingKnown(start), start);
      for (let m = 0; m < K; m++) score[i * K + m] = cumulativeIncidence[m * V + V - 1]!;
    }
  }
  const rows = kinds.flatMap((kind, m) =>
    table.visits.map((visit, v) => ({
      kind: eventLabel(kind),
      visitId: visit.id,
      atRisk: atRisk[v]!,
      observed: observed[m * V + v]!,
      expected: expected[m * V + v]!,
      standardDeviation: Math.sqrt(variance[m * V + v]!),
    })),
  );
  return { rows, concordance: kinds.flatMap((kind, m) => discrimination(training, risk, score, kind, m, K)) };
}

/** Patients with the given positions, for training. */
function selectTraining(training: MemberTraining, positions: Int32Array): MemberTraining {
  const Q = training.features.length;
  const featureValues = new Float64Array(positions.length * Q);
  positions.forEach((i, at) => {
    featureValues.set(training.featureValues.subarray(i * Q, (i + 1) * Q), at * Q);
  });
  const weights = Float64Array.from(positions, (i) => training.weights[i]!);
  return { ...training, table: selectSubjects(training.table, positions), featureValues, weights };
}

/** What was seen of a patient before the start of interval v. */
function historyBefore({ table, features, featureValues }: MemberTraining, i: number, v: number): PatientHistory {
  const Q = features.length;
  const V = table.visits.length;
  const cells = table.endpoints.length * V;
  const observed = new Float64Array(cells).fill(Number.NaN);
  const days = Float64Array.from(observed, (_, j) => table.visits[j % V]!.targetDay);
  for (let j = 0; j < cells; j++) {
    if (j % V >= v || Number.isNaN(table.outcomes[i * cells + j]!)) continue;
    observed[j] = table.outcomes[i * cells + j]!;
    days[j] = table.days[i * cells + j]!;
  }
  return { features: featureValues.subarray(i * Q, (i + 1) * Q), observed, days };
}

/** A course of which nothing after baseline is known, so that the last known value is carried forward. */
function nothingKnown(history: PatientHistory): MemberModel {
  const cells = history.observed.length;
  return {
    kind: "last-value",
    featureCount: history.features.length,
    outcomeCount: cells,
    predict: ({ observed }) => ({
      mean: observed,
      covariance: new Float64Array(cells * cells),
      numericalError: 0,
    }),
    predictMean: ({ observed }) => observed,
    drawTrajectories: (_history, count, _rng, into) => {
      into.fill(Number.NaN, 0, count * cells);
    },
  };
}

function discrimination(
  { table }: MemberTraining,
  risk: ReturnType<typeof riskSet>,
  score: Float64Array,
  kind: EventKind,
  m: number,
  K: number,
): EventCalibration["concordance"] {
  const horizon = table.visits.at(-1)!.targetDay;
  const patients = [...new Set(risk.patient)];
  const time = Float64Array.from(patients, (i) => {
    const end = risk.endDay[i]!;
    return Math.min(horizon, Number.isNaN(end) ? table.lastDays[i]! : end);
  });
  const event = Uint8Array.from(patients, (i) => (risk.endKind[i] === m ? 1 : 0));
  const own = Float64Array.from(patients, (i) => score[i * K + m]!);
  const { concordance: estimate, standardError, concordant, discordant, tied } = concordance({ time, event }, own);
  return concordant + discordant + tied > 0 ? [{ kind: eventLabel(kind), estimate, standardError }] : [];
}
