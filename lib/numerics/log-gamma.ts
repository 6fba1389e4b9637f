const HALF_LOG_TWO_PI = 0.9189385332046727;
/** From here on eight terms of the Stirling series are below 1e-16. */
const STIRLING_SERIES_FROM = 10;

/**
 * Error of Stirling's formula, δ(x) = log Γ(x+1) − (x + ½) log x + x − ½ log 2π, absolute accuracy about 1e-16.
 *
 * Densities written with δ do not lose digits when their parameters are large.
 *
 * @param x - Positive real number.
 *
 * Source: Loader (2000), "Fast and accurate computation of binomial probabilities"; below 10 by the recurrence
 * δ(x) = δ(x+1) + (x + ½) log(1 + 1/x) − 1.
 */
export function stirlingError(x: number): number {
  let shift = 0;
  let y = x;
  while (y < STIRLING_SERIES_FROM) {
    shift += (y + 0.5) * Math.log1p(1 / y) - 1;
    y += 1;
  }
  const s = 1 / (y * y);
  const series =
    1 / 12 -
    s *
      (1 / 360 -
        s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188 - s * (691 / 360360 - s * (1 / 156 - (s * 3617) / 122400))))));
  return series / y + shift;
}

/**
 * Natural logarithm of Γ(x), absolute accuracy about 1e-15 · max(1, |log Γ(x)|).
 *
 * @param x - Positive real number; 0 gives Infinity.
 *
 * Source: Stirling's series with the error term of {@link stirlingError}.
 */
export function logGamma(x: number): number {
  if (x === 0) return Infinity;
  return (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI + stirlingError(x);
}

/** log B(a, b) = log Γ(a) + log Γ(b) − log Γ(a + b), for positive a and b. */
export function logBeta(a: number, b: number): number {
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  const correction = stirlingError(small) + stirlingError(large) - stirlingError(small + large);
  return (
    -0.5 * Math.log(large) +
    HALF_LOG_TWO_PI +
    correction +
    (small - 0.5) * Math.log(small / (small + large)) -
    large * Math.log1p(small / large)
  );
}

/**
 * Deviance term x log(x/m) + m − x ≥ 0, accurate when x and m are close.
 *
 * @param x - Observed value, positive.
 * @param mean - Expected value m, positive.
 * @param difference - x − m; pass it when it is known more accurately than by subtraction.
 *
 * Source: Loader (2000), function bd0.
 */
export function devianceTerm(x: number, mean: number, difference = x - mean): number {
  if (Math.abs(difference) >= 0.1 * (x + mean)) return x * Math.log(x / mean) - difference;
  const v = difference / (x + mean);
  const square = v * v;
  let sum = difference * v;
  let term = 2 * x * v;
  for (let j = 1; j < 1000; j++) {
    term *= square;
    const next = sum + term / (2 * j + 1);
    if (next === sum) return next;
    sum = next;
  }
  return sum;
}

/**
 * Binomial-type kernel Γ(n+1)/(Γ(x+1)Γ(n−x+1)) pˣ qⁿ⁻ˣ for real x and n − x > 0.
 *
 * @param x - First exponent, positive.
 * @param y - Second exponent n − x, positive.
 * @param p - Base of the first power, in (0, 1).
 * @param q - 1 − p, passed apart so that neither loses digits.
 *
 * Source: Loader (2000), saddle-point form.
 */
export function binomialKernel(x: number, y: number, p: number, q: number): number {
  return Math.exp(binomialExponent(x, y, p, q)) * Math.sqrt((x + y) / (2 * Math.PI * x * y));
}

/** Logarithm of {@link binomialKernel}, finite where the kernel underflows. */
export function logBinomialKernel(x: number, y: number, p: number, q: number): number {
  return binomialExponent(x, y, p, q) + 0.5 * Math.log((x + y) / (2 * Math.PI * x * y));
}

function binomialExponent(x: number, y: number, p: number, q: number): number {
  const n = x + y;
  const difference = x * q - y * p;
  return (
    stirlingError(n) -
    stirlingError(x) -
    stirlingError(y) -
    devianceTerm(x, n * p, difference) -
    devianceTerm(y, n * q, -difference)
  );
}

/**
 * Poisson-type kernel mˣ e⁻ᵐ / Γ(x+1) for real x > 0 and mean m > 0.
 *
 * Source: Loader (2000), saddle-point form.
 */
export function poissonKernel(x: number, mean: number): number {
  return Math.exp(-stirlingError(x) - devianceTerm(x, mean)) / Math.sqrt(2 * Math.PI * x);
}

/** Logarithm of {@link poissonKernel}, finite where the kernel underflows. */
export function logPoissonKernel(x: number, mean: number): number {
  return -stirlingError(x) - devianceTerm(x, mean) - 0.5 * Math.log(2 * Math.PI * x);
}
