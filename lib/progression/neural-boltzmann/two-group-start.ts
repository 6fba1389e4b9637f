import { choleskyDecompose, choleskySolveInPlace } from "../../numerics/cholesky.ts";
import { symmetricEigen } from "../../numerics/symmetric-eigen.ts";
import type { NetworkLayout } from "./network-layout.ts";
import { correlationOf } from "./residual-correlation.ts";
import type { LearntNetwork } from "./train-together.ts";

/** Shares of the variance along the leading axis that the two groups may account for; the most likely one is begun with. */
export const BETWEEN_GROUPS: readonly number[] = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95];

/**
 * Turns the leading principal axis of the residuals into two groups of the same size with the same first two moments:
 * R = R_w + dd′, d along the axis; the first hidden unit shifts by ±d, what remains has covariance R_w.
 * METHODS.md, equation (N9).
 *
 * The couplings of the other units are those of the network given.
 *
 * @param layout - With at least one hidden unit.
 * @param network - Gaussian network in this layout, its couplings small.
 * @param between - Share of the variance along the axis that lies between the groups.
 */
export function twoGroupStart(layout: NetworkLayout, network: LearntNetwork, between: number): LearntNetwork {
  const { outcomes: n, hidden: H } = layout.shape;
  const { blocks } = layout;
  const { values, vectors } = symmetricEigen(network.correlation, n);
  const axis = Float64Array.from({ length: n }, (_, j) => Math.sqrt(between * values[0]!) * vectors[j * n]!);
  const within = network.correlation.map((value, k) => value - axis[Math.floor(k / n)]! * axis[k % n]!);
  const correlation = correlationOf(within, n);
  const weights = Float64Array.from(network.weights);
  const shift = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    const variance = within[j * n + j]!;
    weights[blocks.logPrecisionIntercept.offset + j]! -= Math.log(variance);
    shift[j] = axis[j]! / Math.sqrt(variance);
  }
  const factored = choleskyDecompose(correlation, n);
  // A positive definite matrix less a part of its leading axis is positive definite; without room for it nothing is turned.
  if (!factored.ok) return network;
  choleskySolveInPlace(factored.factor, n, shift);
  for (let j = 0; j < n; j++) {
    const root = Math.exp(0.5 * weights[blocks.logPrecisionIntercept.offset + j]!);
    weights[blocks.couplingIntercept.offset + j * H] = shift[j]! * root * Math.sqrt(n);
  }
  return { weights, correlation };
}
