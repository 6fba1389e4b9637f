import type { DiscreteLaw } from "../discrete-law.ts";
import type { MemberModel, PatientHistory } from "../member.ts";
import type { DiscreteTransitionParameters } from "./discrete-transition-parameters.ts";
import { type OpenEndpoint, openEndpoint, type PatientChain } from "./endpoint-chain.ts";
import { chainMoments, conditionChain, drawStates, marginals } from "./markov-chain.ts";

/** Counts observed beyond the table of probabilities act as its largest count on what follows. */
const LARGEST_STATE = 480;

/**
 * The transition model of discrete outcomes, ready to predict. METHODS.md, equations (DT5), (DT6), (DT8) and (DT9).
 *
 * @param parameters - From training.
 */
export function openDiscreteTransition(parameters: DiscreteTransitionParameters): MemberModel {
  const V = parameters.visits;
  const cells = parameters.endpoints.length * V;
  const opened = parameters.endpoints.map((endpoint) => latestOf(openEndpoint(endpoint), V));

  /** Laws of the first visits of an endpoint given the history. */
  const lawsOf = (history: PatientHistory, e: number, visits: number): readonly Float64Array[] => {
    const observed = history.observed.subarray(e * V, (e + 1) * V);
    return isFromTheFirst(observed)
      ? opened[e]!.laws(history.features, observed, visits)
      : marginals(opened[e]!.chain(history.features, observed).chain);
  };
  const chainsOf = ({ features, observed }: PatientHistory): readonly PatientChain[] =>
    opened.map(({ chain }, e) => chain(features, observed.subarray(e * V, (e + 1) * V)));

  const meanOf = (history: PatientHistory): Float64Array => {
    const mean = new Float64Array(cells);
    opened.forEach((_, e) => {
      lawsOf(history, e, V).forEach((law, v) => {
        mean[e * V + v] = codeMean(law);
      });
    });
    return keepObserved(mean, history.observed);
  };

  return {
    kind: "discrete-transition",
    featureCount: parameters.features,
    outcomeCount: cells,
    predict(history) {
      const mean = new Float64Array(cells);
      const covariance = new Float64Array(cells * cells);
      let numericalError = 0;
      chainsOf(history).forEach(({ chain, beyondSupport }, e) => {
        const moments = chainMoments(chain);
        for (let u = 0; u < V; u++) {
          mean[e * V + u] = moments.mean[u]!;
          for (let v = 0; v < V; v++) {
            const known = !Number.isNaN(history.observed[e * V + u]!) || !Number.isNaN(history.observed[e * V + v]!);
            covariance[(e * V + u) * cells + e * V + v] = known ? 0 : moments.covariance[u * V + v]!;
          }
          const deviation = Math.sqrt(moments.covariance[u * V + u]!);
          if (beyondSupport > 0 && deviation > 0)
            numericalError = Math.max(numericalError, (beyondSupport * chain.states) / deviation);
        }
      });
      return { mean: keepObserved(mean, history.observed), covariance, numericalError };
    },
    predictMean: meanOf,
    predictCell(history, cell) {
      const known = history.observed[cell]!;
      const visit = cell % V;
      return Number.isNaN(known) ? codeMean(lawsOf(history, Math.floor(cell / V), visit + 1)[visit]!) : known;
    },
    discreteLaws(history) {
      const laws: (DiscreteLaw | null)[] = new Array(cells).fill(null);
      opened.forEach((_, e) => {
        lawsOf(history, e, V).forEach((probabilities, v) => {
          if (Number.isNaN(history.observed[e * V + v]!)) laws[e * V + v] = { kind: "discrete", probabilities };
        });
      });
      return laws;
    },
    drawTrajectories(history, count, rng, into) {
      const states = new Int32Array(V);
      const chains = chainsOf(history);
      for (let d = 0; d < count; d++) {
        chains.forEach(({ chain }, e) => {
          drawStates(chain, rng, states);
          for (let v = 0; v < V; v++) {
            const known = history.observed[e * V + v]!;
            into[d * cells + e * V + v] = Number.isNaN(known) ? states[v]! : known;
          }
        });
      }
    },
  };
}

function keepObserved(mean: Float64Array, observed: Float64Array): Float64Array {
  return mean.map((value, cell) => (Number.isNaN(observed[cell]!) ? value : observed[cell]!));
}

function codeMean(law: Float64Array): number {
  let sum = 0;
  for (let k = 1; k < law.length; k++) sum += k * law[k]!;
  return sum;
}

/** One endpoint's laws and chains given what is observed of it. */
interface GivenEndpoint {
  laws(features: Float64Array, observed: Float64Array, visits: number): readonly Float64Array[];
  chain(features: Float64Array, observed: Float64Array): PatientChain;
}

/** Keeps the latest laws and the latest chain: means, laws and draws of one patient follow each other. */
function latestOf(endpoint: OpenEndpoint, V: number): GivenEndpoint {
  let lawsKey: Float64Array | null = null;
  let laws: readonly Float64Array[] = [];
  let chainKey: Float64Array | null = null;
  let chain: PatientChain | null = null;
  const keyOf = (features: Float64Array, observed: Float64Array) => {
    const key = new Float64Array(features.length + V);
    key.set(features);
    key.set(observed, features.length);
    return key;
  };
  return {
    laws(features, observed, visits) {
      const key = keyOf(features, observed);
      if (lawsKey === null || laws.length < visits || !isSame(lawsKey, key)) {
        laws = endpoint.laws(features, knownStates(observed), visits);
        lawsKey = key;
      }
      return laws;
    },
    chain(features, observed) {
      const key = keyOf(features, observed);
      if (chain !== null && chainKey !== null && isSame(chainKey, key)) return chain;
      const known = knownStates(observed);
      const own = endpoint.chain(features, known);
      chain = { chain: conditionChain(own.chain, known).chain, beyondSupport: own.beyondSupport };
      chainKey = key;
      return chain;
    },
  };
}

function knownStates(observed: Float64Array): Int32Array {
  return Int32Array.from(observed, (value) =>
    Number.isNaN(value) ? -1 : Math.min(LARGEST_STATE, Math.max(0, Math.round(value))),
  );
}

/** Whether no value is observed after a missing one: what follows then depends on the last value alone. */
function isFromTheFirst(observed: Float64Array): boolean {
  const missing = observed.findIndex(Number.isNaN);
  return missing < 0 || observed.subarray(missing).every(Number.isNaN);
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  for (let k = 0; k < a.length; k++) if (!Object.is(a[k]!, b[k]!)) return false;
  return true;
}
