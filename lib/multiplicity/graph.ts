import { DomainError, invalidInput } from "../errors/domain-error.ts";

/** A sequentially rejective weighted procedure: error weights and how a rejected hypothesis passes its weight on. */
export interface HypothesisGraph {
  /** Share of the error at each hypothesis; non-negative, sum at most 1; shape [m]. */
  readonly weights: readonly number[];
  /** Row i: share of the weight of hypothesis i that each other one gets when i is rejected; rows sum to at most 1. */
  readonly transitions: readonly (readonly number[])[];
}

/** Rounding allowed in sums of weights written in decimals. */
const SUM_TOLERANCE = 1e-9;

/**
 * Refuse a graph that controls no error rate.
 *
 * @param graph - Weights and transitions.
 * @returns Nothing.
 * @throws DomainError INVALID_INPUT, naming the weight or the row.
 */
export function assertGraph({ weights, transitions }: HypothesisGraph): void {
  const count = weights.length;
  if (count === 0) throw invalidInput("weights", weights, "must hold a weight for each hypothesis");
  weights.forEach((weight, i) => {
    if (!(weight >= 0 && weight <= 1)) throw invalidInput(`weights.${i}`, weight, "must lie between 0 and 1");
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total > 1 + SUM_TOLERANCE)
    throw invalidInput("weights", weights, `must sum to at most 1, not ${total}`, "Divide them by their sum.");
  if (transitions.length !== count || transitions.some((row) => row.length !== count))
    throw invalidInput("transitions", transitions.length, `must be a square table of ${count} rows and columns`);
  transitions.forEach((row, i) => {
    if (row.some((value) => !(value >= 0 && value <= 1)))
      throw invalidInput(`transitions.${i}`, row, "must hold values between 0 and 1");
    if (row[i] !== 0)
      throw invalidInput(`transitions.${i}.${i}`, row[i]!, "must be 0: no hypothesis passes weight to itself");
    if (row.reduce((sum, value) => sum + value, 0) > 1 + SUM_TOLERANCE)
      throw invalidInput(`transitions.${i}`, row, "must sum to at most 1");
  });
}

/**
 * Graph after one hypothesis has been rejected (METHODS.md eq. (U4)).
 *
 * @param graph - Current graph.
 * @param rejected - Index of the hypothesis; its weight becomes 0 and nothing leads to it any more.
 * @param gone - Whether each hypothesis has been rejected before; shape [m].
 * @returns The updated graph.
 *
 * Source: Bretz, Maurer, Brannath & Posch (2009), Stat Med 28:586–604, algorithm 1.
 */
export function withoutHypothesis(graph: HypothesisGraph, rejected: number, gone: readonly boolean[]): HypothesisGraph {
  const { weights, transitions } = graph;
  const open = (i: number) => i !== rejected && !gone[i];
  const step = (i: number, j: number) => transitions[i]![j]!;
  return {
    weights: weights.map((weight, i) => (open(i) ? weight + weights[rejected]! * step(rejected, i) : 0)),
    transitions: transitions.map((row, i) =>
      row.map((value, j) => {
        if (!open(i) || !open(j) || i === j) return 0;
        const loop = step(i, rejected) * step(rejected, i);
        return loop < 1 ? (value + step(i, rejected) * step(rejected, j)) / (1 - loop) : 0;
      }),
    ),
  };
}

/** One step of the procedure. */
export interface GraphStep {
  /** Index of the hypothesis rejected. */
  readonly rejected: number;
  readonly adjustedPValue: number;
  /** Local level that it was tested at. */
  readonly level: number;
  /** Graph after the rejection. */
  readonly graph: HypothesisGraph;
}

export interface GraphResult {
  /** Smallest family-wise error at which each hypothesis is rejected; at most 1; shape [m]. */
  readonly adjustedPValues: readonly number[];
  readonly rejected: readonly boolean[];
  /** Rejections at the given error, in order. */
  readonly steps: readonly GraphStep[];
  /** Local levels left for the hypotheses not rejected; shape [m]. */
  readonly remainingLevels: readonly number[];
}

/**
 * Graphical multiple test procedure (Bretz–Maurer).
 *
 * @param graph - Weights and transitions.
 * @param pValues - One per hypothesis, in [0, 1]; shape [m].
 * @param alpha - Family-wise error; in (0, 1).
 * @returns Adjusted p-values, decisions, and the graph after each rejection. The order of rejections does not change them.
 * @throws DomainError INVALID_INPUT for an inadmissible graph, p-values or error.
 *
 * @remarks METHODS.md eq. (U4)–(U5). The family-wise error is controlled in the strong sense whatever the dependence.
 * Source: Bretz, Maurer, Brannath & Posch (2009), Stat Med 28:586–604, algorithms 1 and 2.
 */
export function graphicalProcedure(graph: HypothesisGraph, pValues: readonly number[], alpha: number): GraphResult {
  assertGraph(graph);
  assertPValues(pValues, graph.weights.length);
  if (!(alpha > 0 && alpha < 1)) throw invalidInput("alpha", alpha, "must lie between 0 and 1");
  const count = pValues.length;
  const gone = new Array<boolean>(count).fill(false);
  const adjusted = new Array<number>(count).fill(1);
  const rejected = new Array<boolean>(count).fill(false);
  const steps: GraphStep[] = [];
  let current = graph;
  let remaining = graph.weights;
  let reached = 0;
  for (let done = 0; done < count; done++) {
    const next = mostSignificant(current, pValues, gone);
    if (next === null) break;
    reached = Math.max(reached, Math.min(1, next.ratio));
    adjusted[next.index] = reached;
    const level = alpha * current.weights[next.index]!;
    current = withoutHypothesis(current, next.index, gone);
    gone[next.index] = true;
    if (reached <= alpha) {
      rejected[next.index] = true;
      remaining = current.weights;
      steps.push({ rejected: next.index, adjustedPValue: reached, level, graph: current });
    }
  }
  return { adjustedPValues: adjusted, rejected, steps, remainingLevels: remaining.map((weight) => weight * alpha) };
}

/** Open hypothesis with the smallest p-value relative to its weight; null when no weight is left. */
function mostSignificant({ weights }: HypothesisGraph, pValues: readonly number[], gone: readonly boolean[]) {
  let best: { index: number; ratio: number } | null = null;
  pValues.forEach((p, index) => {
    if (gone[index] || !(weights[index]! > 0)) return;
    const ratio = p / weights[index]!;
    if (best === null || ratio < best.ratio) best = { index, ratio };
  });
  return best as { index: number; ratio: number } | null;
}

/** Refuse p-values that do not fit. */
export function assertPValues(pValues: readonly number[], count: number): void {
  if (pValues.length !== count)
    throw new DomainError("INVALID_INPUT", {
      argument: "pValues",
      received: pValues,
      requirement: `must hold one value for each of the ${count} hypotheses`,
    });
  pValues.forEach((p, i) => {
    if (!(p >= 0 && p <= 1)) throw invalidInput(`pValues.${i}`, p, "must lie between 0 and 1");
  });
}
