import { DomainError } from "../../lib/errors/domain-error.ts";
import { createRng } from "../../lib/numerics/philox.ts";
import { baselineAncova } from "../../lib/progression/comparators/baseline-ancova.ts";
import { crossValidate, foldsOfRepetition, type TrainingProblem } from "../../lib/progression/cross-validation.ts";
import { candidateName } from "../../lib/progression/evaluation/candidate-evaluation.ts";
import { runInEvaluation } from "../../lib/progression/evaluation/run-in-evaluation.ts";
import { leaveOneStudyOut, usableStudies } from "../../lib/progression/leave-one-study-out.ts";
import type { MemberId } from "../../lib/progression/member-parameters.ts";
import { memberOf } from "../../lib/progression/members.ts";
import { resamplePatients } from "../../lib/progression/patient-bootstrap.ts";
import { memberSettings } from "../../lib/progression/train-predictor.ts";
import { MINIMUM_CONTROLS, prepareTraining } from "../../lib/progression/training-problem.ts";
import { trainingSet } from "../../lib/progression/training-set.ts";
import { EVIDENCE_SEED, type EvidenceDataSet, trainingOf } from "./evidence-data-set.ts";
import type { DataSetResults, MethodResults } from "./evidence-results.ts";
import { runRSoftware } from "./run-r-software.ts";
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

/**
 * Cross-validates every member, the stack, the nulls and software others wrote on one data set, leaves out each study, and
 * conditions on a run-in.
 *
 * @param set - Where the data come from.
 * @param onProgress - Fraction done and what is being done.
 * @returns Null where the data are missing.
 */
export function evaluateDataSet(
  set: EvidenceDataSet,
  onProgress: (fraction: number, message: string) => void,
): DataSetResults | null {
  const data = set.load();
  if (data === null) return null;
  const training = trainingOf(set);
  const { problem } = prepareTraining(data, training);
  const { table } = problem;
  const rng = createRng(training.seed);
  const source = rng.fork("cross-validation");
  const fold = foldsOfRepetition(table.count, training.folds, 0, source);
  const total = training.folds + usableStudies(problem, MINIMUM_CONTROLS).length + 1;
  onProgress(0, "R");
  const software = runRSoftware(problem, fold);
  const nulls = crossValidate(problem, training.folds, 1, source, (done) =>
    onProgress((done + 1) / total, "cross-validation"),
  );
  const resamples = resamplePatients(table.count, training.bootstrapReplicates, rng.fork("bootstrap"));
  const studies = leaveOneStudyOut(problem, MINIMUM_CONTROLS, resamples, rng.fork("studies"), (done) =>
    onProgress((training.folds + done + 1) / total, "studies left out"),
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
