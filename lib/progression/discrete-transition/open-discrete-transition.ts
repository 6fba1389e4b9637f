import type { DiscreteLaw } from "../discrete-law.ts";
import type { MemberModel, PatientHistory } from "../member.ts";
import type { DiscreteTransitionParameters } from "./discrete-transition-parameters.ts";
import { endpointChain } from "./endpoint-chain.ts";
import { chainMoments, conditionChain, drawStates, type MarkovChain, marginals } from "./markov-chain.ts";

/** The chain of one endpoint given a history. */
interface GivenChain {
  readonly chain: MarkovChain;
  readonly beyondSupport: number;
}

/** Counts observed beyond the table of probabilities act as its largest count on what follows. */
const LARGEST_STATE = 480;

/**
 * The transition model of discrete outcomes, ready to predict. METHODS.md, equations (DT5), (DT6) and (DT8).
 *
 * @param parameters - From training.
 */
export function openDiscreteTransition(parameters: DiscreteTransitionParameters): MemberModel {
  const V = parameters.visits;
  const cells = parameters.endpoints.length * V;
  let latest: { readonly key: Float64Array; readonly chains: readonly GivenChain[] } | null = null;

  /** Chains given the history; those of the latest history are kept, because means, laws and draws of one patient follow each other. */
  const chainsOf = ({ features, observed }: PatientHistory): readonly GivenChain[] => {
    const key = new Float64Array(features.length + observed.length);
    key.set(features);
    key.set(observed, features.length);
    if (latest?.key.every((value, k) => Object.is(value, key[k]!))) return latest.chains;
    const chains = parameters.endpoints.map((endpoint, e): GivenChain => {
      const known = Int32Array.from({ length: V }, (_, v) => {
        const value = observed[e * V + v]!;
        return Number.isNaN(value) ? -1 : Math.min(LARGEST_STATE, Math.max(0, Math.round(value)));
      });
      const { chain, beyondSupport } = endpointChain(endpoint, features, Math.max(...known));
      return { chain: conditionChain(chain, known).chain, beyondSupport };
    });
    latest = { key, chains };
    return chains;
  };

  const meanOf = (history: PatientHistory): Float64Array => {
    const mean = new Float64Array(cells);
    chainsOf(history).forEach(({ chain }, e) => {
      marginals(chain).forEach((law, v) => {
        mean[e * V + v] = law.reduce((sum, p, k) => sum + k * p, 0);
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
    discreteLaws(history) {
      const laws: (DiscreteLaw | null)[] = new Array(cells).fill(null);
      chainsOf(history).forEach(({ chain }, e) => {
        marginals(chain).forEach((probabilities, v) => {
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
