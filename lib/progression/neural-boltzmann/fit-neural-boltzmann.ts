import { selectSubjects } from "../../data/subject-table.ts";
import { DomainError } from "../../errors/domain-error.ts";
import type { Rng } from "../../numerics/rng.ts";
import { predictionInflation } from "../gaussian-joint/band-calibration.ts";
import { fitGaussianJoint, refitGaussianJoint } from "../gaussian-joint/fit-gaussian-joint.ts";
import type { MemberTraining } from "../member.ts";
import { assignFolds, foldMembers } from "../patient-folds.ts";
import { linearLawOf } from "./linear-start.ts";
import { networkDocument } from "./network-document.ts";
import { heldOutResiduals } from "./network-moments.ts";
import { checkNeuralOptions, type NeuralBoltzmannOptions } from "./neural-boltzmann-options.ts";
import type { NeuralBoltzmannParameters } from "./neural-boltzmann-parameters.ts";
import { type NetworkStart, type Stages, trainStages } from "./train-stages.ts";
import type { TrainingSchedule } from "./train-together.ts";
import { type Preparation, prepareTraining, problemFor } from "./training-preparation.ts";

/** Fewest patients with an outcome: a fifth of them is held out to stop training. */
export const FEWEST_PATIENTS = 50;
const FOLDS = 5;

/**
 * Trains the mixture of networks. METHODS.md, equations (N1)–(N11).
 *
 * @param training - Patients.
 * @param options - Sizes, schedule, and where likelihood and gradient are computed.
 * @param rng - Held-out patients, random starts, order of the patients.
 * @param onProgress - Fraction done; may throw to cancel.
 * @throws DomainError INSUFFICIENT_DATA below 50 patients with an outcome, or as the Gaussian joint model.
 */
export function fitNeuralBoltzmann(
  training: MemberTraining,
  options: NeuralBoltzmannOptions,
  rng: Rng,
  onProgress: (fraction: number) => void,
): NeuralBoltzmannParameters {
  checkNeuralOptions(options);
  refuseTooFew(training);
  const { table, features, covariates } = training;
  const joint = fitGaussianJoint(table, features, covariates, options.shrinkage, rng.fork("joint")).parameters;
  const prepared = prepareTraining(training, joint);
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
    [options.schedule, options.schedule],
    ["small", "two-groups"],
    (done) => onProgress(0.1 + 0.9 * done),
  );
  const { layout, networks, gaussian, hidden, hiddenRun } = stages;
  const residuals = heldOutResiduals(
    problemFor(training, prepared, layout, networks[0]!.correlation),
    networks,
    starts.map((start) => start.heldOut),
  );
  const kept = hidden ?? gaussian;
  onProgress(1);
  return document(training, prepared, options, stages, {
    epochs: {
      gaussian: gaussian.epochs,
      gaussianRun: gaussian.epochsRun,
      hidden: hidden?.epochs ?? 0,
      hiddenRun,
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
  rng: Rng,
): NeuralBoltzmannParameters {
  checkNeuralOptions(options);
  refuseTooFew(training);
  const { table, features, covariates } = training;
  const shrinkage = { kind: "fixed", priorWeight: like.priorWeight } as const;
  const joint = fitGaussianJoint(table, features, covariates, shrinkage, rng.fork("joint")).parameters;
  const prepared = prepareTraining(training, joint);
  const start: NetworkStart = {
    training: Int32Array.from({ length: table.count }, (_, i) => i),
    heldOut: new Int32Array(0),
    law: linearLawOf(joint, joint.features, prepared.featureCentre, prepared.featureUnit),
    rng: rng.fork("network").fork(0),
  };
  const passes = (maximumEpochs: number): TrainingSchedule => ({ ...like.schedule, maximumEpochs });
  const fixed = { ...options, hiddenUnits: like.hiddenUnits, meanUnits: like.meanUnits };
  const schedules = [passes(like.epochs.gaussian), passes(like.epochs.hidden)] as const;
  const tried = like.hiddenStart === "none" ? [] : [like.hiddenStart];
  const stages = trainStages(training, prepared, [start], fixed, schedules, tried, () => {});
  return document(training, prepared, fixed, stages, {
    epochs: { ...like.epochs, gaussianRun: like.epochs.gaussian, hiddenRun: like.epochs.hidden },
    heldOut: null,
    predictionInflation: like.predictionInflation,
    schedule: like.schedule,
  });
}

function document(
  training: MemberTraining,
  prepared: Preparation,
  options: NeuralBoltzmannOptions,
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
    hiddenStart: stages.hiddenStart,
    meanUnits: layout.shape.meanUnits,
    networks: networks.map(({ weights, correlation }) => networkDocument(layout, weights, correlation)),
    ...rest,
    priorWeight: prepared.joint.priorWeight,
    patients: training.table.count,
    backend: options.backend.name,
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
