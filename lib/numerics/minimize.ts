import type { IterationResult } from "./root-finding.ts";

/** Outcome of a minimization in several variables. */
export interface MinimizationResult {
  /** Argument of the minimum found, shape [dimension]. */
  readonly argument: Float64Array;
  readonly value: number;
  readonly iterations: number;
  readonly converged: boolean;
}

export interface MinimizationOptions {
  /** Stop when the value changes by less than this share of |value| + 1e-8. */
  readonly relativeTolerance?: number;
  readonly maximumIterations?: number;
  /** Size of the first steps; one number or one a coordinate. */
  readonly initialStep?: number | readonly number[];
}

const GOLDEN = 0.381966011250105;

/**
 * Minimum of a unimodal function on an interval: golden section with parabolic steps (Brent's method).
 *
 * @returns `value` is the argument of the minimum; accurate to about the square root of the rounding error of f.
 *
 * Source: Brent (1973), ch. 5.
 */
export function minimizeOnInterval(
  f: (x: number) => number,
  lower: number,
  upper: number,
  relativeTolerance = 1e-9,
  maximumIterations = 200,
): IterationResult {
  let a = lower;
  let b = upper;
  let x = a + GOLDEN * (b - a);
  let w = x;
  let v = x;
  let fx = f(x);
  let fw = fx;
  let fv = fx;
  let step = 0;
  let previous = 0;
  for (let iterations = 1; iterations <= maximumIterations; iterations++) {
    const middle = 0.5 * (a + b);
    const tolerance = relativeTolerance * Math.abs(x) + 1e-15;
    if (Math.abs(x - middle) <= 2 * tolerance - 0.5 * (b - a)) return { value: x, iterations, converged: true };
    const r = (x - w) * (fx - fv);
    const q = (x - v) * (fx - fw);
    const denominator = 2 * (q - r);
    const parabolic = denominator === 0 ? Number.NaN : -((x - v) * q - (x - w) * r) / denominator;
    const usable =
      Math.abs(previous) > tolerance &&
      Math.abs(parabolic) < Math.abs(0.5 * previous) &&
      x + parabolic > a &&
      x + parabolic < b;
    if (usable) {
      previous = step;
      step = parabolic;
      const u = x + step;
      if (u - a < 2 * tolerance || b - u < 2 * tolerance) step = x < middle ? tolerance : -tolerance;
    } else {
      previous = x < middle ? b - x : a - x;
      step = GOLDEN * previous;
    }
    const u = x + (Math.abs(step) >= tolerance ? step : Math.sign(step) * tolerance);
    const fu = f(u);
    if (fu <= fx) {
      if (u < x) b = x;
      else a = x;
      [v, w, x] = [w, x, u];
      [fv, fw, fx] = [fw, fx, fu];
    } else {
      if (u < x) a = u;
      else b = u;
      if (fu <= fw || w === x) {
        [v, w] = [w, u];
        [fv, fw] = [fw, fu];
      } else if (fu <= fv || v === x || v === w) {
        v = u;
        fv = fu;
      }
    }
  }
  return { value: x, iterations: maximumIterations, converged: false };
}

/**
 * Minimum without derivatives (Nelder–Mead simplex), for a handful of variables.
 *
 * @param f - Function to minimize; Infinity marks inadmissible points.
 * @param start - First guess, shape [dimension]; not changed.
 *
 * Source: Nelder & Mead (1965), Computer Journal 7:308–313, with the coefficients 1, 2, ½, ½.
 */
export function minimizeSimplex(
  f: (x: Float64Array) => number,
  start: Float64Array,
  options: MinimizationOptions = {},
): MinimizationResult {
  const { relativeTolerance = 1e-10, maximumIterations = 500 * start.length, initialStep = 0.1 } = options;
  const dimension = start.length;
  const points = [start.slice()];
  for (let i = 0; i < dimension; i++) {
    const point = start.slice();
    const size = typeof initialStep === "number" ? initialStep : initialStep[i]!;
    point[i]! += size * Math.max(1, Math.abs(point[i]!));
    points.push(point);
  }
  let simplex = points.map((point) => ({ point, value: f(point) }));
  const along = (centre: Float64Array, worst: Float64Array, factor: number) => {
    const point = centre.map((c, i) => c + factor * (c - worst[i]!));
    return { point, value: f(point) };
  };
  for (let iterations = 1; iterations <= maximumIterations; iterations++) {
    simplex.sort((p, q) => p.value - q.value);
    const best = simplex[0]!;
    const worst = simplex[dimension]!;
    if (worst.value - best.value <= relativeTolerance * (Math.abs(best.value) + 1e-8)) {
      return { argument: best.point, value: best.value, iterations, converged: true };
    }
    const centre = new Float64Array(dimension);
    for (let j = 0; j < dimension; j++)
      for (let i = 0; i < dimension; i++) centre[i]! += simplex[j]!.point[i]! / dimension;
    const reflected = along(centre, worst.point, 1);
    if (reflected.value < best.value) {
      const expanded = along(centre, worst.point, 2);
      simplex[dimension] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < simplex[dimension - 1]!.value) {
      simplex[dimension] = reflected;
    } else {
      const contracted = along(centre, worst.point, reflected.value < worst.value ? 0.5 : -0.5);
      if (contracted.value < Math.min(reflected.value, worst.value)) simplex[dimension] = contracted;
      else {
        simplex = simplex.map(({ point }, j) => {
          if (j === 0) return best;
          const shrunk = point.map((x, i) => best.point[i]! + 0.5 * (x - best.point[i]!));
          return { point: shrunk, value: f(shrunk) };
        });
      }
    }
  }
  simplex.sort((p, q) => p.value - q.value);
  return { argument: simplex[0]!.point, value: simplex[0]!.value, iterations: maximumIterations, converged: false };
}

