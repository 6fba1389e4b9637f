import { choleskyInPlace } from "../../numerics/cholesky.ts";
import { contextValues, DAYS_PER_YEAR, designColumns, HISTORY_BASES } from "./design-columns.ts";
import { stepVariance } from "./residual-law.ts";
import { dayOf } from "./transition-pairs.ts";
import type { LinearTransition } from "./transition-parameters.ts";

/**
 * The linear law unrolled over the visits at given days. Nodes are values: node v·E + e is endpoint e at visit v, visit 0 =
 * baseline; N = E(V + 1). METHODS.md, equation (TM4).
 */
export interface LinearChain {
  readonly nodes: number;
  readonly endpoints: number;
  /** [N] */
  readonly offset: Float64Array;
  /** [N × covariate columns] */
  readonly covariateWeights: Float64Array;
  readonly covariateCount: number;
  /** [N × N] weight of earlier nodes in the mean of a node; 0 from its own visit on. */
  readonly historyWeights: Float64Array;
  /** [N] variance of a node given all earlier visits. */
  readonly variance: Float64Array;
  /** [E·V] day of each value, order e·V + v, strictly increasing in v. */
  readonly days: Float64Array;
}

/**
 * Chain at given days.
 *
 * @param model - Trained linear law.
 * @param days - [E·V]; NaN = as planned.
 */
export function linearChain(model: LinearTransition, days: Float64Array): LinearChain {
  const E = model.endpoints.length;
  const V = model.plannedDays.length;
  const N = E * (V + 1);
  const P = model.covariates.length;
  const chain: LinearChain = {
    nodes: N,
    endpoints: E,
    offset: new Float64Array(N),
    covariateWeights: new Float64Array(N * P),
    covariateCount: P,
    historyWeights: new Float64Array(N * N),
    variance: new Float64Array(N),
    days: new Float64Array(E * V),
  };
  for (let e = 0; e < E; e++) {
    const { mean, coefficients } = model.endpoints[e]!.baseline;
    chain.offset[e] = mean;
    chain.covariateWeights.set(coefficients, e * P);
    chain.variance[e] = model.residual.baselineCovariance[e * E + e]!;
    let last = 0;
    for (let v = 0; v < V; v++) {
      last = dayOf(days[e * V + v]!, model.plannedDays[v]!, last);
      chain.days[e * V + v] = last;
    }
    for (let v = 1; v <= V; v++) unrollStep(model, chain, e, v);
  }
  return chain;
}

/** Writes the row of node (v, e): what each base column of the step is in terms of earlier nodes. */
function unrollStep(model: LinearTransition, chain: LinearChain, e: number, v: number): void {
  const E = chain.endpoints;
  const V = model.plannedDays.length;
  const P = chain.covariateCount;
  const N = chain.nodes;
  const law = model.endpoints[e]!;
  const row = v * E + e;
  const time = (u: number) => (u === 0 ? 0 : chain.days[e * V + u - 1]!) / DAYS_PER_YEAR;
  const gap = time(v) - time(v - 1);
  const context = contextValues(law.contexts, gap, time(v), v);
  const total = new Float64Array(HISTORY_BASES + E + P);
  designColumns(e, E, P).forEach((column, j) => {
    total[column.base]! += law.coefficients[j]! * context[column.context]!;
  });
  const weights = chain.historyWeights;
  const at = row * N;
  const own = (u: number) => at + u * E + e;
  const [last, first, mean, slope] = total;
  weights[own(v - 1)]! += 1 + last! / law.scale;
  weights[own(0)]! += first! / law.scale;
  for (let u = 0; u < v; u++) weights[own(u)]! += mean! / law.scale / v;
  addSlope(weights, own, v, time, (slope! * gap) / law.scale);
  chain.offset[row] = law.intervalChanges[v - 1]! - ((last! + first! + mean!) * law.centre) / law.scale;
  for (let f = 0; f < E; f++) {
    const weight = total[HISTORY_BASES + f]! / model.endpoints[f]!.scale;
    weights[at + (v - 1) * E + f]! += weight;
    chain.offset[row]! -= weight * model.endpoints[f]!.centre;
  }
  chain.covariateWeights.set(total.subarray(HISTORY_BASES + E), row * P);
  chain.variance[row] = stepVariance(model.residual.endpoints[e]!, v - 1, gap, 0);
}

function addSlope(
  weights: Float64Array,
  own: (visit: number) => number,
  count: number,
  time: (visit: number) => number,
  factor: number,
): void {
  if (count < 2) return;
  let mean = 0;
  for (let u = 0; u < count; u++) mean += time(u) / count;
  let spread = 0;
  for (let u = 0; u < count; u++) spread += (time(u) - mean) ** 2;
  for (let u = 0; u < count; u++) weights[own(u)]! += (factor * (time(u) - mean)) / spread;
}

/** [E × E] covariance of the residuals of visit v (0 = baseline), before any dependence on the level. */
export function residualBlock(model: LinearTransition, chain: LinearChain, v: number): Float64Array {
  const E = chain.endpoints;
  if (v === 0) return Float64Array.from(model.residual.baselineCovariance);
  return Float64Array.from(model.residual.correlation, (correlation, k) => {
    const [e, f] = [Math.floor(k / E), k % E];
    return correlation * Math.sqrt(chain.variance[v * E + e]! * chain.variance[v * E + f]!);
  });
}

/**
 * Mean of every node given covariates only.
 *
 * @param covariates - [columns]
 */
export function chainMean(chain: LinearChain, covariates: Float64Array): Float64Array {
  const { nodes: N, endpoints: E, historyWeights, covariateWeights, covariateCount: P } = chain;
  const mean = chain.offset.slice();
  for (let r = 0; r < N; r++) {
    let sum = mean[r]!;
    for (let p = 0; p < P; p++) sum += covariateWeights[r * P + p]! * covariates[p]!;
    const before = r - (r % E);
    for (let u = 0; u < before; u++) sum += historyWeights[r * N + u]! * mean[u]!;
    mean[r] = sum;
  }
  return mean;
}

/** [N × N] covariance of all nodes given covariates, exact: rows of the factor are propagated like the nodes. */
export function chainCovariance(model: LinearTransition, chain: LinearChain): Float64Array {
  const { nodes: N, endpoints: E, historyWeights } = chain;
  const factor = new Float64Array(N * N);
  for (let v = 0; v * E < N; v++) {
    const block = residualBlock(model, chain, v);
    choleskyInPlace(block, E);
    for (let e = 0; e < E; e++) {
      const r = v * E + e;
      for (let u = 0; u < v * E; u++) {
        const weight = historyWeights[r * N + u]!;
        if (weight === 0) continue;
        for (let k = 0; k <= u; k++) factor[r * N + k]! += weight * factor[u * N + k]!;
      }
      for (let f = 0; f <= e; f++) factor[r * N + v * E + f]! += block[e * E + f]!;
    }
  }
  const covariance = new Float64Array(N * N);
  for (let r = 0; r < N; r++) {
    for (let s = 0; s <= r; s++) {
      let sum = 0;
      for (let k = 0; k <= s; k++) sum += factor[r * N + k]! * factor[s * N + k]!;
      covariance[r * N + s] = sum;
      covariance[s * N + r] = sum;
    }
  }
  return covariance;
}
