import type { Rng } from "../../numerics/rng.ts";
import { patternKey } from "../gaussian-joint/missing-patterns.ts";
import type { MemberModel, OutcomeMoments, PatientHistory } from "../member.ts";
import { type OpenEnsemble, openEnsemble } from "./boosted-trees/open-ensemble.ts";
import { covariateRow } from "./covariate-columns.ts";
import { fixedNormalColumns, fixedPairs } from "./fixed-normals.ts";
import { type LinearChain, linearChain } from "./linear-chain.ts";
import {
  asPlanned,
  assertHistory,
  assertShapes,
  createRidgeTransitionModel,
  nodeValues,
  outcomeOf,
} from "./ridge-transition-model.ts";
import {
  everyNode,
  type RollForward,
  rollForward,
  rollForwardSpace,
  unknownNodes,
  type VisitPlan,
  visitPlans,
} from "./roll-forward.ts";
import type { BoostedTransitionParameters } from "./transition-parameters.ts";
import { treeFeatureCount } from "./tree-features.ts";
import { combineHalves, effectiveCount, normaliseWeights, weightedMoments } from "./weighted-moments.ts";

/** Effective trajectories below which the fixed sample is made larger, and how often by a factor 4. */
const FEWEST_EFFECTIVE = 32;
const LARGEST_MULTIPLE = 16;
/** Trajectories rolled forward at a time when drawing. */
const CHUNK = 1280;
/** Candidates for every draw where trajectories have unequal weights. */
const CANDIDATES = 4;
const FEWEST_CANDIDATES = 512;

type Trees = Pick<BoostedTransitionParameters, "trees">["trees"];

/**
 * Model from the linear law and the trees that correct it. Moments are weighted sums over a fixed sample of trajectories: the same
 * history always gives the same numbers, exact where there are no trees, else with the stated numerical error. METHODS.md,
 * equations (TM9), (TM10).
 *
 * @throws DomainError INVALID_INPUT when shapes disagree.
 */
export function createBoostedTransitionModel(
  model: Omit<BoostedTransitionParameters, "kind" | "trees">,
  trees: Trees,
): MemberModel {
  assertShapes(model);
  // Without trees the law is linear and Gaussian: exact moments for any history, and faster.
  const isLinear = trees.every(({ roots }) => roots.length === 0);
  if (isLinear && model.residual.endpoints.every(({ levelSlope }) => levelSlope === 0)) {
    return createRidgeTransitionModel("boosted-transition", model);
  }
  const E = model.endpoints.length;
  const V = model.plannedDays.length;
  const Q = model.features.length;
  const N = E * (V + 1);
  const cells = E * V;
  const ensembles: OpenEnsemble[] = trees.map((ensemble) => openEnsemble(ensemble, treeFeatureCount(E, Q)));
  const planned = linearChain(model, new Float64Array(cells).fill(Number.NaN));
  const plannedPlans = new Map<string, VisitPlan[]>();
  const allNodes = everyNode(N);
  const space = rollForwardSpace(ensembles);
  let drawn = { values: new Float64Array(0), normals: new Float64Array(0) };

  const prepare = (history: PatientHistory): RollForward => {
    assertHistory(history, Q, cells);
    const values = new Float64Array(N);
    nodeValues(model, history, values);
    const covariates = new Float64Array(model.covariates.length);
    covariateRow(model.covariates, history.features, 0, covariates);
    const { chain, plans } = chainAndPlans(history, values);
    return { model, chain, plans, ensembles, values, covariates, features: history.features, space };
  };
  const chainAndPlans = (history: PatientHistory, values: Float64Array): { chain: LinearChain; plans: VisitPlan[] } => {
    if (!asPlanned(history, planned.days)) {
      const chain = linearChain(model, history.days);
      return { chain, plans: visitPlans(model, chain, values) };
    }
    const key = patternKey(values, 0, N);
    const plans = plannedPlans.get(key) ?? visitPlans(model, planned, values);
    plannedPlans.set(key, plans);
    return { chain: planned, plans };
  };

  /** Moments of all nodes by the fixed sample, enlarged while few trajectories carry the weight. */
  const nodeMoments = (patient: RollForward) => {
    for (let multiple = 1; ; multiple *= 4) {
      const pairs = fixedPairs(N) * multiple;
      const count = 4 * pairs;
      const values = new Float64Array(count * N);
      const weights = new Float64Array(count);
      rollForward(patient, fixedNormalColumns(N, pairs), allNodes, count, values, weights);
      normaliseWeights(weights);
      if (effectiveCount(weights) < FEWEST_EFFECTIVE && multiple < LARGEST_MULTIPLE) continue;
      return { values, weights };
    }
  };

  const predict = (history: PatientHistory): OutcomeMoments => {
    const patient = prepare(history);
    const { values, weights } = nodeMoments(patient);
    const half = weights.length / 2;
    const first = weightedMoments(values, weights, 0, half, N);
    const second = weightedMoments(values, weights, half, weights.length, N);
    const all = weightedMoments(values, weights, 0, weights.length, N);
    const mean = Float64Array.from(history.observed);
    const covariance = new Float64Array(cells * cells);
    for (let a = E; a < N; a++) {
      if (!Number.isNaN(patient.values[a]!)) continue;
      const i = outcomeOf(a, E, V);
      mean[i] = all.mean[a]!;
      for (let b = E; b < N; b++) {
        if (!Number.isNaN(patient.values[b]!)) continue;
        const j = outcomeOf(b, E, V);
        covariance[i * cells + j] = all.covariance[a * N + b]! * (model.inflation[i]! * model.inflation[j]!);
      }
    }
    const unknown = (node: number) => node >= E && Number.isNaN(patient.values[node]!);
    return { mean, covariance, numericalError: combineHalves(first, second, all, N, unknown) };
  };

  const predictMean = (history: PatientHistory): Float64Array => {
    const patient = prepare(history);
    const { values, weights } = nodeMoments(patient);
    const mean = Float64Array.from(history.observed);
    for (let node = E; node < N; node++) {
      if (!Number.isNaN(patient.values[node]!)) continue;
      let sum = 0;
      for (let m = 0; m < weights.length; m++) sum += weights[m]! * values[node * weights.length + m]!;
      mean[outcomeOf(node, E, V)] = sum;
    }
    return mean;
  };

  /** Draws, and the mean they are widened about. Without weights one pass rolls the fixed sample and the draws together. */
  const drawWithMean: NonNullable<MemberModel["drawWithMean"]> = (history, count, rng, into) => {
    const patient = prepare(history);
    const weighted = isWeighted(patient.values, E);
    const fixed = weighted ? 0 : 4 * fixedPairs(N);
    const candidates = weighted ? Math.max(FEWEST_CANDIDATES, CANDIDATES * count) : fixed + count;
    const weights = new Float64Array(candidates);
    if (drawn.values.length < candidates * N) {
      drawn = {
        values: new Float64Array(candidates * N),
        normals: new Float64Array(Math.min(CHUNK, candidates) * N),
      };
    }
    const { values, normals } = drawn;
    rollChunks(patient, fixed, candidates, rng, values, normals, weights);
    const chosen = weighted ? byWeight(weights, count, rng) : Int32Array.from({ length: count }, (_, r) => fixed + r);
    const mean = weighted ? predictMean(history) : Float64Array.from(history.observed);
    for (let node = E; node < N; node++) {
      const j = outcomeOf(node, E, V);
      const known = history.observed[j]!;
      if (!Number.isNaN(known)) {
        for (let r = 0; r < count; r++) into[r * cells + j] = known;
        continue;
      }
      if (!weighted) {
        let sum = 0;
        for (let m = 0; m < fixed; m++) sum += (1 / fixed) * values[placeOf(m, node, N, candidates)]!;
        mean[j] = sum;
      }
      const centre = mean[j]!;
      const inflation = model.inflation[j]!;
      for (let r = 0; r < count; r++) {
        const value = values[placeOf(chosen[r]!, node, N, candidates)]!;
        into[r * cells + j] = centre + inflation * (value - centre);
      }
    }
    return mean;
  };

  return {
    kind: "boosted-transition",
    featureCount: Q,
    outcomeCount: cells,
    predict,
    predictMean,
    drawWithMean,
    drawTrajectories(history, count, rng, into) {
      drawWithMean(history, count, rng, into);
    },
  };
}

