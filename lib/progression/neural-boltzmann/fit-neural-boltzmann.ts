import { selectSubjects } from "../../data/subject-table.ts";
import { DomainError } from "../../errors/domain-error.ts";
import type { Rng } from "../../numerics/rng.ts";
import { predictionInflation } from "../gaussian-joint/band-calibration.ts";
import { fitGaussianJoint, refitGaussianJoint } from "../gaussian-joint/fit-gaussian-joint.ts";
import type { GaussianJointParameters } from "../gaussian-joint/gaussian-joint-parameters.ts";
import type { MemberTraining } from "../member.ts";
import type { TrainingSpec } from "../model-document.ts";
import { assignFolds, foldMembers } from "../patient-folds.ts";
import { fixInputEncoding, inputCount, inputWriter } from "./input-encoding.ts";
import type { LikelihoodProblem, NeuralBackend } from "./likelihood-backend.ts";
import { type LinearLaw, linearLawOf, linearStart } from "./linear-start.ts";
import { networkDocument } from "./network-document.ts";
import { type NetworkLayout, networkLayout } from "./network-layout.ts";
import { heldOutResiduals } from "./network-moments.ts";
import type { NeuralBoltzmannParameters } from "./neural-boltzmann-parameters.ts";
import { principalSteps } from "./principal-steps.ts";
import { correlationOf, updatedCorrelation } from "./residual-correlation.ts";
import {
  type JointTraining,
  type Learner,
  type LearntNetwork,
  type TrainingSchedule,
  trainTogether,
} from "./train-together.ts";

export interface NeuralBoltzmannOptions {
  /** H, 0 to 10: hidden units tried. */
  readonly hiddenUnits: number;
  /** Networks of the mixture, each with its own random start and held-out patients. */
  readonly networks: number;
  /** M: rectified units of the mean. */
  readonly meanUnits: number;
  readonly schedule: TrainingSchedule;
  /** Of the Gaussian joint model that the networks begin from. */
  readonly shrinkage: TrainingSpec["shrinkage"];
}

export const DEFAULT_NEURAL_OPTIONS: NeuralBoltzmannOptions = {
  hiddenUnits: 6,
  networks: 5,
  meanUnits: 32,
  schedule: {
    learningRate: 0.005,
    weightDecay: 1,
    stepsPerEpoch: 8,
    largestBatch: 256,
    maximumEpochs: 200,
    patience: 120,
  },
  shrinkage: { kind: "chosen" },
};

/** Fewest patients with an outcome: a fifth of them is held out to stop training. */
export const FEWEST_PATIENTS = 50;
const FOLDS = 5;

/** Everything the networks have in common. */
interface Preparation {
  readonly joint: GaussianJointParameters;
  readonly encoding: NeuralBoltzmannParameters["encoding"];
  /** [K] position and unit of the features' inputs. */
  readonly featureCentre: Float64Array;
  readonly featureUnit: Float64Array;
  readonly centre: Float64Array;
  readonly unit: Float64Array;
  readonly inputs: Float64Array;
  readonly outcomes: Float64Array;
  readonly inputCount: number;
}

/** What a network learns from, where it begins. */
interface NetworkStart {
  readonly training: Int32Array;
  readonly heldOut: Int32Array;
  readonly law: LinearLaw;
  readonly rng: Rng;
}

/**
 * Trains the mixture of networks. METHODS.md, equations (N1)–(N11).
 *
 * @param training - Patients.
 * @param options - Sizes and schedule.
 * @param backend - Where likelihood and gradient are computed.
 * @param rng - Held-out patients, random starts, order of the patients.
 * @param onProgress - Fraction done; may throw to cancel.
 * @throws DomainError INSUFFICIENT_DATA below 50 patients with an outcome, or as the Gaussian joint model.
 */
export function fitNeuralBoltzmann(
  training: MemberTraining,
  options: NeuralBoltzmannOptions,
  backend: NeuralBackend,
  rng: Rng,
  onProgress: (fraction: number) => void,
): NeuralBoltzmannParameters {
  refuseTooFew(training);
  const { table, features, covariates } = training;
  const joint = fitGaussianJoint(table, features, covariates, options.shrinkage, rng.fork("joint")).parameters;
  const prepared = prepare(training, joint);
  onProgress(0.05);
  const starts = Array.from({ length: options.networks }, (_, s): NetworkStart => {
    const fold = assignFolds(table.count, FOLDS, rng.fork("folds").fork(Math.floor(s / FOLDS)));
    const rows = foldMembers(fold, s % FOLDS, false);
    const own = refitGaussianJoint(selectSubjects(table, rows), features, covariates, joint);
    return {
      training: rows,
      heldOut: foldMembers(fold, s % FOLDS, true),
      law: linearLawOf(own, joint.features, prepared.featureCentre, prepared.featureUnit),
      rng: rng.fork("network").fork(s),
    };
  });
  onProgress(0.1);
  const stages = trainStages(
    training,
    prepared,
    starts,
    options,
    backend,
    [options.schedule, options.schedule],
    (done) => onProgress(0.1 + 0.9 * done),
  );
  const { layout, networks, gaussian, hidden } = stages;
  const residuals = heldOutResiduals(
    problemFor(training, prepared, layout, starts[0]!.law),
    networks,
    starts.map((start) => start.heldOut),
  );
  const kept = layout.shape.hidden > 0 && hidden !== null ? hidden : gaussian;
  onProgress(1);
  return document(training, prepared, options, backend, stages, {
    epochs: {
      gaussian: gaussian.epochs,
      gaussianRun: gaussian.epochsRun,
      hidden: hidden?.epochs ?? 0,
      hiddenRun: hidden?.epochsRun ?? 0,
    },
    heldOut: {
      linear: gaussian.heldOut[0]!,
      gaussian: gaussian.heldOut[gaussian.epochs]!,
      final: kept.heldOut[kept.epochs]!,
    },
    predictionInflation: residuals.map(predictionInflation),
    schedule: options.schedule,
  });
}

