import { subjectTable } from "../../lib/data/subject-table.ts";
import { createRng } from "../../lib/numerics/philox.ts";
import { baselineAncova } from "../../lib/progression/comparators/baseline-ancova.ts";
import type { TrainingProblem } from "../../lib/progression/cross-validation.ts";
import { candidateName } from "../../lib/progression/evaluation/candidate-evaluation.ts";
import { predictCandidates } from "../../lib/progression/evaluation/candidate-predictions.ts";
import { BAND_LEVELS } from "../../lib/progression/gaussian-joint/band-calibration.ts";
import type { GaussianJointParameters } from "../../lib/progression/gaussian-joint/gaussian-joint-parameters.ts";
import type { MemberId } from "../../lib/progression/member-parameters.ts";
import { bandHolds } from "../../lib/progression/prediction-bands.ts";
import { trainPredictor } from "../../lib/progression/train-predictor.ts";
import { prepareTraining } from "../../lib/progression/training-problem.ts";
import { APOE4, rSquared } from "../../lib/samples/alzheimer/known-truth.ts";
import {
  AGE,
  adasCog,
  CDR_SUM_OF_BOXES,
  covarianceOf,
  EDUCATION,
  MMSE,
} from "../../lib/samples/alzheimer/progression-law.ts";
import { EVIDENCE_SEED, trainingOf } from "./evidence-data-set.ts";
import type { KnownLawResults } from "./evidence-results.ts";
import { lawPatients } from "./law-patients.ts";

const TRAINED = 10_000;
const TESTED = 40_000;
/** Members whose law holds the truth, and those that approximate it, as far as 10,000 patients can be learnt from in minutes. */
const MEMBERS: readonly MemberId[] = ["gaussian-joint", "mixed-effects", "ridge-transition"];
const NO_SHIFT = { levelShift: 0, slopeShift: 0 };

/**
 * Trains on patients of a known law with dropout and holds what was learnt against the truth: parameters, the gain over
 * ANCOVA, and coverage in as many new patients with complete courses.
 */
export function evaluateKnownLaw(): KnownLawResults {
  const rng = createRng(EVIDENCE_SEED).fork("known law");
  const data = lawPatients(TRAINED, true, rng.fork("training"));
  const spec = trainingOf({
    training: {
      covariateIds: ["age", "apoe4", "education", "mmse", "cdrsb"],
      strata: ["apoe4"],
      primary: { endpointId: data.endpoints[0]!.id, visitId: data.visits.at(-1)!.id },
      folds: 5,
    },
  });
  const { problem } = prepareTraining(data, { ...spec, members: [...MEMBERS] });
  const trained = trainPredictor(problem, problem.table, rng.fork("fit"), true, () => {});
  if (trained.gaussian === null) throw new Error("the joint law was asked for");
  const test = subjectTable(lawPatients(TESTED, false, rng.fork("test")));
  const candidates = predictCandidates(problem, trained, problem.table, test, rng.fork("draws"));
  const ancova = baselineAncova(problem.strata).predict(problem.table, test);
  const V = test.visits.length;
  return {
    format: "understudy-evidence-law/1",
    trained: TRAINED,
    tested: TESTED,
    recovery: recovery(problem, trained.gaussian),
    methods: [...candidates].map(([id, own]) => ({
      id,
      name: candidateName(id),
      visits: test.visits.map((visit, v) => {
        const at = Array.from({ length: test.count }, (_, i) => i * V + v);
        const { gain, standardError } = gainWithError(
          at.map((k) => (test.outcomes[k]! - own.mean[k]!) ** 2),
          at.map((k) => (test.outcomes[k]! - ancova[k]!) ** 2),
        );
        return {
          visitId: visit.id,
          gain,
          gainError: standardError,
          trueGain: id === "baseline-ancova" ? 0 : trueGain(v + 1),
          coverage: BAND_LEVELS.map((level, l) => {
            const covered = at.filter((k) => bandHolds(own.bands, k, l, test.outcomes[k]!)).length;
            return { level, share: covered / at.length };
          }),
        };
      }),
    })),
  };
}

/** 1 − Var(y | everything)/Var(y | baseline, APOE ε4) at a visit, exactly from the law. */
function trueGain(visit: number): number {
  const [baseline, outcome] = [adasCog(NO_SHIFT, 0), adasCog(NO_SHIFT, visit)];
  const all = [baseline, AGE, EDUCATION, MMSE, CDR_SUM_OF_BOXES, APOE4];
  return 1 - (1 - rSquared(outcome, all)) / (1 - rSquared(outcome, [baseline, APOE4]));
}

/** 1 − Σa/Σb with its delta-method standard error over patients. */
export function gainWithError(
  own: readonly number[],
  reference: readonly number[],
): { gain: number; standardError: number } {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const ratio = sum(own) / sum(reference);
  const spread = sum(own.map((value, i) => (value - ratio * reference[i]!) ** 2));
  return { gain: 1 - ratio, standardError: Math.sqrt(spread) / sum(reference) };
}

/** Means, SDs and correlations with baseline of the joint law beside the exact ones; standard errors as without dropout. */
function recovery({ table }: TrainingProblem, parameters: GaussianJointParameters): KnownLawResults["recovery"] {
  const { mean, covariance, features, patients } = parameters;
  const D = mean.length;
  const at = features.findIndex((feature) => feature.kind === "baseline-endpoint");
  const before = adasCog(NO_SHIFT, 0);
  return table.visits.flatMap((visit, v) => {
    const quantity = adasCog(NO_SHIFT, v + 1);
    const deviation = Math.sqrt(covarianceOf(quantity, quantity));
    const correlation = covarianceOf(quantity, before) / (deviation * Math.sqrt(covarianceOf(before, before)));
    const k = features.length + v;
    const estimated = Math.sqrt(covariance[k * D + k]!);
    return [
      {
        quantity: `Mean, ${visit.label}`,
        truth: quantity.constant,
        estimate: mean[k]!,
        standardError: deviation / Math.sqrt(patients),
      },
      {
        quantity: `SD, ${visit.label}`,
        truth: deviation,
        estimate: estimated,
        standardError: deviation / Math.sqrt(2 * patients),
      },
      {
        quantity: `Correlation with baseline, ${visit.label}`,
        truth: correlation,
        estimate: covariance[k * D + at]! / (estimated * Math.sqrt(covariance[at * D + at]!)),
        standardError: (1 - correlation ** 2) / Math.sqrt(patients),
      },
    ];
  });
}
