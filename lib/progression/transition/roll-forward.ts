import { choleskyInPlace } from "../../numerics/cholesky.ts";
import type { OpenEnsemble } from "./boosted-trees/open-ensemble.ts";
import { DAYS_PER_YEAR } from "./design-columns.ts";
import { type LinearChain, residualBlock } from "./linear-chain.ts";
import { levelOf } from "./residual-law.ts";
import { type TrajectoryHistories, trajectoryHistories, writeTrajectoryFeatures } from "./trajectory-histories.ts";
import type { LinearTransition } from "./transition-parameters.ts";
import { baselineFeatureRow, sharedTreeFeatures, treeFeatureCount } from "./tree-features.ts";

/** How the values of one visit follow from one another: known endpoints first, then the others. */
export interface VisitPlan {
  readonly order: Int32Array;
  readonly known: number;
  /** [E × E] factor of the residual covariance in that order. */
  readonly factor: Float64Array;
}

/** One patient, ready to be rolled forward. */
export interface RollForward {
  readonly model: LinearTransition;
  readonly chain: LinearChain;
  readonly plans: readonly VisitPlan[];
  readonly ensembles: readonly OpenEnsemble[];
  /** [N] NaN = not known. */
  readonly values: Float64Array;
  /** [covariate columns] */
  readonly covariates: Float64Array;
  /** [Q] */
  readonly features: Float64Array;
  readonly space: RollForwardSpace;
}

/** Order and factor of every visit, 0 = baseline, for a pattern of known values. */
export function visitPlans(model: LinearTransition, chain: LinearChain, values: Float64Array): VisitPlan[] {
  const E = chain.endpoints;
  return Array.from({ length: chain.nodes / E }, (_, v) => {
    const isKnown = (e: number) => !Number.isNaN(values[v * E + e]!);
    const all = Array.from({ length: E }, (_, e) => e);
    const order = Int32Array.from([...all.filter(isKnown), ...all.filter((e) => !isKnown(e))]);
    const block = residualBlock(model, chain, v);
    const factor = new Float64Array(E * E);
    for (let a = 0; a < E; a++) for (let b = 0; b <= a; b++) factor[a * E + b] = block[order[a]! * E + order[b]!]!;
    choleskyInPlace(factor, E);
    return { order, known: all.filter(isKnown).length, factor };
  });
}

/** Which of the columns of standard normals, one a node, belongs to which node. */
export interface NormalColumns {
  /** [N] −1 where none is needed. */
  readonly of: Int32Array;
  readonly width: number;
}

/** A column for every node. */
export function everyNode(nodes: number): NormalColumns {
  return { of: Int32Array.from({ length: nodes }, (_, node) => node), width: nodes };
}

/** Columns for the nodes that are not known, in order. */
export function unknownNodes(values: Float64Array): NormalColumns {
  let width = 0;
  const of = Int32Array.from(values, (value) => (Number.isNaN(value) ? width++ : -1));
  return { of, width };
}

/** Arrays that rolling forward works in, made once a model and grown as needed. */
export interface RollForwardSpace {
  readonly histories: readonly TrajectoryHistories[];
  /** Mean, scale and what earlier endpoints of the visit explain, by endpoint; spread stays 1 where no level changes it. */
  readonly centre: Float64Array[];
  readonly spread: Float64Array[];
  readonly explained: Float64Array[];
  readonly residuals: Float64Array[];
}

/** Space for a model with these trees. */
export function rollForwardSpace(ensembles: readonly OpenEnsemble[]): RollForwardSpace {
  const asked = askedByAny(ensembles);
  const each = () => ensembles.map(() => new Float64Array(0));
  return {
    histories: ensembles.map(() => trajectoryHistories(asked)),
    centre: each(),
    spread: each(),
    explained: each(),
    residuals: each(),
  };
}

/**
 * Rolls many trajectories forward through all visits. A known value is kept, and the trajectory weighted by its density given the
 * trajectory so far. METHODS.md, equations (TM9), (TM10).
 *
 * @param normals - [columns.width × count] standard normals.
 * @param columns - Where the normals of a node are found.
 * @param values - [N × count] receives all nodes.
 * @param logWeights - [count] receives the log of the weight, up to a constant.
 */
export function rollForward(
  patient: RollForward,
  normals: Float64Array,
  columns: NormalColumns,
  count: number,
  values: Float64Array,
  logWeights: Float64Array,
): void {
  const { model, chain, plans, space } = patient;
  const { nodes: N, endpoints: E } = chain;
  const V = N / E - 1;
  if (space.centre[0]!.length < count) grow(space, count);
  const { histories, centre, spread } = space;
  for (const history of histories) history.begin(count);
  const features = treeColumns(patient);
  const nodes = Array.from({ length: N }, (_, node) => values.subarray(node * count, (node + 1) * count));
  logWeights.fill(0, 0, count);
  let sharedSoFar = true;
  for (let v = 0; v <= V; v++) {
    for (let e = 0; e < E; e++) {
      linearMeans(patient, v * E + e, nodes, count, centre[e]!);
      if (v === 0) continue;
      addTrees(patient, e, v, histories, sharedSoFar, features, count, centre[e]!);
      scaleByLevel(model, e, histories[e]!.last, count, spread[e]!);
    }
    for (let a = 0; a < E; a++) drawEndpoint(patient, v, a, normals, columns, nodes, count, logWeights);
    for (let e = 0; e < E; e++) {
      histories[e]!.add(nodes[v * E + e]!, v === 0 ? 0 : chain.days[e * V + v - 1]! / DAYS_PER_YEAR);
    }
    sharedSoFar &&= plans[v]!.known === E;
  }
  // Only the level of a visit after baseline changes the spread.
  for (const own of spread) own.fill(1, 0, count);
}

