import { LOG_PRECISION_LIMIT, type NetworkLayout } from "./network-layout.ts";
import type { OutcomeLaw } from "./outcome-law.ts";

/** Values of the networks for one patient, with the rectified units needed to go back. */
export interface NetworkValues extends OutcomeLaw {
  /** [M] max(0, c + V₁x). */
  readonly units: Float64Array;
  /** [n] log-precision before it is limited. */
  readonly rawLogPrecision: Float64Array;
}

export function createNetworkValues(layout: NetworkLayout): NetworkValues {
  const { outcomes, hidden, meanUnits } = layout.shape;
  return {
    mean: new Float64Array(outcomes),
    logPrecision: new Float64Array(outcomes),
    coupling: new Float64Array(outcomes * hidden),
    units: new Float64Array(meanUnits),
    rawLogPrecision: new Float64Array(outcomes),
  };
}

/**
 * μ(x), log P(x) and W(x) of one patient in double precision. METHODS.md, equation (N1).
 *
 * @param layout - Where the arrays lie in the flat vector.
 * @param weights - Flat vector.
 * @param inputs - [I] from `offset`.
 * @param into - Receives the values.
 */
export function evaluateNetwork(
  layout: NetworkLayout,
  weights: Float64Array,
  inputs: Float64Array,
  offset: number,
  into: NetworkValues,
): void {
  const { outcomes: n, inputs: I, hidden: H, meanUnits: M } = layout.shape;
  const { blocks } = layout;
  affine(weights, blocks.unitIntercept.offset, blocks.unitSlope.offset, M, I, inputs, offset, into.units);
  for (let m = 0; m < M; m++) if (into.units[m]! < 0) into.units[m] = 0;
  affine(weights, blocks.meanIntercept.offset, blocks.meanSlope.offset, n, I, inputs, offset, into.mean);
  const effect = blocks.unitEffect.offset;
  for (let j = 0; j < n; j++) {
    let sum = into.mean[j]!;
    for (let m = 0; m < M; m++) sum += weights[effect + j * M + m]! * into.units[m]!;
    into.mean[j] = sum;
  }
  const raw = into.rawLogPrecision;
  affine(weights, blocks.logPrecisionIntercept.offset, blocks.logPrecisionSlope.offset, n, I, inputs, offset, raw);
  for (let j = 0; j < n; j++) {
    into.logPrecision[j] = Math.min(LOG_PRECISION_LIMIT, Math.max(-LOG_PRECISION_LIMIT, raw[j]!));
  }
  affine(
    weights,
    blocks.couplingIntercept.offset,
    blocks.couplingSlope.offset,
    n * H,
    I,
    inputs,
    offset,
    into.coupling,
  );
  const scale = 1 / Math.sqrt(n);
  for (let k = 0; k < n * H; k++) into.coupling[k]! *= scale;
}

/** into = intercept + slope · x. */
function affine(
  weights: Float64Array,
  intercept: number,
  slope: number,
  rows: number,
  I: number,
  inputs: Float64Array,
  offset: number,
  into: Float64Array,
): void {
  for (let r = 0; r < rows; r++) {
    let sum = weights[intercept + r]!;
    const row = slope + r * I;
    for (let i = 0; i < I; i++) sum += weights[row + i]! * inputs[offset + i]!;
    into[r] = sum;
  }
}

/**
 * Adds the gradient of one patient to that of the flat vector.
 *
 * @param share - What the patient's gradient is multiplied by.
 * @param values - From {@link evaluateNetwork} for the same weights and inputs.
 * @param outer - Derivatives by μ, log P and W.
 * @param scratch - [M].
 * @param gradient - Flat vector, added to.
 */
export function backPropagate(
  layout: NetworkLayout,
  weights: Float64Array,
  inputs: Float64Array,
  offset: number,
  share: number,
  values: NetworkValues,
  outer: OutcomeLaw,
  scratch: Float64Array,
  gradient: Float64Array,
): void {
  const { outcomes: n, inputs: I, hidden: H, meanUnits: M } = layout.shape;
  const { blocks } = layout;
  const back = (intercept: number, slope: number, row: number, value: number) => {
    if (value === 0) return;
    gradient[intercept + row]! += value;
    const from = slope + row * I;
    for (let i = 0; i < I; i++) gradient[from + i]! += value * inputs[offset + i]!;
  };
  const effect = blocks.unitEffect.offset;
  scratch.fill(0);
  for (let j = 0; j < n; j++) {
    const slope = share * outer.mean[j]!;
    back(blocks.meanIntercept.offset, blocks.meanSlope.offset, j, slope);
    for (let m = 0; m < M; m++) {
      gradient[effect + j * M + m]! += slope * values.units[m]!;
      scratch[m]! += slope * weights[effect + j * M + m]!;
    }
    const raw = values.rawLogPrecision[j]!;
    const limited = raw > LOG_PRECISION_LIMIT || raw < -LOG_PRECISION_LIMIT;
    const precision = limited ? 0 : share * outer.logPrecision[j]!;
    back(blocks.logPrecisionIntercept.offset, blocks.logPrecisionSlope.offset, j, precision);
  }
  for (let m = 0; m < M; m++) {
    if (values.units[m]! > 0) back(blocks.unitIntercept.offset, blocks.unitSlope.offset, m, scratch[m]!);
  }
  const scale = share / Math.sqrt(n);
  for (let k = 0; k < n * H; k++) {
    back(blocks.couplingIntercept.offset, blocks.couplingSlope.offset, k, scale * outer.coupling[k]!);
  }
}