/**
 * Minimum of a smooth function by BFGS with a backtracking line search.
 *
 * @param f - Function to minimize; Infinity marks inadmissible points.
 * @param start - First guess, shape [dimension]; not changed.
 * @param gradient - Writes the gradient at x into `out`; central differences when absent.
 *
 * Source: Nocedal & Wright (2006), Numerical Optimization, 2nd ed., algorithm 6.1.
 */
export function minimizeSmooth(
  f: (x: Float64Array) => number,
  start: Float64Array,
  gradient: ((x: Float64Array, out: Float64Array) => void) | null = null,
  options: MinimizationOptions = {},
): MinimizationResult {
  const { relativeTolerance = 1e-12, maximumIterations = 200 } = options;
  const dimension = start.length;
  const slope = gradient ?? ((x, out) => centralDifferences(f, x, out));
  let x = start.slice();
  let value = f(x);
  const g = new Float64Array(dimension);
  const next = new Float64Array(dimension);
  const inverse = new Float64Array(dimension * dimension);
  const reset = () => {
    inverse.fill(0);
    for (let i = 0; i < dimension; i++) inverse[i * dimension + i] = 1;
  };
  reset();
  slope(x, g);
  let fresh = true;
  for (let iterations = 1; iterations <= maximumIterations; iterations++) {
    const direction = new Float64Array(dimension);
    let descent = 0;
    for (let i = 0; i < dimension; i++) {
      for (let k = 0; k < dimension; k++) direction[i]! -= inverse[i * dimension + k]! * g[k]!;
      descent += direction[i]! * g[i]!;
    }
    if (-descent <= relativeTolerance * (Math.abs(value) + 1e-8))
      return { argument: x, value, iterations, converged: true };
    let length = fresh ? Math.min(1, 1 / Math.hypot(...g)) : 1;
    let trial = x.map((xi, i) => xi + length * direction[i]!);
    let trialValue = f(trial);
    while (!(trialValue <= value + 1e-4 * length * descent) && length > 1e-14) {
      length *= 0.4;
      trial = x.map((xi, i) => xi + length * direction[i]!);
      trialValue = f(trial);
    }
    if (!(trialValue < value)) {
      // No progress along a quasi-Newton direction: try once from steepest descent before giving up.
      if (fresh) return { argument: x, value, iterations, converged: -descent <= 1e-6 * (Math.abs(value) + 1e-8) };
      reset();
      fresh = true;
      continue;
    }
    slope(trial, next);
    updateInverse(inverse, dimension, x, trial, g, next);
    fresh = false;
    x = trial;
    value = trialValue;
    g.set(next);
  }
  return { argument: x, value, iterations: maximumIterations, converged: false };
}

/** Balances truncation and rounding for functions computed to full precision. */
const DIFFERENCE = 6e-6;

/**
 * Gradient by central differences.
 *
 * @param f - Function; evaluated at 2 · dimension points.
 * @param x - Where; shape [dimension].
 * @param out - Receives the gradient.
 * @param step - Of every coordinate, times the larger of 1 and its absolute value. A longer one lets less rounding error
 *   through, at the cost of a bias of order step².
 */
export function centralDifferences(
  f: (x: Float64Array) => number,
  x: Float64Array,
  out: Float64Array,
  step = DIFFERENCE,
): void {
  const point = x.slice();
  for (let i = 0; i < x.length; i++) {
    const h = step * Math.max(1, Math.abs(x[i]!));
    point[i] = x[i]! + h;
    const above = f(point);
    point[i] = x[i]! - h;
    const below = f(point);
    point[i] = x[i]!;
    out[i] = (above - below) / (2 * h);
  }
}

/** H ← (I − ρ s yᵀ) H (I − ρ y sᵀ) + ρ s sᵀ, skipped when the curvature sᵀy is not positive. */
function updateInverse(
  inverse: Float64Array,
  n: number,
  x: Float64Array,
  nextX: Float64Array,
  g: Float64Array,
  nextG: Float64Array,
): void {
  const s = nextX.map((value, i) => value - x[i]!);
  const y = nextG.map((value, i) => value - g[i]!);
  let curvature = 0;
  for (let i = 0; i < n; i++) curvature += s[i]! * y[i]!;
  if (!(curvature > 1e-12 * Math.hypot(...s) * Math.hypot(...y))) return;
  const hy = new Float64Array(n);
  let yhy = 0;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) hy[i]! += inverse[i * n + k]! * y[k]!;
    yhy += y[i]! * hy[i]!;
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      inverse[i * n + k]! += ((1 + yhy / curvature) * s[i]! * s[k]! - hy[i]! * s[k]! - s[i]! * hy[k]!) / curvature;
    }
  }
}
