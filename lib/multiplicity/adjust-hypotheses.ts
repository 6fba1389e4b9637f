import { adjustPValues } from "../analysis/two-sample/adjusted-p-values.ts";
import { invalidInput } from "../errors/domain-error.ts";
import { assertGraph, assertPValues, type GraphStep, graphicalProcedure, type HypothesisGraph } from "./graph.ts";
import type { MultiplicityProcedure } from "./multiplicity-spec.ts";
import { bonferroniGraph, fallbackGraph, fixedSequenceGraph, holmGraph } from "./named-graphs.ts";

export interface AdjustedHypotheses {
  /** Smallest family-wise error at which each hypothesis is rejected; shape [m]. */
  readonly adjustedPValues: readonly number[];
  readonly rejected: readonly boolean[];
  /** Graph and its course; null for Hochberg and Hommel, which have none. */
  readonly course: { readonly graph: HypothesisGraph; readonly steps: readonly GraphStep[] } | null;
}

/**
 * Several hypotheses tested with one family-wise error.
 *
 * @param procedure - Procedure with its weights.
 * @param pValues - Unadjusted p-values in the order of testing; shape [m].
 * @param alpha - Family-wise error.
 * @returns Adjusted p-values, decisions, and the graphs after each rejection.
 * @throws DomainError INVALID_INPUT for weights or transitions that do not fit.
 * @remarks METHODS.md eq. (U1)–(U6).
 */
export function adjustHypotheses(
  procedure: MultiplicityProcedure,
  pValues: readonly number[],
  alpha: number,
): AdjustedHypotheses {
  assertPValues(pValues, pValues.length);
  const graph = graphOf(procedure, pValues.length);
  if (graph === null) {
    const adjustedPValues = adjustPValues(pValues, procedure.procedure === "hochberg" ? "hochberg" : "hommel");
    return { adjustedPValues, rejected: adjustedPValues.map((p) => p <= alpha), course: null };
  }
  const { adjustedPValues, rejected, steps } = graphicalProcedure(graph, pValues, alpha);
  return { adjustedPValues, rejected, course: { graph, steps } };
}

/** Graph of a procedure; null for Hochberg and Hommel. */
export function graphOf(procedure: MultiplicityProcedure, count: number): HypothesisGraph | null {
  const equal = () => Array.from({ length: count }, () => 1 / count);
  const fitting = (weights: readonly number[]) => {
    if (weights.length !== count)
      throw invalidInput("procedure.weights", weights, `must hold one weight for each of the ${count} hypotheses`);
    return weights;
  };
  switch (procedure.procedure) {
    case "bonferroni":
      return bonferroniGraph(fitting(procedure.weights ?? equal()));
    case "holm":
      return holmGraph(fitting(procedure.weights ?? equal()));
    case "fixed-sequence":
      return fixedSequenceGraph(count);
    case "fallback":
      return fallbackGraph(fitting(procedure.weights));
    case "graphical": {
      const graph = { weights: fitting(procedure.weights), transitions: procedure.transitions };
      assertGraph(graph);
      return graph;
    }
    case "hochberg":
    case "hommel":
      return null;
  }
}
