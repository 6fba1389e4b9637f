import { chiSquareCdf, chiSquareUpperTail } from "./chi-square.ts";
import { stirlingError } from "./log-gamma.ts";
import { normalCdf, normalDensity, normalLogCdf, normalUpperQuantile } from "./normal.ts";
import { studentTCdf } from "./student-t.ts";

/** Terms smaller than this share of the largest are left out. */
const NEGLIGIBLE = 1e-19;

/**
 * Cumulative distribution of the noncentral t: T = (Z + δ) / √(V/df), Z standard normal, V chi-square with df.
 *
 * @param t - Any real number; ±Infinity allowed.
 * @param degreesOfFreedom - Positive, not necessarily whole; Infinity gives a normal with mean δ and variance 1.
 * @param noncentrality - δ, any finite real number.
 * @returns P(T ≤ t) in [0, 1]; relative accuracy about 1e-12 in the lower tail.
 *
 * @remarks
 * P(T ≤ t) = ∫ Φ(t s − δ) f(s) ds, f the density of √(V/df), by the trapezoidal rule in log s about the mode of the
 * integrand. Every term is positive, so both tails keep their relative accuracy, unlike the usual series (AS 243), which
 * obtains one tail by subtraction.
 *
 * Source: definition of the noncentral t; exponential convergence of the trapezoidal rule for analytic integrands that
 * vanish at both ends, Trefethen & Weideman (2014), SIAM Review 56:385–458.
 * Reference values: tests/reference/distributions.json.
 */
export function noncentralTCdf(t: number, degreesOfFreedom: number, noncentrality: number): number {
  if (Number.isNaN(t) || Number.isNaN(noncentrality) || !(degreesOfFreedom > 0)) return Number.NaN;
  if (t === Infinity) return 1;
  if (t === -Infinity) return 0;
  if (noncentrality === 0) return studentTCdf(t, degreesOfFreedom);
  if (degreesOfFreedom === Infinity) return normalCdf(t - noncentrality);
  if (t === 0) return normalCdf(-noncentrality);
  // By symmetry only t > 0 is integrated.
  return t > 0
    ? integrateTail(t, degreesOfFreedom, noncentrality, 1)
    : integrateTail(-t, degreesOfFreedom, -noncentrality, -1);
}

/**
 * Upper tail P(T > t) of the noncentral t, without cancellation: the power of a one-sided t test whose critical value is t.
 *
 * Arguments and source as {@link noncentralTCdf}.
 */
export function noncentralTUpperTail(t: number, degreesOfFreedom: number, noncentrality: number): number {
  return noncentralTCdf(-t, degreesOfFreedom, -noncentrality);
}

/** ∫ Φ(side · (t s − δ)) f(s) ds for t > 0. */
function integrateTail(t: number, df: number, delta: number, side: 1 | -1): number {
  if (Math.abs(delta) > LARGE_NONCENTRALITY * Math.sqrt(df + 1)) return averageOverNumerator(t, df, delta, side);
  const step = stepLength(df, delta);
  const mode = modeOfIntegrand(t, df, delta, side, step);
  const sum = sumAroundMode(Math.log(mode), step, (s) => normalCdf(side * (t * s - delta)), df);
  return Math.min(1, sum);
}

/** Beyond this multiple of √(df + 1) the numerator Z + δ hardly varies beside the denominator √(V/df). */
const LARGE_NONCENTRALITY = 200;
/** Of the trapezoidal rule over Z, whose error is e^{−2π²/step²}. */
const NUMERATOR_STEP = 0.5;
const NUMERATOR_REACH = 9.5;

/**
 * The same for large δ, where the step in s would have to be finer than any loop: E[P(√(V/df) ≥ (δ + Z)/t)] over Z, or its
 * complement for side −1.
 */
function averageOverNumerator(t: number, df: number, delta: number, side: 1 | -1): number {
  if (delta < 0) return side === 1 ? 1 : 0;
  const tail = side === 1 ? chiSquareUpperTail : chiSquareCdf;
  let sum = 0;
  for (let z = -NUMERATOR_REACH; z <= NUMERATOR_REACH; z += NUMERATOR_STEP) {
    const ratio = (delta + z) / t;
    sum += normalDensity(z) * tail(df * ratio * ratio, df);
  }
  return Math.min(1, sum * NUMERATOR_STEP);
}

