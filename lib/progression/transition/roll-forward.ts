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

/** Which column of a sample of standard normals belongs to which node. */
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

/**
 * Rolls many trajectories forward through all visits. A known value is kept, and the trajectory weighted by its density given the
 * trajectory so far. METHODS.md, equations (TM9), (TM10).
 *
 * @param normals - [count × columns.width] standard normals.
 * @param columns - Where the normal of a node is found.
 * @param values - [count × N] receives all nodes.
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
  const { model, chain, plans, ensembles } = patient;
  const { nodes: N, endpoints: E } = chain;
  const V = N / E - 1;
  const asked = askedByAny(ensembles);
  const histories = Array.from({ length: E }, () => trajectoryHistories(count, asked));
  const centre = new Float64Array(E * count);
  const spread = new Float64Array(E * count).fill(1);
  const residuals = new Float64Array(E * count);
  const features = treeColumns(patient);
  logWeights.fill(0, 0, count);
  let sharedSoFar = true;
  for (let v = 0; v <= V; v++) {
    for (let e = 0; e < E; e++) {
      const row = centre.subarray(e * count, (e + 1) * count);
      linearMeans(patient, v * E + e, values, count, row);
      if (v === 0) continue;
      addTrees(patient, e, v, histories, sharedSoFar, features, count, row);
      scaleByLevel(model, e, histories[e]!.last, count, spread.subarray(e * count, (e + 1) * count));
    }
    const { order, known, factor } = plans[v]!;
    for (let a = 0; a < E; a++) {
      const e = order[a]!;
      const node = v * E + e;
      const own = factor[a * E + a]!;
      const column = columns.of[node]!;
      for (let m = 0; m < count; m++) {
        const mean = centre[e * count + m]!;
        const scale = spread[e * count + m]!;
        let explained = 0;
        for (let b = 0; b < a; b++) explained += factor[a * E + b]! * residuals[b * count + m]!;
        if (a < known) {
          const value = patient.values[node]!;
          const residual = ((value - mean) / scale - explained) / own;
          values[m * N + node] = value;
          residuals[a * count + m] = residual;
          logWeights[m]! -= 0.5 * residual ** 2 + Math.log(scale);
        } else {
          const residual = normals[m * columns.width + column]!;
          residuals[a * count + m] = residual;
          values[m * N + node] = mean + scale * (explained + own * residual);
        }
      }
    }
    for (let e = 0; e < E; e++) {
      histories[e]!.add(values, v * E + e, N, v === 0 ? 0 : chain.days[e * V + v - 1]! / DAYS_PER_YEAR);
    }
    sharedSoFar &&= known === E;
  }
}

function askedByAny(ensembles: readonly OpenEnsemble[]): Uint8Array {
  const asked = new Uint8Array(ensembles[0]!.asked.length);
  for (const ensemble of ensembles) for (let f = 0; f < asked.length; f++) asked[f]! |= ensemble.asked[f]!;
  return asked;
}

function linearMeans(
  { chain, covariates }: RollForward,
  row: number,
  values: Float64Array,
  count: number,
  into: Float64Array,
): void {
  const { nodes: N, endpoints: E, historyWeights, covariateWeights, covariateCount: P } = chain;
  let start = chain.offset[row]!;
  for (let p = 0; p < P; p++) start += covariateWeights[row * P + p]! * covariates[p]!;
  const before = row - (row % E);
  for (let m = 0; m < count; m++) {
    let sum = start;
    for (let u = 0; u < before; u++) sum += historyWeights[row * N + u]! * values[m * N + u]!;
    into[m] = sum;
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
