import type { Rng } from "../../numerics/rng.ts";
import type { MemberTraining } from "../member.ts";
import { type LinearLaw, linearStart } from "./linear-start.ts";
import { type NetworkLayout, networkLayout } from "./network-layout.ts";
import type { NeuralBoltzmannOptions } from "./neural-boltzmann-options.ts";
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
import { type Preparation, problemFor } from "./training-preparation.ts";
import { BETWEEN_GROUPS, twoGroupStart } from "./two-group-start.ts";

/** What a network learns from, where it begins. */
export interface NetworkStart {
  readonly training: Int32Array;
  readonly heldOut: Int32Array;
  readonly law: LinearLaw;
  readonly rng: Rng;
}

export type HiddenStart = NeuralBoltzmannParameters["hiddenStart"];

/** What training led to. */
export interface Stages {
  readonly layout: NetworkLayout;
  readonly networks: readonly LearntNetwork[];
  readonly gaussian: JointTraining;
  /** Null when hidden units were not tried or not better. */
  readonly hidden: JointTraining | null;
  readonly hiddenStart: HiddenStart;
  /** Passes made with hidden units, over all starts. */
  readonly hiddenRun: number;
}

/**
 * First without hidden units, R following the residuals; then with them, R fixed, from each start asked for. The networks
 * under which the held-out patients are most likely are kept. METHODS.md, equations (N8)–(N10).
 *
 * @param training - Patients.
 * @param prepared - Inputs and standardised outcomes.
 * @param starts - One a network.
 * @param options - Sizes.
 * @param schedules - Without and with hidden units.
 * @param tried - Starts of the couplings.
 * @param onProgress - Fraction done; may throw to cancel.
 */
export function trainStages(
  training: MemberTraining,
  prepared: Preparation,
  starts: readonly NetworkStart[],
  options: NeuralBoltzmannOptions,
  schedules: readonly [TrainingSchedule, TrainingSchedule],
  tried: readonly Exclude<HiddenStart, "none">[],
  onProgress: (fraction: number) => void,
): Stages {
  const n = prepared.centre.length;
  const sizes = { inputs: prepared.inputCount, outcomes: n, meanUnits: options.meanUnits };
  const plain = networkLayout({ ...sizes, hidden: 0 });
  const full = networkLayout({ ...sizes, hidden: options.hiddenUnits });
  const anchors = starts.map(({ law, rng }) => linearStart(full, law, prepared.centre, prepared.unit, rng));
  const common = plain.size;
  const open: Learner[] = [];
  const learner = (s: number, layout: NetworkLayout, from: LearntNetwork, anchor: Float64Array): Learner => {
    const { law, training: rows, heldOut, rng } = starts[s]!;
    const problem = problemFor(training, prepared, layout, from.correlation);
    const likelihood = options.backend.open(problem);
    const target = correlationOf(law.covariance, n);
    let current = from.correlation;
    const made: Learner = {
      likelihood,
      start: from.weights,
      anchor,
      basis: principalSteps(layout, from.correlation),
      training: rows,
      heldOut,
      rng: rng.fork(layout === plain ? "gaussian" : "hidden"),
      correlation: from.correlation,
      afterEpoch(weights) {
        if (layout !== plain) return current;
        const prior = { target, weight: Math.max(1, prepared.joint.priorWeight) };
        current = updatedCorrelation({ ...problem, correlation: current }, weights, rows, prior);
        likelihood.setCorrelation(current);
        return current;
      },
    };
    open.push(made);
    return made;
  };
  const run = (
    make: (s: number) => Learner,
    schedule: TrainingSchedule,
    toBeat: number | null,
    from: number,
    to: number,
  ) => {
    const total = Math.max(1, schedule.maximumEpochs);
    try {
      const learners = starts.map((_, s) => make(s));
      return trainTogether(learners, training.weights, schedule, toBeat, (epoch) =>
        onProgress(from + (to - from) * (epoch / total)),
      );
    } finally {
      for (const { likelihood } of open.splice(0)) likelihood.close();
    }
  };
  const begin = (s: number): Learner => {
    const weights = anchors[s]!.slice(0, common);
    return learner(s, plain, { weights, correlation: correlationOf(starts[s]!.law.covariance, n) }, weights);
  };
  const gaussian = run(begin, schedules[0], null, 0, 0.5);
  let best: Stages = {
    layout: plain,
    networks: gaussian.networks,
    gaussian,
    hidden: null,
    hiddenStart: "none",
    hiddenRun: 0,
  };
  let toBeat = gaussian.heldOut[gaussian.epochs] ?? null;
  const likeliestGroups = (s: number, network: LearntNetwork): LearntNetwork => {
    const likelihood = options.backend.open(problemFor(training, prepared, full, network.correlation));
    let kept = { network, value: Number.NEGATIVE_INFINITY };
    try {
      for (const between of BETWEEN_GROUPS) {
        const candidate = twoGroupStart(full, network, between);
        likelihood.setCorrelation(candidate.correlation);
        const value = likelihood.evaluate(candidate.weights, starts[s]!.training, null);
        if (value > kept.value) kept = { network: candidate, value };
      }
    } finally {
      likelihood.close();
    }
    return kept.network;
  };
  tried.forEach((hiddenStart, position) => {
    if (options.hiddenUnits === 0) return;
    const makeHidden = (s: number): Learner => {
      const weights = Float64Array.from(anchors[s]!);
      weights.set(gaussian.networks[s]!.weights);
      const small = { weights, correlation: gaussian.networks[s]!.correlation };
      const from = hiddenStart === "small" ? small : likeliestGroups(s, small);
      return learner(s, full, from, anchorOf(full, anchors[s]!, from.weights));
    };
    const from = 0.5 + 0.5 * (position / tried.length);
    const hidden = run(makeHidden, schedules[1], toBeat, from, from + 0.5 / tried.length);
    const hiddenRun = best.hiddenRun + hidden.epochsRun;
    best = hidden.improved
      ? { layout: full, networks: hidden.networks, gaussian, hidden, hiddenStart, hiddenRun }
      : { ...best, hiddenRun };
    toBeat = best.hidden?.heldOut[best.hidden.epochs] ?? toBeat;
  });
  return best;
}

/** Weight decay pulls the mean and the slopes to the linear start, the level of couplings and SDs to where they began. */
export function anchorOf(layout: NetworkLayout, linear: Float64Array, start: Float64Array): Float64Array {
  const anchor = Float64Array.from(linear);
  for (const { offset, rows } of [layout.blocks.logPrecisionIntercept, layout.blocks.couplingIntercept]) {
    anchor.set(start.subarray(offset, offset + rows), offset);
  }
  return anchor;
}