/** Density of log s at s, s = √(V/df): 2 √(k/2π) e^{−δ(k)} exp(−k (s² − 1 − 2 log s)), k = df/2. */
function sumAroundMode(centre: number, step: number, factor: (s: number) => number, df: number): number {
  const k = df / 2;
  const constant = 2 * Math.sqrt(k / (2 * Math.PI)) * Math.exp(-stirlingError(k));
  const term = (u: number) => Math.exp(-k * (Math.expm1(2 * u) - 2 * u)) * factor(Math.exp(u));
  const peak = term(centre);
  let sum = peak;
  for (let j = 1; ; j++) {
    const value = term(centre + j * step);
    sum += value;
    if (!(value > sum * NEGLIGIBLE)) break;
  }
  for (let j = 1; ; j++) {
    const value = term(centre - j * step);
    sum += value;
    if (!(value > sum * NEGLIGIBLE)) break;
  }
  return sum * step * constant;
}

/** Fine enough for the chi density (width 1/√(2 df)), for Φ where it turns (width 1/|δ|), and for few degrees of freedom. */
function stepLength(df: number, delta: number): number {
  return Math.min(0.1, 0.5 / Math.sqrt(2 * df), 0.5 / (Math.abs(delta) + 6));
}

/** The one zero in s of d/d log s of the log integrand, divided by s: df (1/s − s) + side · t · φ/Φ(side (t s − δ)). */
function modeOfIntegrand(t: number, df: number, delta: number, side: 1 | -1, step: number): number {
  const slope = (s: number) => {
    const z = side * (t * s - delta);
    const hazard = Math.exp(-0.5 * z * z - 0.9189385332046728 - normalLogCdf(z));
    return df * (1 / s - s) + side * t * hazard;
  };
  let low = side === 1 ? 1 : 0.5;
  let high = side === 1 ? 2 : 1;
  if (side === 1) while (slope(high) > 0) [low, high] = [high, high * 2];
  else while (slope(low) < 0) [low, high] = [low / 8, low];
  // The rule does not need the exact mode, only to start within a step of it.
  while (high > low * (1 + step)) {
    const middle = Math.sqrt(low * high);
    if (slope(middle) > 0) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}

/**
 * Density of the noncentral t. Arguments and source as {@link noncentralTCdf}.
 *
 * @remarks f(t) = ∫ s φ(t s − δ) f(s) ds.
 */
export function noncentralTDensity(t: number, degreesOfFreedom: number, noncentrality: number): number {
  if (degreesOfFreedom === Infinity) return normalDensity(t - noncentrality);
  const df = degreesOfFreedom;
  const cross = t * noncentrality;
  const quadratic = df + t * t;
  const root = Math.sqrt(cross * cross + 4 * quadratic * (df + 1));
  const mode = cross >= 0 ? (cross + root) / (2 * quadratic) : (2 * (df + 1)) / (root - cross);
  return sumAroundMode(
    Math.log(mode),
    stepLength(df, noncentrality),
    (s) => s * normalDensity(t * s - noncentrality),
    df,
  );
}

/**
 * Quantile of the noncentral t.
 *
 * @param probability - P(T ≤ t) in [0, 1]; NaN outside.
 * @returns t, relative accuracy about 1e-11.
 */
export function noncentralTQuantile(probability: number, degreesOfFreedom: number, noncentrality: number): number {
  if (!(probability >= 0 && probability <= 1)) return Number.NaN;
  if (probability === 0) return -Infinity;
  if (probability === 1) return Infinity;
  if (probability > 0.5) return -noncentralTQuantile(1 - probability, degreesOfFreedom, -noncentrality);
  if (degreesOfFreedom === Infinity) return noncentrality - normalUpperQuantile(probability);
  const goal = Math.log(probability);
  const logCdf = (t: number) => Math.log(noncentralTCdf(t, degreesOfFreedom, noncentrality));
  let width = 1;
  let high = noncentrality;
  while (logCdf(high) < goal) [high, width] = [high + width, 2 * width];
  width = 1;
  let low = Math.min(high, noncentrality) - width;
  while (logCdf(low) > goal) [low, width] = [low - width, 2 * width];
  let t = 0.5 * (low + high);
  for (let iteration = 0; iteration < 200; iteration++) {
    const cdf = noncentralTCdf(t, degreesOfFreedom, noncentrality);
    const excess = Math.log(cdf) - goal;
    if (excess > 0) high = t;
    else low = t;
    const newton = t - (excess * cdf) / noncentralTDensity(t, degreesOfFreedom, noncentrality);
    const next = newton > low && newton < high ? newton : 0.5 * (low + high);
    if (Math.abs(next - t) <= 1e-14 * Math.max(1e-3, Math.abs(t))) return next;
    t = next;
  }
  return t;
}
