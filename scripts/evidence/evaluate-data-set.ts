import { DomainError } from "../../lib/errors/domain-error.ts";
import { createRng } from "../../lib/numerics/philox.ts";
import { baselineAncova } from "../../lib/progression/comparators/baseline-ancova.ts";
import {
  type FoldPredictions,
  foldsOfRepetition,
  gatherFolds,
  predictFold,
  type TrainingProblem,
} from "../../lib/progression/cross-validation.ts";
import { candidateName } from "../../lib/progression/evaluation/candidate-evaluation.ts";
import { runInEvaluation } from "../../lib/progression/evaluation/run-in-evaluation.ts";
import {
  leftOutStudies,
  predictStudy,
  type StudyPredictions,
  usableStudies,
} from "../../lib/progression/leave-one-study-out.ts";
import type { MemberId } from "../../lib/progression/member-parameters.ts";
import { memberOf } from "../../lib/progression/members.ts";
import { resamplePatients } from "../../lib/progression/patient-bootstrap.ts";
import { memberSettings } from "../../lib/progression/train-predictor.ts";
import { MINIMUM_CONTROLS, prepareTraining } from "../../lib/progression/training-problem.ts";
import { trainingSet } from "../../lib/progression/training-set.ts";
import { EVIDENCE_SEED, type EvidenceDataSet, trainingOf } from "./evidence-data-set.ts";
import type { DataSetResults, MethodResults } from "./evidence-results.ts";
import { runRSoftware, type SoftwareRun } from "./run-r-software.ts";
import { type PointNull, type Scoring, scoreMethod, scorePointNull } from "./score-methods.ts";
import { scoredPredictions } from "./software-predictions.ts";

const POINT_NULLS: readonly { readonly key: PointNull; readonly name: string }[] = [
  { key: "lastValueCarriedForward", name: "Last value carried forward" },
  { key: "meanChange", name: "Mean change" },
  { key: "allCovariateAncova", name: "ANCOVA on all covariates" },
];

const SOFTWARE_NAMES: Readonly<Record<string, string>> = {
  lme4: "lme4 (random intercept and slope)",
  nlme: "nlme (random intercept, autoregression)",
  mice: "mice (imputation of future visits)",
};

/** A piece of work on one data set that can be done by itself. */
export type DataSetStep =
  | { readonly kind: "software" }
  | { readonly kind: "fold"; readonly fold: number }
  | { readonly kind: "study"; readonly study: string };

type StepResult =
  | { readonly kind: "software"; readonly run: SoftwareRun }
  | { readonly kind: "fold"; readonly predictions: FoldPredictions }
  | { readonly kind: "study"; readonly predictions: StudyPredictions };

/** R programs, folds, studies left out. */
export function dataSetSteps(set: EvidenceDataSet): readonly DataSetStep[] | null {
  const prepared = prepare(set);
  if (prepared === null) return null;
  return [
    ...usableStudies(prepared.problem, MINIMUM_CONTROLS).map((study) => ({ kind: "study" as const, study })),
    ...Array.from({ length: prepared.training.folds }, (_, fold) => ({ kind: "fold" as const, fold })),
    { kind: "software" },
  ];
}

function prepare(set: EvidenceDataSet) {
  const data = set.load();
  if (data === null) return null;
  const training = trainingOf(set);
  const { problem } = prepareTraining(data, training);
  const rng = createRng(training.seed);
  const source = rng.fork("cross-validation");
  return { problem, training, rng, source, fold: foldsOfRepetition(problem.table.count, training.folds, 0, source) };
}

function prepared(set: EvidenceDataSet) {
  const made = prepare(set);
  if (made === null) throw new Error(`the data of ${set.id} are not here`);
  return made;
}