/**
 * Trains one network on all patients given, for as many passes as the full training kept: for predictions of patients
 * left out. Prior weight, hidden units in use and inflation are taken over.
 *
 * @param like - Parameters from all patients of the training set.
 */
export function refitNeuralBoltzmann(
  training: MemberTraining,
  options: NeuralBoltzmannOptions,
  like: NeuralBoltzmannParameters,
  backend: NeuralBackend,
  rng: Rng,
): NeuralBoltzmannParameters {
  refuseTooFew(training);
  const { table, features, covariates } = training;
  const shrinkage = { kind: "fixed", priorWeight: like.priorWeight } as const;
  const joint = fitGaussianJoint(table, features, covariates, shrinkage, rng.fork("joint")).parameters;
  const prepared = prepare(training, joint);
  const start: NetworkStart = {
    training: Int32Array.from({ length: table.count }, (_, i) => i),
    heldOut: new Int32Array(0),
    law: linearLawOf(joint, joint.features, prepared.featureCentre, prepared.featureUnit),
    rng: rng.fork("network").fork(0),
  };
  const passes = (maximumEpochs: number): TrainingSchedule => ({ ...like.schedule, maximumEpochs });
  const fixed = { ...options, hiddenUnits: like.hiddenUnits, meanUnits: like.meanUnits };
  const schedules = [passes(like.epochs.gaussian), passes(like.epochs.hidden)] as const;
  const stages = trainStages(training, prepared, [start], fixed, backend, schedules, () => {});
  return document(training, prepared, fixed, backend, stages, {
    epochs: { ...like.epochs, gaussianRun: like.epochs.gaussian, hiddenRun: like.epochs.hidden },
    heldOut: null,
    predictionInflation: like.predictionInflation,
    schedule: like.schedule,
  });
}

interface Stages {
  readonly layout: NetworkLayout;
  readonly networks: readonly LearntNetwork[];
  readonly gaussian: JointTraining;
  readonly hidden: JointTraining | null;
}

/** First without hidden units, R following the residuals; then with them, R fixed, if that is more likely for the patients held out. */
function trainStages(
  training: MemberTraining,
  prepared: Preparation,
  starts: readonly NetworkStart[],
  options: NeuralBoltzmannOptions,
  backend: NeuralBackend,
  schedules: readonly [TrainingSchedule, TrainingSchedule],
  onProgress: (fraction: number) => void,
): Stages {
  const n = prepared.centre.length;
  const sizes = { inputs: prepared.inputCount, outcomes: n, meanUnits: options.meanUnits };
  const plain = networkLayout({ ...sizes, hidden: 0 });
  const full = networkLayout({ ...sizes, hidden: options.hiddenUnits });
  const anchors = starts.map(({ law, rng }) => linearStart(full, law, prepared.centre, prepared.unit, rng));
  const common = plain.size;
  const open: Learner[] = [];
  const learner = (s: number, layout: NetworkLayout, from: Float64Array, correlation: Float64Array): Learner => {
    const { law, training: rows, heldOut, rng } = starts[s]!;
    const problem = { ...problemFor(training, prepared, layout, law), correlation };
    const likelihood = backend.open(problem);
    const target = correlationOf(law.covariance, n);
    let current = correlation;
    const made: Learner = {
      likelihood,
      start: from,
      anchor: anchors[s]!.subarray(0, layout.size),
      basis: principalSteps(layout, target),
      training: rows,
      heldOut,
      rng: rng.fork(layout === plain ? "gaussian" : "hidden"),
      correlation,
      afterEpoch(weights) {
        if (layout !== plain) return current;
        const prior = { target, weight: prepared.joint.priorWeight };
        current = updatedCorrelation({ ...problem, correlation: current }, weights, rows, prior);
        likelihood.setCorrelation(current);
        return current;
      },
    };
    open.push(made);
    return made;
  };
  const run = (learners: readonly Learner[], schedule: TrainingSchedule, from: number, to: number) => {
    const total = Math.max(1, schedule.maximumEpochs);
    try {
      return trainTogether(learners, training.weights, schedule, (epoch) =>
        onProgress(from + (to - from) * (epoch / total)),
      );
    } finally {
      for (const { likelihood } of open.splice(0)) likelihood.close();
    }
  };
  const begin = starts.map(({ law }, s) =>
    learner(s, plain, anchors[s]!.slice(0, common), correlationOf(law.covariance, n)),
  );
  const gaussian = run(begin, schedules[0], 0, 0.5);
  if (options.hiddenUnits === 0) return { layout: plain, networks: gaussian.networks, gaussian, hidden: null };
  const second = gaussian.networks.map(({ weights, correlation }, s) => {
    const from = Float64Array.from(anchors[s]!);
    from.set(weights);
    return learner(s, full, from, correlation);
  });
  const hidden = run(second, schedules[1], 0.5, 1);
  const reached = hidden.heldOut[hidden.epochs];
  // The small random couplings of the start are no gain by themselves.
  const better =
    reached === undefined ? hidden.epochs > 0 : hidden.epochs > 0 && reached > gaussian.heldOut[gaussian.epochs]!;
  return better
    ? { layout: full, networks: hidden.networks, gaussian, hidden }
    : { layout: plain, networks: gaussian.networks, gaussian, hidden: { ...hidden, epochs: 0 } };
}

