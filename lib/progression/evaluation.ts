import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import type { Rng } from "../numerics/rng.ts";
import { calibrationAtVisit } from "./calibration.ts";
import { coverageAtVisit } from "./coverage.ts";
import { type CrossValidated, type FoldPredictions, gatherFolds, type TrainingProblem } from "./cross-validation.ts";
import { candidateName, evaluateCandidates } from "./evaluation/candidate-evaluation.ts";
import type { CandidateId } from "./evaluation/candidate-predictions.ts";
import { collinearityAtVisit } from "./evaluation/collinearity.ts";
import { driftAcrossStudies } from "./evaluation/drift.ts";
import { runInEvaluation } from "./evaluation/run-in-evaluation.ts";
import { type SeedPredictions, seedSpread } from "./evaluation/seed-spread.ts";
import { comparedPatients, gainAtVisit } from "./gain.ts";
import { leakageDiagnostics } from "./leakage.ts";
import { leftOutStudies, type StudyPredictions } from "./leave-one-study-out.ts";
import type { Evaluation, TrainingSpec } from "./model-document.ts";
import { type PatientResamples, resamplePatients } from "./patient-bootstrap.ts";
import { subgroupGains } from "./subgroups.ts";
import { verdictAtVisit } from "./verdict.ts";

/** Fewer compared patients than this give no figures for an endpoint and visit. */
const MINIMUM_COMPARED = 10;

/** Held-out predictions that an evaluation rests on. */
export interface EvaluationParts {
  /** Of every fold, in order. */
  readonly folds: readonly FoldPredictions[];
  /** Of every study that can be left out, in order. */
  readonly studies: readonly StudyPredictions[];
  /** Of every training that differs by its seed only. */
  readonly seeds: readonly SeedPredictions[];
}

/**
 * Everything that is said about a model's performance, from patients that the predicting model had not seen.
 *
 * @param problem - Training patients.
 * @param primaryCell - e·V + v of the primary endpoint; subgroups are shown for its visits.
 * @param training - Folds, repeats, bootstrap replicates, seed.
 * @param parts - Predictions of held-out patients.
 * @param rng - Forked by part, so that parts do not influence one another.
 * @returns Evaluation, caveats, and the out-of-fold predictions it rests on.
 */
export function evaluateProgression(
  problem: TrainingProblem,
  primaryCell: number,
  training: TrainingSpec,
  parts: EvaluationParts,
  rng: Rng,
): { evaluation: Evaluation; diagnostics: Diagnostic[]; predictions: CrossValidated } {
  const { folds, repeats, bootstrapReplicates } = training;
  const { table } = problem;
  const resamples = resamplePatients(table.count, bootstrapReplicates, rng.fork("bootstrap"));
  const predictions = gatherFolds(problem, repeats, parts.folds);
  const studies = leftOutStudies(problem, parts.studies, resamples);
  const expected = table.count * repeats;
  const { candidates, incomplete } = evaluateCandidates(problem, predictions, expected, resamples, rng.fork("tests"));
  const evaluation: Evaluation = {
    scheme: { folds, repeats, byPatient: true, seed: training.seed },
    gain: [],
    coverage: [],
    calibration: [],
    subgroups: visitsOfEndpoint(table, primaryCell).flatMap((cell) =>
      subgroupGains(table, predictions, cell, resamples),
    ),
    leaveOneStudyOut: [...studies.twin],
    verdicts: [],
    candidates: candidates.map((candidate) => ({
      ...candidate,
      leaveOneStudyOut: [...(studies.candidates.get(candidate.id as CandidateId) ?? [])],
    })),
    collinearity: [],
    runIn: runInEvaluation(problem, predictions, resamples),
    drift: driftAcrossStudies(studies.twin),
    seedSpread: seedSpread(table, primaryCell, parts.seeds),
  };
  const diagnostics: Diagnostic[] = incomplete.map((id) =>
    diagnostic(
      "warning",
      "member-not-compared",
      `${candidateName(id)} could not be trained on the patients of every fold, so that it has no out-of-fold figures; the stack of those folds is without it.`,
    ),
  );
  const cells = table.endpoints.length * table.visits.length;
  for (let cell = 0; cell < cells; cell++) {
    evaluateCell(problem, predictions, cell, resamples, evaluation, diagnostics);
  }
  return { evaluation, diagnostics, predictions };
}

/** All cells of the endpoint that a cell belongs to. */
function visitsOfEndpoint(table: TrainingProblem["table"], cell: number): number[] {
  const V = table.visits.length;
  const first = cell - (cell % V);
  return Array.from({ length: V }, (_, v) => first + v);
}

function evaluateCell(
  problem: TrainingProblem,
  predictions: CrossValidated,
  cell: number,
  resamples: PatientResamples,
  into: Evaluation,
  diagnostics: Diagnostic[],
): void {
  const { table } = problem;
  const endpoint = table.endpoints[Math.floor(cell / table.visits.length)]!;
  const visit = table.visits[cell % table.visits.length]!;
  const at = { endpointId: endpoint.id, visitId: visit.id };
  const what = `${endpoint.label} at ${visit.label}`;
  const compared = comparedPatients(table, predictions, cell);
  if (compared.patients.length < MINIMUM_COMPARED) {
    diagnostics.push(
      diagnostic(
        "warning",
        "not-compared",
        `${what}: ${compared.patients.length} patients have both baseline and outcome; at least ${MINIMUM_COMPARED} are needed to compare the twin with anything.`,
        `${endpoint.id} @ ${visit.id}`,
      ),
    );
    return;
  }
  const gain = gainAtVisit(compared, at, resamples);
  const calibration = calibrationAtVisit(compared, at);
  const coverage = coverageAtVisit(compared, at);
  const elsewhere = into.leaveOneStudyOut.filter(
    (row) => row.endpointId === at.endpointId && row.visitId === at.visitId,
  );
  into.gain.push(gain);
  into.collinearity.push(collinearityAtVisit(problem, predictions, compared, gain, cell, resamples));
  into.calibration.push(calibration);
  into.coverage.push(...coverage);
  into.verdicts.push(
    verdictAtVisit({
      endpointLabel: endpoint.label,
      visitLabel: visit.label,
      gain,
      calibration,
      coverage,
      leaveOneStudyOut: elsewhere,
    }),
  );
  diagnostics.push(...leakageDiagnostics(gain, what));
}