/** Does one piece of work. */
export function runDataSetStep(set: EvidenceDataSet, step: DataSetStep): StepResult {
  const { problem, training, rng, source, fold } = prepared(set);
  switch (step.kind) {
    case "software":
      return { kind: "software", run: runRSoftware(problem, fold) };
    case "fold":
      return {
        kind: "fold",
        predictions: predictFold(problem, training.folds, { repeat: 0, fold: step.fold }, source, () => {}),
      };
    case "study":
      return { kind: "study", predictions: predictStudy(problem, step.study, rng.fork("studies"), () => {}) };
    default:
      return step satisfies never;
  }
}

/**
 * Compares every member, the stack, the nulls and software others wrote on the same folds, patients and resamples; each study
 * left out; a run-in conditioned on.
 *
 * @param set - Where the data come from.
 * @param results - Of the steps, in their order.
 */
export function finishDataSet(set: EvidenceDataSet, results: readonly StepResult[]): DataSetResults {
  const { problem, training, rng, fold } = prepared(set);
  const { table } = problem;
  const software = results.flatMap((result) => (result.kind === "software" ? [result.run] : []))[0]!;
  const folds = results.flatMap((result) => (result.kind === "fold" ? [result.predictions] : []));
  const nulls = gatherFolds(problem, 1, folds);
  const resamples = resamplePatients(table.count, training.bootstrapReplicates, rng.fork("bootstrap"));
  const studies = leftOutStudies(
    problem,
    results.flatMap((result) => (result.kind === "study" ? [result.predictions] : [])),
    resamples,
  );
  const complete = [...nulls.candidates].filter(([, own]) => own.predicted.count === table.count);
  const ancova = nulls.candidates.get("baseline-ancova");
  if (ancova === undefined) throw new Error("the null member has no predictions");
  const scoring: Scoring = { table, nulls, ancova, resamples };
  const tests = rng.fork("tests");
  const methods: MethodResults[] = [
    ...POINT_NULLS.map(({ key, name }) => ({
      id: key,
      name,
      group: "null" as const,
      visits: scorePointNull(scoring, key),
      endpoints: [],
    })),
    ...complete.map(([id, own]) => ({
      id,
      name: candidateName(id),
      group: id === "stack" ? ("stack" as const) : id === "baseline-ancova" ? ("null" as const) : ("member" as const),
      ...scoreMethod(scoring, own, tests.fork(id)),
    })),
    ...software.predictions.map((own) => ({
      id: own.method,
      name: SOFTWARE_NAMES[own.method] ?? own.method,
      group: "software" as const,
      ...scoreMethod(
        scoring,
        scoredPredictions(own, table, fold, baselineAncova(problem.strata)),
        tests.fork(own.method),
      ),
    })),
  ];
  return {
    format: "understudy-evidence/1",
    id: set.id,
    title: set.title,
    description: set.description,
    patients: table.count,
    features: problem.features.length,
    folds: training.folds,
    endpoints: table.endpoints.map(({ id, label, unit }) => ({ id, label, unit })),
    visits: table.visits.map(({ id, label }) => ({ id, label })),
    primary: training.primary,
    methods,
    leftOut: problem.members
      .filter((id) => !complete.some(([own]) => own === id))
      .map((id) => `${candidateName(id)}: ${refusal(problem, id)}`),
    leaveOneStudyOut: [...studies.candidates].flatMap(([methodId, rows]) => rows.map((row) => ({ methodId, ...row }))),
    runIn: runInEvaluation(problem, nulls, resamples),
    software: { notes: [...software.notes], missing: [...software.missing] },
  };
}

/** What a member says when it is asked to learn from all patients. */
function refusal(problem: TrainingProblem, id: MemberId): string {
  const { training } = trainingSet(problem.table, problem.features, problem.covariates);
  try {
    memberOf(id).train(training, memberSettings(problem), createRng(EVIDENCE_SEED), () => {});
  } catch (error) {
    if (error instanceof DomainError) return error.message;
    throw error;
  }
  return "could not be trained on the patients of every fold.";
}
