import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { normalQuantile, normalUpperTail } from "../../numerics/normal.ts";
import { assertSample } from "./sample.ts";

/** Shapiro–Wilk test of normality. */
export interface ShapiroWilkTest {
  /** W in (0, 1]; 1 for perfectly normal order statistics. */
  readonly statistic: number;
  readonly pValue: number;
}

/**
 * Shapiro–Wilk test that a sample is normal (METHODS.md eq. (W11)).
 *
 * @param values - 3 to 5,000 values, not all equal.
 * @throws DomainError INSUFFICIENT_DATA for fewer than 3; INVALID_INPUT for more than 5,000; NOT_ESTIMABLE when all are equal.
 *
 * Source: Royston (1995), Applied Statistics 44:547–551 (algorithm AS R94).
 */
export function shapiroWilkTest(values: ArrayLike<number>): ShapiroWilkTest {
  assertSample(values, "values", 3);
  const n = values.length;
  if (n > 5000) throw invalidInput("values", n, "must hold at most 5,000 values for this approximation");
  const x = Float64Array.from(values).sort();
  const range = x[n - 1]! - x[0]!;
  if (!(range > 0))
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "values",
      received: n,
      requirement: "must not all be equal",
    });
  const weights = shapiroWeights(n);
  const centre = x[n >> 1]!;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (x[i]! - centre) / range;
  const mean = sum / n;
  let xx = 0;
  let ax = 0;
  let aa = 0;
  for (let i = 0; i < n; i++) {
    const deviation = (x[i]! - centre) / range - mean;
    xx += deviation * deviation;
    aa += weights[i]! ** 2;
    ax += weights[i]! * deviation;
  }
  // 1 − W without cancellation.
  const root = Math.sqrt(aa * xx);
  const oneMinus = ((root - ax) * (root + ax)) / (aa * xx);
  return { statistic: 1 - oneMinus, pValue: upperTailOfW(oneMinus, n) };
}

/** Approximate coefficients a, antisymmetric, ascending. */
function shapiroWeights(n: number): Float64Array {
  const weights = new Float64Array(n);
  const half = n >> 1;
  if (n === 3) {
    weights[2] = Math.SQRT1_2;
    weights[0] = -Math.SQRT1_2;
    return weights;
  }
  const m = Float64Array.from({ length: half }, (_, i) => normalQuantile((i + 1 - 0.375) / (n + 0.25)));
  let squares = 0;
  for (const value of m) squares += value * value;
  squares *= 2;
  const length = Math.sqrt(squares);
  const u = 1 / Math.sqrt(n);
  const first = polynomial([0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056], u) - m[0]! / length;
  const outer = [first];
  let factor: number;
  if (n > 5) {
    const second = polynomial([0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633], u) - m[1]! / length;
    outer.push(second);
    factor = Math.sqrt((squares - 2 * m[0]! ** 2 - 2 * m[1]! ** 2) / (1 - 2 * first * first - 2 * second * second));
  } else factor = Math.sqrt((squares - 2 * m[0]! ** 2) / (1 - 2 * first * first));
  for (let i = 0; i < half; i++) {
    const a = outer[i] ?? -m[i]! / factor;
    weights[i] = -a;
    weights[n - 1 - i] = a;
  }
  return weights;
}

function upperTailOfW(oneMinus: number, n: number): number {
  if (n === 3) {
    const w = Math.sqrt(Math.max(0, 1 - oneMinus));
    return Math.max(0, (6 / Math.PI) * (Math.asin(w) - Math.asin(Math.sqrt(0.75))));
  }
  const y = Math.log(oneMinus);
  if (n <= 11) {
    const gamma = polynomial([-2.273, 0.459], n);
    // Beyond the range of the transformation the sample is as far from normal as can be.
    if (y >= gamma) return 1e-99;
    const mean = polynomial([0.544, -0.39978, 0.025054, -6.714e-4], n);
    const deviation = Math.exp(polynomial([1.3822, -0.77857, 0.062767, -0.0020322], n));
    return normalUpperTail((-Math.log(gamma - y) - mean) / deviation);
  }
  const logN = Math.log(n);
  const mean = polynomial([-1.5861, -0.31082, -0.083751, 0.0038915], logN);
  const deviation = Math.exp(polynomial([-0.4803, -0.082676, 0.0030302], logN));
  return normalUpperTail((y - mean) / deviation);
}

/** c₀ + c₁x + c₂x² + … */
function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) value = value * x + coefficients[i]!;
  return value;
}
