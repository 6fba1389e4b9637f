import { addCountProbabilities, countPredictor, termRatios } from "./count-law.ts";
import { type CountMarginals, countMarginals } from "./count-marginals.ts";
import { setDesignRow } from "./design-columns.ts";
import type { CountEndpoint, DiscreteEndpoint, LevelEndpoint } from "./discrete-transition-parameters.ts";
import { conditionChain, type MarkovChain, marginals } from "./markov-chain.ts";
import { setLevelProbabilities } from "./step-law.ts";

/** Counts above this are no longer tabulated. */
const LARGEST_SUPPORT = 480;
/** Probability above the support that makes it larger. */
const TAIL = 1e-8;
/** Where nothing is known, last values less probable than this are not followed further: their row keeps the value. */
const UNREACHED = 1e-13;

/** Chain of one patient and endpoint, and the largest probability of a step beyond its support. */
export interface PatientChain {
  readonly chain: MarkovChain;
  /** 0 for levels. */
  readonly beyondSupport: number;
}

/** Law of one endpoint's course under control, ready for any patient. METHODS.md, equations (DT2), (DT4), (DT5) and (DT9). */
export interface OpenEndpoint {
  /**
   * Laws of the visits when those up to some visit are known, or none.
   *
   * @param features - [Q]; NaN = missing.
   * @param known - [V] value, or −1 where unknown; no value after an unknown one.
   * @param visits - How many of them are wanted, from the first.
   */
  laws(features: Float64Array, known: Int32Array, visits: number): readonly Float64Array[];
  /**
   * The chain over the visits, its rows those that the known values leave open.
   *
   * @param features - [Q]; NaN = missing.
   * @param known - [V] value, or −1 where unknown; the chain is then to be conditioned on them.
   */
  chain(features: Float64Array, known: Int32Array): PatientChain;
}

/**
 * Opens the law of one endpoint.
 *
 * @param endpoint - Fitted law.
 */
export function openEndpoint(endpoint: DiscreteEndpoint): OpenEndpoint {
  const x = new Float64Array(endpoint.columns.length);
  const fromFeatures = (features: Float64Array): Float64Array => {
    setDesignRow(endpoint.columns, features, x, 0);
    const sums = new Float64Array(endpoint.visits.length);
    endpoint.visits.forEach(({ coefficients }, v) => {
      sums[v] = coefficients.reduce((sum, b, j) => sum + b * x[j]!, 0);
    });
    return sums;
  };
  switch (endpoint.law) {
    case "levels":
      return {
        laws(features, known, visits) {
          const chain = levelChain(endpoint, fromFeatures(features), visits);
          return marginals(conditionChain(chain, known.subarray(0, visits)).chain);
        },
        chain: (features) => ({
          chain: levelChain(endpoint, fromFeatures(features), endpoint.visits.length),
          beyondSupport: 0,
        }),
      };
    case "count": {
      const supported = supportedMarginals(endpoint);
      return {
        laws: (features, known, visits) => supported(fromFeatures(features), known, visits).laws,
        chain(features, known) {
          const own = fromFeatures(features);
          const none = new Int32Array(known.length).fill(-1);
          const found = supported(own, none, endpoint.visits.length, Math.max(...known));
          return { chain: countChain(endpoint, own, known, found.laws), beyondSupport: found.beyond };
        },
      };
    }
    default:
      return endpoint satisfies never;
  }
}

function levelChain(endpoint: LevelEndpoint, fromFeatures: Float64Array, visits: number): MarkovChain {
  const K = endpoint.levels;
  const first = new Float64Array(K);
  const [start, ...later] = endpoint.visits.slice(0, visits);
  setLevelProbabilities(start!, -1, fromFeatures[0]!, first, 0);
  const steps = later.map((step, v) => {
    const matrix = new Float64Array(K * K);
    for (let j = 0; j < K; j++) setLevelProbabilities(step, j, fromFeatures[v + 1]!, matrix, j * K);
    return matrix;
  });
  return { states: K, first, steps };
}

/** Laws of the visits over a support that is doubled until it holds those of which nothing is known, and every known value. */
function supportedMarginals(
  endpoint: CountEndpoint,
): (fromFeatures: Float64Array, known: Int32Array, visits: number, largestKnown?: number) => CountMarginals {
  const opened = new Map<number, ReturnType<typeof countMarginals>>();
  const none = new Int32Array(endpoint.visits.length).fill(-1);
  return (fromFeatures, known, visits, largestKnown = Math.max(...known)) => {
    const isAnyKnown = known[0]! >= 0;
    let largest = Math.min(LARGEST_SUPPORT, Math.max(endpoint.largest, largestKnown));
    for (;;) {
      const marginalsOf = opened.get(largest) ?? countMarginals(endpoint, largest);
      opened.set(largest, marginalsOf);
      const given = () => marginalsOf(fromFeatures, known, visits, Number.POSITIVE_INFINITY);
      if (largest >= LARGEST_SUPPORT) return given();
      const found = marginalsOf(fromFeatures, none, isAnyKnown ? none.length : visits, TAIL);
      if (found.beyond <= TAIL) return isAnyKnown ? given() : found;
      largest = Math.min(LARGEST_SUPPORT, 2 * largest);
    }
  };
}

function countChain(
  endpoint: CountEndpoint,
  fromFeatures: Float64Array,
  known: Int32Array,
  laws: readonly Float64Array[],
): MarkovChain {
  const first = laws[0]!;
  const K = first.length;
  const isAnyKnown = known.some((value) => value >= 0);
  const steps = endpoint.visits.slice(1).map((step, v) => {
    const matrix = new Float64Array(K * K);
    const ratios = termRatios(step.dispersion, K);
    const law = laws[v]!;
    for (let j = 0; j < K; j++) {
      const isOpen = isAnyKnown ? known[v]! < 0 || known[v] === j : law[j]! >= UNREACHED;
      if (isOpen)
        addCountProbabilities(countPredictor(step, j, fromFeatures[v + 1]!), step.dispersion, ratios, 1, matrix, j * K);
      else matrix[j * K + j] = 1;
    }
    return matrix;
  });
  return { states: K, first, steps };
}
