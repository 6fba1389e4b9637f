import { setDesignRow } from "./design-columns.ts";
import type { CountEndpoint, DiscreteEndpoint, LevelEndpoint } from "./discrete-transition-parameters.ts";
import type { MarkovChain } from "./markov-chain.ts";
import { setCountProbabilities, setLevelProbabilities } from "./step-law.ts";

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

/**
 * Law of one endpoint's course under control for a patient. METHODS.md, equations (DT2), (DT4) and (DT5).
 *
 * @param endpoint - Fitted law.
 * @param features - [Q]; NaN = missing.
 * @param largestKnown - Largest count observed, so that the support holds it; −1 where none.
 */
export function endpointChain(endpoint: DiscreteEndpoint, features: Float64Array, largestKnown: number): PatientChain {
  const x = new Float64Array(endpoint.columns.length);
  setDesignRow(endpoint.columns, features, x, 0);
  const along = (coefficients: readonly number[]) => coefficients.reduce((sum, b, j) => sum + b * x[j]!, 0);
  switch (endpoint.law) {
    case "levels":
      return { chain: levelChain(endpoint, along), beyondSupport: 0 };
    case "count":
      return countChain(endpoint, along, largestKnown);
    default:
      return endpoint satisfies never;
  }
}

function levelChain(endpoint: LevelEndpoint, along: (coefficients: readonly number[]) => number): MarkovChain {
  const K = endpoint.levels;
  const first = new Float64Array(K);
  const [start, ...later] = endpoint.visits;
  setLevelProbabilities(start!, -1, along(start!.coefficients), first, 0);
  const steps = later.map((step) => {
    const matrix = new Float64Array(K * K);
    const fromFeatures = along(step.coefficients);
    for (let j = 0; j < K; j++) setLevelProbabilities(step, j, fromFeatures, matrix, j * K);
    return matrix;
  });
  return { states: K, first, steps };
}

function countChain(
  endpoint: CountEndpoint,
  along: (coefficients: readonly number[]) => number,
  largestKnown: number,
): PatientChain {
  const [start, ...later] = endpoint.visits;
  const fromFeatures = endpoint.visits.map(({ coefficients }) => along(coefficients));
  for (
    let largest = Math.min(LARGEST_SUPPORT, Math.max(endpoint.largest, largestKnown));
    ;
    largest = Math.min(LARGEST_SUPPORT, 2 * largest)
  ) {
    const K = largest + 1;
    const first = new Float64Array(K);
    let reached = setCountProbabilities(start!, -1, fromFeatures[0]!, first, 0, K);
    let law = first;
    const steps = later.map((step, v) => {
      const matrix = new Float64Array(K * K);
      const next = new Float64Array(K);
      let beyond = 0;
      for (let j = 0; j < K; j++) {
        if (largestKnown < 0 && law[j]! < UNREACHED) {
          matrix[j * K + j] = 1;
          next[j]! += law[j]!;
          continue;
        }
        beyond += law[j]! * setCountProbabilities(step, j, fromFeatures[v + 1]!, matrix, j * K, K);
        for (let k = 0; k < K; k++) next[k]! += law[j]! * matrix[j * K + k]!;
      }
      reached = Math.max(reached, beyond);
      law = next;
      return matrix;
    });
    if (reached <= TAIL || largest >= LARGEST_SUPPORT) {
      return { chain: { states: K, first, steps }, beyondSupport: reached };
    }
  }
}
