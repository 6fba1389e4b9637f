import { addCountProbabilities, countPredictor, LARGEST_PREDICTOR, termRatios } from "./count-law.ts";
import type { CountEndpoint, CountStep } from "./discrete-transition-parameters.ts";

/** Last values up to here are followed one by one, larger ones through nodes. */
const SINGLE = 24;
/** Nodes come in such numbers. */
const NODE_STEP = 4;
/** Nodes for each width of a law on the scale of log(1 + last value), and beyond. */
const NODES_PER_WIDTH = 5;
const EXTRA_NODES = 12;
/** Last values less probable than this are not followed further. */
const UNREACHED = 1e-13;

/** Laws of a count by visit, and the largest probability of a visit beyond its table. */
export interface CountMarginals {
  /** [visits asked for] laws [M + 1]. */
  readonly laws: readonly Float64Array[];
  readonly beyond: number;
}

/** Nodes in log(1 + last value) and the weights that carry a function from them to every larger last value. */
interface Nodes {
  readonly places: Float64Array;
  /** [(M + 1 − SINGLE) × nodes] */
  readonly weights: Float64Array;
}

/**
 * Laws of the visits of a count when those up to some visit are known, or none, without the matrices of its steps: the law of a step is a smooth function of
 * log(1 + last value), so that large last values act through few interpolation nodes. METHODS.md, equation (DT9).
 *
 * @param endpoint - Fitted law.
 * @param largest - M.
 * @returns Laws given Σ coefficients × design by visit and the known values (−1 where unknown, none after an unknown one), of the first
 *   visits asked for; ends where `limit` is exceeded beyond M.
 */
export function countMarginals(
  endpoint: CountEndpoint,
  largest: number,
): (fromFeatures: Float64Array, known: Int32Array, visits: number, limit: number) => CountMarginals {
  const size = largest + 1;
  const ratios = endpoint.visits.map(({ dispersion }) => termRatios(dispersion, size));
  const nodesOf = new Map<number, Nodes>();
  const nodes = (count: number): Nodes => {
    const found = nodesOf.get(count) ?? interpolationNodes(count, size);
    nodesOf.set(count, found);
    return found;
  };
  return (fromFeatures, known, visits, limit) => {
    const laws: Float64Array[] = [];
    let beyond = 0;
    for (let v = 0; v < visits && beyond <= limit; v++) {
      const step = endpoint.visits[v]!;
      const next = new Float64Array(size);
      const add = (eta: number, p: number) => p * addCountProbabilities(eta, step.dispersion, ratios[v]!, p, next, 0);
      const last = v === 0 ? -1 : known[v - 1]!;
      if (known[v]! >= 0) next[known[v]!] = 1;
      else if (v === 0 || last >= 0) beyond = Math.max(beyond, add(countPredictor(step, last, fromFeatures[v]!), 1));
      else {
        const law = laws[v - 1]!;
        const count = nodeCount(step, fromFeatures[v]!, largest);
        const singles = SINGLE + count < size ? SINGLE : size;
        let above = 0;
        for (let j = 0; j < singles; j++)
          if (law[j]! >= UNREACHED) above += add(countPredictor(step, j, fromFeatures[v]!), law[j]!);
          else next[j]! += law[j]!;
        if (singles < size) {
          const { places, weights } = nodes(count);
          const carried = carriedTo(count, law, weights);
          for (let n = 0; n < count; n++)
            above += add(step.intercept + fromFeatures[v]! + step.last * places[n]!, carried[n]!);
          // Interpolation leaves rounding on either side of 0.
          for (let k = 0; k < size; k++) if (next[k]! < 0) next[k] = 0;
        }
        beyond = Math.max(beyond, above);
      }
      laws.push(next);
    }
    return { laws, beyond };
  };
}

/** Enough nodes for laws as narrow as the one of the largest mean; as many as there are values where the predictor has a kink. */
function nodeCount(step: CountStep, fromFeatures: number, largest: number): number {
  const lowest = step.intercept + fromFeatures + step.last * Math.log(SINGLE + 1);
  const highest = step.intercept + fromFeatures + step.last * Math.log1p(largest);
  const most = Math.max(lowest, highest);
  if (most > LARGEST_PREDICTOR) return largest + 1;
  const width = Math.sqrt(Math.exp(-most) + step.dispersion);
  const wanted = EXTRA_NODES + (NODES_PER_WIDTH * Math.abs(highest - lowest)) / width;
  return NODE_STEP * Math.ceil(wanted / NODE_STEP);
}

/** Chebyshev points of the first kind and their barycentric weights at every last value. */
function interpolationNodes(count: number, size: number): Nodes {
  const low = Math.log(SINGLE + 1);
  const high = Math.log(size);
  const angle = (n: number) => ((2 * n + 1) * Math.PI) / (2 * count);
  const places = Float64Array.from({ length: count }, (_, n) => (low + high + (high - low) * Math.cos(angle(n))) / 2);
  const weights = new Float64Array((size - SINGLE) * count);
  for (let j = SINGLE; j < size; j++) {
    const at = (j - SINGLE) * count;
    let sum = 0;
    let exact = -1;
    for (let n = 0; n < count; n++) {
      const distance = Math.log1p(j) - places[n]!;
      if (distance === 0) exact = n;
      const weight = ((n % 2 === 0 ? 1 : -1) * Math.sin(angle(n))) / distance;
      weights[at + n] = weight;
      sum += weight;
    }
    for (let n = 0; n < count; n++) weights[at + n] = exact < 0 ? weights[at + n]! / sum : n === exact ? 1 : 0;
  }
  return { places, weights };
}

/** [nodes] Σ law(j) × weight of the node at j, over the last values that act through nodes. */
function carriedTo(count: number, law: Float64Array, weights: Float64Array): Float64Array {
  const carried = new Float64Array(count);
  for (let j = SINGLE; j < law.length; j++) {
    const p = law[j]!;
    if (p === 0) continue;
    const at = (j - SINGLE) * count;
    for (let n = 0; n < count; n++) carried[n]! += p * weights[at + n]!;
  }
  return carried;
}
