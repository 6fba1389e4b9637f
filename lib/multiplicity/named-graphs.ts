import { invalidInput } from "../errors/domain-error.ts";
import type { HypothesisGraph } from "./graph.ts";

/**
 * Graph of the weighted Holm procedure: a rejected hypothesis passes its weight to the others in proportion to theirs.
 *
 * @param weights - Positive weights summing to 1; shape [m].
 * @remarks METHODS.md eq. (U6). Source: Holm (1979), Scand. J. Stat. 6:65–70.
 */
export function holmGraph(weights: readonly number[]): HypothesisGraph {
  weights.forEach((weight, i) => {
    if (!(weight > 0)) throw invalidInput(`weights.${i}`, weight, "must be positive for Holm's procedure");
  });
  return {
    weights,
    transitions: weights.map((own, i) => {
      const rest = weights.reduce((sum, weight) => sum + weight, 0) - own;
      return weights.map((weight, j) => (i === j ? 0 : weight / rest));
    }),
  };
}

/**
 * Graph of the fixed sequence: the whole error goes from one hypothesis to the next as long as each is rejected.
 *
 * @param count - Number of hypotheses, in their order.
 * @remarks METHODS.md eq. (U6). Source: Maurer, Hothorn & Lehmacher (1995).
 */
export function fixedSequenceGraph(count: number): HypothesisGraph {
  return fallbackGraph(Array.from({ length: count }, (_, i) => (i === 0 ? 1 : 0)));
}

/**
 * Graph of the fallback procedure: each hypothesis has its own weight and gets that of the one before when it is rejected.
 *
 * @param weights - Weights in the order of testing; shape [m].
 * @remarks METHODS.md eq. (U6). Source: Wiens (2003), Pharm. Stat. 2:211–215.
 */
export function fallbackGraph(weights: readonly number[]): HypothesisGraph {
  return {
    weights,
    transitions: weights.map((_, i) => weights.map((_, j) => (j === i + 1 ? 1 : 0))),
  };
}

/** Graph of the weighted Bonferroni test: no weight is passed on. */
export function bonferroniGraph(weights: readonly number[]): HypothesisGraph {
  return { weights, transitions: weights.map(() => weights.map(() => 0)) };
}
