import type { Rng } from "../../numerics/rng.ts";
import { type AdamWSettings, createAdamW, type StepBasis } from "./adamw.ts";
import type { Likelihood } from "./likelihood-backend.ts";

/** How networks are trained. */
export interface TrainingSchedule extends AdamWSettings {
  /** Steps in one pass; more where a step would take more than `largestBatch` patients. */
  readonly stepsPerEpoch: number;
  readonly largestBatch: number;
  /** Most passes over the training patients. */
  readonly maximumEpochs: number;
  /** Steps without a better held-out likelihood after which training stops. */
  readonly patience: number;
}

/** One network in training: its own start, its own training and held-out patients. */
export interface Learner {
  readonly likelihood: Likelihood;
  /** Flat vector to begin from. */
  readonly start: Float64Array;
  /** What weight decay pulls towards. */
  readonly anchor: Float64Array;
  readonly basis: StepBasis;
  readonly training: Int32Array;
  readonly heldOut: Int32Array;
  /** Order of the patients. */
  readonly rng: Rng;
  /**
   * Called after every pass with the weights; returns the correlation R in force from then on.
   * METHODS.md, equation (N10).
   */
  afterEpoch(weights: Float64Array): Float64Array;
  readonly correlation: Float64Array;
}

export interface LearntNetwork {
  readonly weights: Float64Array;
  readonly correlation: Float64Array;
}

export interface JointTraining {
  /** One a learner, all after the same number of passes. */
  readonly networks: readonly LearntNetwork[];
  /** Passes that led there; 0 = the start was not improved on. */
  readonly epochs: number;
  readonly epochsRun: number;
  /** Whether the held-out patients are more likely than the least asked for; true without any. */
  readonly improved: boolean;
  /** Mean log-density of the held-out patients of all learners, at the start and after every pass; empty without any. */
  readonly heldOut: readonly number[];
}

/** A gradient longer than this (per patient) is shortened to it: one odd patient must not throw the weights away. */
const LONGEST_GRADIENT = 10;
/** Patients below which a step would follow noise. */
const SMALLEST_BATCH = 16;
/** Gain in mean held-out log-density that counts as one. */
const LEAST_GAIN = 1e-4;
/** Passes without a gain before training may stop, however many steps a pass has. */
const FEWEST_EPOCHS = 5;

/**
 * Maximises the exact likelihood of several networks pass by pass, and keeps the pass after which the held-out patients of
 * all of them together are most likely: one decision from every held-out patient, not one a network from a few.
 *
 * Without held-out patients exactly `maximumEpochs` passes are made.
 *
 * @param learners - At least one.
 * @param patientWeights - [N] as in the problems.
 * @param schedule - Step, decay, batch, passes.
 * @param toBeat - Mean held-out log-density that must be exceeded to count as a gain; null = that of the start.
 * @param onEpoch - Called after every pass of every learner with the number of passes; may throw to cancel.
 */
export function trainTogether(
  learners: readonly Learner[],
  patientWeights: Float64Array,
  schedule: TrainingSchedule,
  toBeat: number | null,
  onEpoch: (epoch: number) => void,
): JointTraining {
  const heldOutWeight = learners.reduce((sum, learner) => sum + totalWeight(learner.heldOut, patientWeights), 0);
  const stopping = heldOutWeight > 0;
  const states = learners.map((learner) => ({
    learner,
    weights: Float64Array.from(learner.start),
    correlation: learner.correlation,
    optimiser: createAdamW(learner.anchor, schedule, learner.basis),
    order: Int32Array.from(learner.training),
    gradient: new Float64Array(learner.start.length),
  }));
  const snapshot = (): LearntNetwork[] =>
    states.map(({ weights, correlation }) => ({ weights: Float64Array.from(weights), correlation }));
  const score = () =>
    states.reduce((sum, { learner, weights }) => sum + learner.likelihood.evaluate(weights, learner.heldOut, null), 0) /
    heldOutWeight;
  const course: number[] = stopping ? [score()] : [];
  const batches = stepsOf(Math.max(...learners.map(({ training }) => training.length)), schedule);
  const patience = Math.max(FEWEST_EPOCHS, Math.ceil(schedule.patience / batches));
  let best = stopping ? Math.max(course[0]!, toBeat ?? Number.NEGATIVE_INFINITY) : 0;
  let kept = snapshot();
  let keptEpoch = 0;
  let epoch = 0;
  while (epoch < schedule.maximumEpochs && (!stopping || epoch - keptEpoch < patience)) {
    epoch++;
    for (const state of states) {
      const { learner, order, weights, gradient } = state;
      shuffle(order, learner.rng);
      for (let b = 0; b < batches; b++) {
        const from = Math.floor((b * order.length) / batches);
        const rows = order.subarray(from, Math.floor(((b + 1) * order.length) / batches));
        const share = totalWeight(rows, patientWeights);
        if (!(share > 0) || !Number.isFinite(learner.likelihood.evaluate(weights, rows, gradient))) continue;
        descend(gradient, share);
        state.optimiser.step(weights, gradient);
      }
      state.correlation = learner.afterEpoch(weights);
      onEpoch(epoch);
    }
    if (!stopping) continue;
    const reached = score();
    course.push(reached);
    if (reached > best + LEAST_GAIN) {
      best = reached;
      kept = snapshot();
      keptEpoch = epoch;
    }
  }
  return stopping
    ? {
        networks: kept,
        epochs: keptEpoch,
        epochsRun: epoch,
        heldOut: course,
        improved: course[keptEpoch]! > (toBeat ?? course[0]!),
      }
    : { networks: snapshot(), epochs: epoch, epochsRun: epoch, heldOut: course, improved: true };
}

/** Steps in one pass over so many patients. */
function stepsOf(patients: number, { stepsPerEpoch, largestBatch }: TrainingSchedule): number {
  return Math.max(
    1,
    Math.ceil(patients / largestBatch),
    Math.min(stepsPerEpoch, Math.floor(patients / SMALLEST_BATCH)),
  );
}

/** Gradient of the mean negative log-density from that of the sum of log-densities, no longer than the limit. */
function descend(gradient: Float64Array, weight: number): void {
  let square = 0;
  for (let k = 0; k < gradient.length; k++) {
    gradient[k]! /= -weight;
    square += gradient[k]! * gradient[k]!;
  }
  const length = Math.sqrt(square);
  if (length <= LONGEST_GRADIENT) return;
  for (let k = 0; k < gradient.length; k++) gradient[k]! *= LONGEST_GRADIENT / length;
}

function totalWeight(rows: Int32Array, patientWeights: Float64Array): number {
  let sum = 0;
  for (const i of rows) sum += patientWeights[i]!;
  return sum;
}

function shuffle(order: Int32Array, rng: Rng): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = rng.integer(i + 1);
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
}