/** The endpoint at position `a` of the order of visit v: its value from its normal, or, where it is known, its residual and weight. */
function drawEndpoint(
  { chain, plans, space, values }: RollForward,
  v: number,
  a: number,
  normals: Float64Array,
  columns: NormalColumns,
  nodes: readonly Float64Array[],
  count: number,
  logWeights: Float64Array,
): void {
  const E = chain.endpoints;
  const { order, known, factor } = plans[v]!;
  const e = order[a]!;
  const node = v * E + e;
  const own = factor[a * E + a]!;
  const [mean, scale, explained, residual] = [
    space.centre[e]!,
    space.spread[e]!,
    space.explained[a]!,
    space.residuals[a]!,
  ];
  if (a > 0) explained.fill(0, 0, count);
  for (let b = 0; b < a; b++) {
    const weight = factor[a * E + b]!;
    const other = space.residuals[b]!;
    for (let m = 0; m < count; m++) explained[m]! += weight * other[m]!;
  }
  const into = nodes[node]!;
  if (a < known) {
    const value = values[node]!;
    into.fill(value);
    for (let m = 0; m < count; m++) {
      residual[m] = ((value - mean[m]!) / scale[m]! - explained[m]!) / own;
      logWeights[m]! -= 0.5 * residual[m]! ** 2 + Math.log(scale[m]!);
    }
    return;
  }
  const from = columns.of[node]! * count;
  if (E === 1) {
    // Nothing to correlate with: a third of the work.
    for (let m = 0; m < count; m++) into[m] = mean[m]! + scale[m]! * (own * normals[from + m]!);
    return;
  }
  for (let m = 0; m < count; m++) {
    const normal = normals[from + m]!;
    residual[m] = normal;
    into[m] = mean[m]! + scale[m]! * (explained[m]! + own * normal);
  }
}

function grow({ centre, spread, explained, residuals }: RollForwardSpace, count: number): void {
  for (const arrays of [centre, spread, explained, residuals]) {
    for (let e = 0; e < arrays.length; e++) arrays[e] = new Float64Array(count);
  }
  for (const own of spread) own.fill(1);
}

function askedByAny(ensembles: readonly OpenEnsemble[]): Uint8Array {
  const asked = new Uint8Array(ensembles[0]!.asked.length);
  for (const ensemble of ensembles) for (let f = 0; f < asked.length; f++) asked[f]! |= ensemble.asked[f]!;
  return asked;
}

function linearMeans(
  { chain, covariates }: RollForward,
  row: number,
  nodes: readonly Float64Array[],
  count: number,
  into: Float64Array,
): void {
  const { nodes: N, endpoints: E, historyWeights, covariateWeights, covariateCount: P } = chain;
  let start = chain.offset[row]!;
  for (let p = 0; p < P; p++) start += covariateWeights[row * P + p]! * covariates[p]!;
  const before = row - (row % E);
  const at = row * N;
  into.fill(start, 0, count);
  let u = 0;
  // Four nodes a pass: sums stay in registers; their order is that of one node a pass.
  for (; u + 4 <= before; u += 4) {
    const [a, b, c, d] = [nodes[u]!, nodes[u + 1]!, nodes[u + 2]!, nodes[u + 3]!];
    const [weightA, weightB] = [historyWeights[at + u]!, historyWeights[at + u + 1]!];
    const [weightC, weightD] = [historyWeights[at + u + 2]!, historyWeights[at + u + 3]!];
    for (let m = 0; m < count; m++) {
      into[m] = into[m]! + weightA * a[m]! + weightB * b[m]! + weightC * c[m]! + weightD * d[m]!;
    }
  }
  for (; u < before; u++) {
    const own = nodes[u]!;
    const weight = historyWeights[at + u]!;
    for (let m = 0; m < count; m++) into[m]! += weight * own[m]!;
  }
}

/** [features][trajectories] for the trees, the baseline features, which all trajectories share, filled in. */
function treeColumns({ model, features }: RollForward): Float64Array[] {
  const E = model.endpoints.length;
  const columns = new Array<Float64Array>(treeFeatureCount(E, features.length)).fill(new Float64Array(0));
  features.forEach((value, q) => {
    columns[baselineFeatureRow(E) + q] = Float64Array.of(value);
  });
  return columns;
}

function addTrees(
  { model, chain, ensembles, features }: RollForward,
  e: number,
  v: number,
  histories: readonly TrajectoryHistories[],
  historyShared: boolean,
  columns: Float64Array[],
  count: number,
  into: Float64Array,
): void {
  const ensemble = ensembles[e]!;
  if (ensemble.trees === 0) return;
  const E = model.endpoints.length;
  const V = model.plannedDays.length;
  const timeYears = chain.days[e * V + v - 1]! / DAYS_PER_YEAR;
  const step = { timeYears, gapYears: timeYears - (v === 1 ? 0 : chain.days[e * V + v - 2]! / DAYS_PER_YEAR) };
  writeTrajectoryFeatures(histories, e, v, step, columns);
  ensemble.add(columns, sharedTreeFeatures(e, E, features.length, historyShared), count, into);
}

function scaleByLevel(
  { residual, endpoints }: LinearTransition,
  e: number,
  last: Float64Array,
  count: number,
  into: Float64Array,
): void {
  const slope = residual.endpoints[e]!.levelSlope;
  if (slope === 0) return;
  const { centre, scale } = endpoints[e]!;
  for (let m = 0; m < count; m++) into[m] = Math.exp(0.5 * slope * levelOf(last[m]!, centre, scale));
}
