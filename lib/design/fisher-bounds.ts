import { z } from "zod";
import { invalidInput } from "../errors/domain-error.ts";
import { incompleteGamma } from "../numerics/incomplete-gamma.ts";
import { findRoot } from "../numerics/root-finding.ts";
import { fisherRejectionProbability } from "./fisher-combination.ts";

/** How the error is shared among the stages of Fisher's combination test. */
export const fisherMethodSchema = z.discriminatedUnion("method", [
  /** Every stage's product, taken by itself, has the same level. */
  z.object({ method: z.literal("equal-levels") }),
  /** Cumulative error spent by each stage (K values, the last is the whole error). */
  z.object({ method: z.literal("user-defined"), cumulative: z.array(z.number().min(0).lt(0.5)).min(1).max(10) }),
]);

export type FisherMethod = z.infer<typeof fisherMethodSchema>;

/**
 * Weights of the stages in Fisher's product, from planned information.
 *
 * @param informationFractions - Planned fractions; shape [K].
 * @returns √((t_k − t_{k−1}) / t_1); 1 for the first stage.
 * @remarks METHODS.md eq. (G37). rpact uses the same.
 */
export function fisherWeights(informationFractions: readonly number[]): number[] {
  const first = informationFractions[0]!;
  return informationFractions.map((t, k) => (k === 0 ? 1 : Math.sqrt((t - informationFractions[k - 1]!) / first)));
}

/**
 * Bounds of Fisher's combination test over several stages.
 *
 * @param method - How the error is shared.
 * @param oneSidedAlpha - Total error; in (0, 0.5).
 * @param weights - Weights of the stages; shape [K].
 * @param futility - Binding futility bounds on the stage-wise p-values; shape [K − 1], 1 for none.
 * @returns Bounds c_k of the product; shape [K]. Total error exact to 1e-10.
 * @throws DomainError INVALID_INPUT for an error outside (0, 0.5) or spending that does not grow to it.
 *
 * @remarks METHODS.md eq. (G37)–(G39). Source: Bauer & Köhne (1994); Wassmer (1999), Biometrical J 41:279–293.
 * Reference values: `fisher` cases of gs_analysis.json (rpact 3.3.4).
 */
export function fisherBounds(
  method: FisherMethod,
  oneSidedAlpha: number,
  weights: readonly number[],
  futility?: readonly number[],
): number[] {
  if (!(oneSidedAlpha > 0 && oneSidedAlpha < 0.5))
    throw invalidInput("oneSidedAlpha", oneSidedAlpha, "must lie between 0 and 0.5");
  const stops = futility?.[0] ?? 1;
  if (oneSidedAlpha > stops)
    throw invalidInput(
      "test.futilityPValues.0",
      stops,
      `must not be below the one-sided error ${oneSidedAlpha}, which could not be spent`,
      "Stop for futility from a larger p-value on.",
    );
  const stages = weights.length;
  const error = (bounds: readonly number[]) =>
    fisherRejectionProbability(
      { weights: weights.slice(0, bounds.length), bounds, ...(futility ? { futility } : {}) },
      1,
      0,
      bounds.map(() => 0),
    );
  const equalLevels = (level: number, count: number) =>
    Array.from({ length: count }, (_, k) => productQuantile(level, weights.slice(0, k + 1)));
  switch (method.method) {
    case "equal-levels": {
      const excess = (log: number) => Math.log(error(equalLevels(Math.exp(log), stages)) / oneSidedAlpha);
      const level = findRoot(excess, Math.log(oneSidedAlpha / stages) - 1, Math.log(oneSidedAlpha) + 1e-9, {
        absoluteTolerance: 1e-12,
      });
      return equalLevels(Math.exp(level.value), stages);
    }
    case "user-defined":
      return spentBounds(method.cumulative, oneSidedAlpha, weights, error);
  }
}

/**
 * Total error of the equal-level plan whose bound at an analysis is a given product: the repeated p-value of that product.
 *
 * @param weights - Weights of the stages; shape [K].
 * @param analysis - 0 for the first.
 * @param product - Product by that analysis; in (0, 1].
 * @param futility - Binding futility bounds on the stage-wise p-values; shape [K − 1], 1 for none.
 * @returns P(reject at any stage), no effect. METHODS.md eq. (G25), (G37).
 */
export function fisherErrorOfProduct(
  weights: readonly number[],
  analysis: number,
  product: number,
  futility?: readonly number[],
): number {
  const upTo = (k: number) => weights.slice(0, k + 1);
  const level = weightedExponentialTail(-Math.log(product), upTo(analysis));
  const bounds = weights.map((_, k) => (level >= 1 ? 1 : productQuantile(level, upTo(k))));
  return fisherRejectionProbability(
    { weights, bounds, ...(futility ? { futility } : {}) },
    1,
    0,
    weights.map(() => 0),
  );
}

function spentBounds(
  cumulative: readonly number[],
  oneSidedAlpha: number,
  weights: readonly number[],
  error: (bounds: readonly number[]) => number,
): number[] {
  const grows = cumulative.every((value, k) => value >= (cumulative[k - 1] ?? 0));
  if (cumulative.length !== weights.length || !grows || cumulative.at(-1) !== oneSidedAlpha)
    throw invalidInput(
      "fisher.cumulative",
      cumulative,
      `must hold ${weights.length} values that do not fall and end at ${oneSidedAlpha}`,
    );
  const bounds: number[] = [];
  cumulative.forEach((target, k) => {
    if (target <= (cumulative[k - 1] ?? 0)) {
      bounds.push(0);
      return;
    }
    const excess = (log: number) => error([...bounds, Math.exp(log)]) - target;
    bounds.push(
      Math.exp(
        findRoot(excess, (Math.log(target) - 3 * weights.length) * Math.max(...weights), -1e-12, {
          absoluteTolerance: 1e-12,
        }).value,
      ),
    );
  });
  return bounds;
}

/** c with P(Π p_j^{w_j} ≤ c) = level, taken by itself. METHODS.md eq. (G39). */
function productQuantile(level: number, weights: readonly number[]): number {
  if (weights.length === 1) return level ** weights[0]!;
  const from = -(Math.log(level) - 3 * weights.length) * Math.max(...weights);
  const excess = (sum: number) => Math.log(weightedExponentialTail(sum, weights) / level);
  return Math.exp(-findRoot(excess, 0, from, { absoluteTolerance: 1e-13 }).value);
}

const MAXIMUM_TERMS = 5000;

/** P(Σ w_j e_j ≥ sum) for independent standard exponentials, as a mixture of gamma tails (Moschopoulos 1985). */
function weightedExponentialTail(sum: number, weights: readonly number[]): number {
  const smallest = Math.min(...weights);
  const ratios = weights.map((weight) => smallest / weight);
  const scale = ratios.reduce((product, ratio) => product * ratio, 1);
  const share = [1];
  const moments: number[] = [];
  let total = incompleteGamma(weights.length, sum / smallest).upper;
  let next = 1;
  for (let k = 1; k < MAXIMUM_TERMS && next * scale > 1e-18 && scale < 1; k++) {
    moments.push(ratios.reduce((power, ratio) => power + (1 - ratio) ** k, 0));
    next = moments.reduce((value, moment, i) => value + moment * share[k - 1 - i]!, 0) / k;
    share.push(next);
    total += next * incompleteGamma(weights.length + k, sum / smallest).upper;
  }
  return scale * total;
}
