import type { Rng } from "../../numerics/rng.ts";

/** Law of a sequence of states: K of them at V visits. */
export interface MarkovChain {
  readonly states: number;
  /** [K] at the first visit. */
  readonly first: Float64Array;
  /** [V − 1] matrices [K × K], row: state at a visit, column: state at the next. */
  readonly steps: readonly Float64Array[];
}

/**
 * The chain given some of its states: a chain again, by the backward recursion b_v(j) = P(states known after v | j).
 * METHODS.md, equation (DT6).
 *
 * @param chain - Law before anything is known.
 * @param known - [V] state, or −1 where unknown.
 * @returns The conditional chain and the log probability of the known states.
 */
export function conditionChain(
  chain: MarkovChain,
  known: Int32Array,
): { readonly chain: MarkovChain; readonly logProbability: number } {
  const { states: K, steps } = chain;
  const V = steps.length + 1;
  if (known.every((state) => state < 0)) return { chain, logProbability: 0 };
  const conditional: Float64Array[] = new Array(V - 1);
  let after = new Float64Array(K).fill(1);
  let logProbability = 0;
  for (let v = V - 1; v > 0; v--) {
    const step = steps[v - 1]!;
    const next = new Float64Array(K * K);
    const before = new Float64Array(K);
    let largest = 0;
    for (let j = 0; j < K; j++) {
      // The value before is known: other rows are never visited.
      if (known[v - 1]! >= 0 && known[v - 1] !== j) {
        next[j * K + (known[v]! < 0 ? j : known[v]!)] = 1;
        continue;
      }
      if (known[v]! >= 0) {
        before[j] = step[j * K + known[v]!]! * after[known[v]!]!;
        largest = Math.max(largest, before[j]!);
        next[j * K + known[v]!] = 1;
        continue;
      }
      let sum = 0;
      for (let k = 0; k < K; k++) {
        const product = step[j * K + k]! * after[k]!;
        next[j * K + k] = product;
        sum += product;
      }
      before[j] = sum;
      largest = Math.max(largest, sum);
      // A state from which the known ones cannot be reached is never visited.
      if (sum > 0) for (let k = 0; k < K; k++) next[j * K + k]! /= sum;
      else next[j * K + j] = 1;
    }
    conditional[v - 1] = next;
    if (largest > 0) {
      for (let j = 0; j < K; j++) before[j]! /= largest;
      logProbability += Math.log(largest);
    }
    after = before;
  }
  const first = Float64Array.from(chain.first, (p, k) => (known[0]! < 0 || known[0] === k ? p * after[k]! : 0));
  const total = first.reduce((sum, p) => sum + p, 0);
  if (total > 0) for (let k = 0; k < K; k++) first[k]! /= total;
  else first.set(known[0]! < 0 ? chain.first : Float64Array.from(first, (_, k) => (k === known[0] ? 1 : 0)));
  return { chain: { states: K, first, steps: conditional }, logProbability: logProbability + Math.log(total) };
}

/**
 * Law of the state at every visit: p_v = p_{v−1} T_v. METHODS.md, equation (DT5).
 *
 * @returns [V] laws [K].
 */
export function marginals({ states: K, first, steps }: MarkovChain): Float64Array[] {
  const laws = [first];
  for (const step of steps) {
    const before = laws.at(-1)!;
    const next = new Float64Array(K);
    for (let j = 0; j < K; j++) {
      const p = before[j]!;
      if (p === 0) continue;
      for (let k = 0; k < K; k++) next[k]! += p * step[j * K + k]!;
    }
    laws.push(next);
  }
  return laws;
}

/**
 * Means and covariances of the state's number over the visits, exact. METHODS.md, equation (DT5).
 *
 * @returns mean [V], covariance [V × V].
 */
export function chainMoments(chain: MarkovChain): { mean: Float64Array; covariance: Float64Array } {
  const { states: K, steps } = chain;
  const laws = marginals(chain);
  const V = laws.length;
  const mean = Float64Array.from(laws, (law) => law.reduce((sum, p, k) => sum + k * p, 0));
  const covariance = new Float64Array(V * V);
  // expected[v][j] = E[Y_v − μ_v | Y_u = j], from the last u backwards, all v in one pass over a step.
  const expected: Float64Array[] = [];
  for (let u = V - 1; u >= 0; u--) {
    if (u < V - 1) stepBack(steps[u]!, laws[u]!, expected, u + 1);
    expected[u] = Float64Array.from({ length: K }, (_, k) => k - mean[u]!);
    for (let v = u; v < V; v++) {
      let sum = 0;
      for (let j = 0; j < K; j++) sum += laws[u]![j]! * (j - mean[u]!) * expected[v]![j]!;
      covariance[u * V + v] = sum;
      covariance[v * V + u] = sum;
    }
  }
  return { mean, covariance };
}

/** Carries expectations over one step back, for states that are reached; `from`: the first visit that has any. */
function stepBack(step: Float64Array, law: Float64Array, expected: Float64Array[], from: number): void {
  const K = law.length;
  const earlier = expected.map(() => new Float64Array(K));
  for (let j = 0; j < K; j++) {
    if (law[j] === 0) continue;
    const row = step.subarray(j * K, (j + 1) * K);
    for (let v = from; v < expected.length; v++) {
      const later = expected[v]!;
      let sum = 0;
      for (let k = 0; k < K; k++) sum += row[k]! * later[k]!;
      earlier[v]![j] = sum;
    }
  }
  for (let v = from; v < expected.length; v++) expected[v] = earlier[v]!;
}

/**
 * Visits the pairs of states at a visit and the next that have more than a least probability.
 *
 * @param laws - Of the visits, from {@link marginals}.
 * @param visit - The earlier one.
 * @param least - Probability.
 * @param each - Told state, next state and probability, in the order of states.
 */
export function visitPairs(
  { states: K, steps }: MarkovChain,
  laws: readonly Float64Array[],
  visit: number,
  least: number,
  each: (state: number, next: number, p: number) => void,
): void {
  const step = steps[visit]!;
  const law = laws[visit]!;
  for (let j = 0; j < K; j++) {
    // No pair is more probable than its first state.
    const reached = law[j]!;
    if (!(reached > least)) continue;
    for (let k = 0; k < K; k++) {
      const p = step[j * K + k]! * reached;
      if (p > least) each(j, k, p);
    }
  }
}

/** Draws one sequence of states into `into` ([V]). */
export function drawStates({ states: K, first, steps }: MarkovChain, rng: Rng, into: Int32Array): void {
  let state = drawFrom(first, 0, K, rng.uniform());
  into[0] = state;
  steps.forEach((step, v) => {
    state = drawFrom(step, state * K, K, rng.uniform());
    into[v + 1] = state;
  });
}

function drawFrom(probabilities: Float64Array, at: number, K: number, uniform: number): number {
  let below = 0;
  let last = 0;
  for (let k = 0; k < K; k++) {
    const p = probabilities[at + k]!;
    if (p > 0) last = k;
    below += p;
    if (uniform < below) return k;
  }
  return last;
}