function prepare(training: MemberTraining, joint: GaussianJointParameters): Preparation {
  const { table, features, featureValues } = training;
  const Q = features.length;
  const D = joint.mean.length;
  const K = joint.features.length;
  const n = D - K;
  const kept = joint.features.map((feature) => features.indexOf(feature));
  const featureCentre = Float64Array.from(joint.mean.slice(0, K));
  const covariance = new Float64Array(K * K);
  for (let a = 0; a < K; a++) for (let b = 0; b < K; b++) covariance[a * K + b] = joint.covariance[a * D + b]!;
  const featureUnit = Float64Array.from({ length: K }, (_, k) => Math.sqrt(covariance[k * K + k]!));
  const encoding = fixInputEncoding(featureValues, table.count, Q, kept, featureCentre, covariance);
  const law = linearLawOf(joint, joint.features, featureCentre, featureUnit);
  const centre = Float64Array.from(joint.mean.slice(K));
  const unit = Float64Array.from({ length: n }, (_, j) => Math.sqrt(law.covariance[j * n + j]!));
  const I = inputCount(encoding);
  const inputs = new Float64Array(table.count * I);
  const write = inputWriter(encoding);
  for (let i = 0; i < table.count; i++) write(featureValues, i * Q, inputs, i * I);
  const outcomes = Float64Array.from(table.outcomes, (value, k) => (value - centre[k % n]!) / unit[k % n]!);
  return { joint, encoding, featureCentre, featureUnit, centre, unit, inputs, outcomes, inputCount: I };
}

function problemFor(
  training: MemberTraining,
  prepared: Preparation,
  layout: NetworkLayout,
  law: LinearLaw,
): LikelihoodProblem {
  return {
    shape: layout.shape,
    inputs: prepared.inputs,
    outcomes: prepared.outcomes,
    correlation: correlationOf(law.covariance, prepared.centre.length),
    patientWeights: training.weights,
  };
}

function document(
  training: MemberTraining,
  prepared: Preparation,
  options: NeuralBoltzmannOptions,
  backend: NeuralBackend,
  stages: Stages,
  rest: Pick<NeuralBoltzmannParameters, "epochs" | "heldOut" | "predictionInflation" | "schedule">,
): NeuralBoltzmannParameters {
  const { layout, networks } = stages;
  return {
    kind: "neural-boltzmann",
    features: [...training.features],
    encoding: prepared.encoding,
    outcomeCentre: Array.from(prepared.centre),
    outcomeUnit: Array.from(prepared.unit),
    hiddenUnits: layout.shape.hidden,
    hiddenUnitsTried: options.hiddenUnits,
    meanUnits: layout.shape.meanUnits,
    networks: networks.map(({ weights, correlation }) => networkDocument(layout, weights, correlation)),
    ...rest,
    priorWeight: prepared.joint.priorWeight,
    patients: training.table.count,
    backend: backend.name,
  };
}

function refuseTooFew(training: MemberTraining): void {
  const { table } = training;
  const n = table.endpoints.length * table.visits.length;
  let usable = 0;
  for (let i = 0; i < table.count; i++) {
    if (table.outcomes.subarray(i * n, (i + 1) * n).some((value) => !Number.isNaN(value))) usable++;
  }
  if (usable >= FEWEST_PATIENTS) return;
  throw new DomainError("INSUFFICIENT_DATA", {
    argument: "data",
    received: `${usable} (of ${table.count} patients)`,
    requirement: `must hold at least ${FEWEST_PATIENTS} patients with an outcome for the neural Boltzmann machine`,
    hint: "Train without this member; a linear model is all that so few patients support.",
  });
}
