import type { z } from "zod";
import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import type { Rng } from "../numerics/rng.ts";
import {
  type CrossValidated,
  type HeldOutPredictions,
  predictHeldOut,
  type TrainingProblem,
} from "./cross-validation.ts";
import type { CandidateId } from "./evaluation/candidate-predictions.ts";
import { comparedPatients, gainInterval, partialCorrelationInterval } from "./gain.ts";
import { meanInterval } from "./mean-interval.ts";
import type { leaveOneStudyOutSchema } from "./model-document.ts";
import type { PatientResamples } from "./patient-bootstrap.ts";

export type LeaveOneStudyOut = z.infer<typeof leaveOneStudyOutSchema>;

/** A study with fewer compared patients at a visit gives no row there. */
const MINIMUM_STUDY = 10;

/** Leave-one-study-out rows of the twin, and of every member and the stack. */
export interface LeftOutStudies {
  readonly twin: readonly LeaveOneStudyOut[];
  readonly candidates: ReadonlyMap<CandidateId, readonly LeaveOneStudyOut[]>;
}

/** What models trained on the other studies predict for the patients of one. Plain data: it may come from another thread. */
export interface StudyPredictions {
  readonly study: string;
  readonly predictions: CrossValidated;
}

/**
 * Trains everything on the other studies and predicts the patients of one: the nearest thing to a new trial that history
 * offers.
 *
 * @param problem - Patients of at least two studies.
 * @param study - One of {@link usableStudies}.
 * @param rng - Of all studies; forked by study.
 * @param onProgress - Fraction done; may throw to cancel.
 */
export function predictStudy(
  problem: TrainingProblem,
  study: string,
  rng: Rng,
  onProgress: (fraction: number) => void,
): StudyPredictions {
  const others = studyPositions(problem, study, false);
  const own = studyPositions(problem, study, true);
  return { study, predictions: predictHeldOut(problem, others, own, rng.fork(study), onProgress) };
}

function studyPositions({ table }: TrainingProblem, study: string, inside: boolean): Int32Array {
  return Int32Array.from(table.studies.flatMap((name, i) => ((name === study) === inside ? [i] : [])));
}

/**
 * Performance in each study by models trained on the other studies only.
 *
 * @param problem - Patients of all studies.
 * @param parts - Of every usable study, in order; empty with one study.
 * @param resamples - Of the table's patients.
 */
export function leftOutStudies(
  problem: TrainingProblem,
  parts: readonly StudyPredictions[],
  resamples: PatientResamples,
): LeftOutStudies {
  const { table } = problem;
  const twin: LeaveOneStudyOut[] = [];
  const candidates = new Map<CandidateId, LeaveOneStudyOut[]>();
  for (const { study, predictions: heldOut } of parts) {
    const members = studyPositions(problem, study, true);
    const predictions = spread(heldOut, members, table.count);
    twin.push(...studyRows(problem, study, predictions, members, resamples));
    for (const [id, own] of heldOut.candidates) {
      const as = { ...heldOut, twin: own.mean, scoreBeyondBaseline: own.scoreBeyondBaseline };
      const rows = studyRows(problem, study, spread(as, members, table.count), members, resamples);
      candidates.set(id, [...(candidates.get(id) ?? []), ...rows]);
    }
  }
  return { twin, candidates };
}

function studyRows(
  problem: TrainingProblem,
  study: string,
  predictions: HeldOutPredictions,
  members: Int32Array,
  resamples: PatientResamples,
): LeaveOneStudyOut[] {
  const { table } = problem;
  return table.endpoints.flatMap((endpoint, e) =>
    table.visits.flatMap((visit, v): LeaveOneStudyOut[] => {
      const compared = comparedPatients(table, predictions, e * table.visits.length + v, members);
      if (compared.patients.length < MINIMUM_STUDY) return [];
      const meanError = meanInterval(compared.observed.map((value, i) => value - compared.twin[i]!));
      if (meanError === null) return [];
      return [
        {
          endpointId: endpoint.id,
          visitId: visit.id,
          study,
          patients: compared.patients.length,
          gain: gainInterval(compared, resamples),
          meanError,
          partialCorrelation: partialCorrelationInterval(compared, resamples),
        },
      ];
    }),
  );
}

/**
 * Studies that can be left out, in order of first appearance.
 *
 * @param problem - Patients.
 * @param minimumTraining - Fewest patients the other studies must have; each outcome must be seen in ten of them.
 */
export function usableStudies(problem: TrainingProblem, minimumTraining: number): string[] {
  const { table } = problem;
  const names = [...new Set(table.studies)];
  if (names.length < 2) return [];
  const cells = table.endpoints.length * table.visits.length;
  return names.filter((study) => {
    const others: number[] = [];
    table.studies.forEach((name, i) => {
      if (name !== study) others.push(i);
    });
    if (others.length < minimumTraining) return false;
    for (let cell = 0; cell < cells; cell++) {
      const seen = others.filter((i) => !Number.isNaN(table.outcomes[i * cells + cell]!)).length;
      if (seen < MINIMUM_STUDY) return false;
    }
    return true;
  });
}

/**
 * Studies that were not left out, or whose patients are too few to be compared at any visit, with the reason; nothing with one study.
 *
 * @param problem - Patients.
 * @param parts - Of every usable study.
 * @param rows - What leaving them out gave.
 */
export function studiesNotLeftOut(
  { table }: TrainingProblem,
  parts: readonly StudyPredictions[],
  rows: readonly LeaveOneStudyOut[],
): Diagnostic[] {
  const studies = [...new Set(table.studies)];
  if (studies.length < 2) return [];
  return studies.flatMap((study) => {
    if (rows.some((row) => row.study === study)) return [];
    const own = table.studies.filter((name) => name === study).length;
    const why = parts.some((part) => part.study === study)
      ? `fewer than ${MINIMUM_STUDY} of its ${own} control patients have an outcome to compare at any visit`
      : `the other studies have too few control patients to learn from (${table.count - own}, or fewer than ${MINIMUM_STUDY} with some outcome)`;
    return [
      diagnostic(
        "warning",
        "study-not-left-out",
        `There are no figures for patients of study ${study} by a model trained on the other studies: ${why}. How well the twins carry over to another study is not shown there.`,
        study,
      ),
    ];
  });
}

/** Held-out rows put back at their patients' positions; NaN for everybody else. */
function spread(heldOut: HeldOutPredictions, members: Int32Array, count: number): HeldOutPredictions {
  const place = (from: Float64Array): Float64Array => {
    const width = from.length / members.length;
    const into = new Float64Array(count * width).fill(Number.NaN);
    members.forEach((row, k) => {
      into.set(from.subarray(k * width, (k + 1) * width), row * width);
    });
    return into;
  };
  return {
    twin: place(heldOut.twin),
    twinVariance: place(heldOut.twinVariance),
    twinBands: place(heldOut.twinBands),
    baselineAncova: place(heldOut.baselineAncova),
    allCovariateAncova: place(heldOut.allCovariateAncova),
    meanChange: place(heldOut.meanChange),
    lastValueCarriedForward: place(heldOut.lastValueCarriedForward),
    scoreBeyondBaseline: place(heldOut.scoreBeyondBaseline),
  };
}