/** Rolls candidates forward chunk after chunk, each [N × its size]: the first `fixed` of the fixed sample, the others of the run. */
function rollChunks(
  patient: RollForward,
  fixed: number,
  candidates: number,
  rng: Rng,
  values: Float64Array,
  normals: Float64Array,
  weights: Float64Array,
): void {
  const N = patient.chain.nodes;
  const columns = unknownNodes(patient.values);
  const sample = fixed > 0 ? fixedNormalColumns(N, fixed / 4) : normals;
  for (let from = 0; from < candidates; from += CHUNK) {
    const size = Math.min(CHUNK, candidates - from);
    const lead = Math.max(0, Math.min(size, fixed - from));
    columns.of.forEach((column, node) => {
      if (column < 0) return;
      normals.set(sample.subarray(node * fixed + from, node * fixed + from + lead), column * size);
      rng.normals(normals, column * size + lead, (column + 1) * size);
    });
    const chunk = values.subarray(from * N, (from + size) * N);
    rollForward(patient, normals, columns, size, chunk, weights.subarray(from, from + size));
  }
}

/** Whether anything is known after something that is not: trajectories then carry unequal weights. */
function isWeighted(values: Float64Array, E: number): boolean {
  let gap = false;
  for (let from = 0; from < values.length; from += E) {
    const visit = values.subarray(from, from + E);
    if (gap && visit.some((value) => !Number.isNaN(value))) return true;
    gap ||= visit.some((value) => Number.isNaN(value));
  }
  return false;
}

/** Place of a node of a candidate among chunks of [N × their size]. */
function placeOf(candidate: number, node: number, N: number, candidates: number): number {
  const from = candidate - (candidate % CHUNK);
  return from * N + node * Math.min(CHUNK, candidates - from) + (candidate - from);
}

/** Positions of `count` trajectories drawn with the probabilities of their log weights. */
function byWeight(weights: Float64Array, count: number, rng: Rng): Int32Array {
  normaliseWeights(weights);
  const cumulative = new Float64Array(weights.length);
  let total = 0;
  for (let m = 0; m < weights.length; m++) {
    total += weights[m]!;
    cumulative[m] = total;
  }
  const chosen = new Int32Array(count);
  for (let r = 0; r < count; r++) chosen[r] = firstAtLeast(cumulative, rng.uniform() * total);
  return chosen;
}

function firstAtLeast(cumulative: Float64Array, x: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! >= x) high = middle;
    else low = middle + 1;
  }
  return low;
}
