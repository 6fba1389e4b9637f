import { invalidInput } from "../errors/domain-error.ts";

/** Outcome of an iteration: the value, the work, and whether the tolerance was reached. */
export interface IterationResult {
  readonly value: number;
  readonly iterations: number;
  readonly converged: boolean;
}

export interface RootOptions {
  /** Stop when the bracket is shorter than this share of |root|. */
  readonly relativeTolerance?: number;
  /** Stop when the bracket is shorter than this. */
  readonly absoluteTolerance?: number;
  readonly maximumIterations?: number;
}

/**
 * Root of a continuous function between two points of opposite sign (Brent's method).
 *
 * @param f - Continuous function.
 * @param lower - One end of the bracket.
 * @param upper - Other end; f(lower) and f(upper) must not have the same sign.
 * @throws DomainError INVALID_INPUT when the signs do not differ or a value is NaN.
 *
 * Source: Brent (1973), Algorithms for Minimization Without Derivatives, ch. 4.
 */
export function findRoot(
  f: (x: number) => number,
  lower: number,
  upper: number,
  options: RootOptions = {},
): IterationResult {
  const { relativeTolerance = 1e-14, absoluteTolerance = 0, maximumIterations = 200 } = options;
  let a = lower;
  let b = upper;
  let fa = f(a);
  let fb = f(b);
  if (fa === 0) return { value: a, iterations: 0, converged: true };
  if (fb === 0) return { value: b, iterations: 0, converged: true };
  if (!(fa * fb < 0) && !(Math.sign(fa) * Math.sign(fb) < 0)) {
    throw invalidInput("bracket", [lower, upper], "must have function values of opposite sign at its ends");
  }
  let c = a;
  let fc = fa;
  let step = b - a;
  let previousStep = step;
  for (let iterations = 1; iterations <= maximumIterations; iterations++) {
    if (Math.sign(fb) === Math.sign(fc)) {
      c = a;
      fc = fa;
      step = b - a;
      previousStep = step;
    }
    if (Math.abs(fc) < Math.abs(fb)) {
      [a, b, c] = [b, c, b];
      [fa, fb, fc] = [fb, fc, fb];
    }
    const tolerance =
      2 * Number.EPSILON * Math.abs(b) + 0.5 * Math.max(absoluteTolerance, relativeTolerance * Math.abs(b));
    const half = 0.5 * (c - b);
    if (Math.abs(half) <= tolerance || fb === 0) return { value: b, iterations, converged: true };
    const interpolated = interpolatedStep(a, b, c, fa, fb, fc);
    const usable =
      Math.abs(previousStep) >= tolerance &&
      Math.abs(fa) > Math.abs(fb) &&
      Math.abs(interpolated) < Math.min(1.5 * Math.abs(half) - 0.5 * tolerance, 0.5 * Math.abs(previousStep)) &&
      Math.sign(interpolated) === Math.sign(half);
    previousStep = usable ? step : half;
    step = usable ? interpolated : half;
    a = b;
    fa = fb;
    b += Math.abs(step) > tolerance ? step : Math.sign(half) * tolerance;
    fb = f(b);
    if (Number.isNaN(fb)) throw invalidInput("function", b, "must have a value everywhere in the bracket");
  }
  return { value: b, iterations: maximumIterations, converged: false };
}

/** Secant step, or inverse quadratic step when three distinct points are known. */
function interpolatedStep(a: number, b: number, c: number, fa: number, fb: number, fc: number): number {
  const s = fb / fa;
  if (a === c) return (-(c - b) * s) / (1 - s);
  const q = fa / fc;
  const r = fb / fc;
  const numerator = s * ((c - b) * q * (q - r) - (b - a) * (r - 1));
  const denominator = (q - 1) * (r - 1) * (s - 1);
  return -numerator / denominator;
}
