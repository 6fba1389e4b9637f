/** Nodes and weights of a quadrature rule. */
export interface QuadratureRule {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

const legendreRules = new Map<number, QuadratureRule>();

/**
 * Gauss–Legendre rule on [−1, 1]: exact for polynomials up to degree 2·points − 1.
 *
 * @param points - Number of nodes, at least 1; rules are kept for reuse.
 * @returns Nodes ascending.
 *
 * Source: Newton's method on the Legendre recurrence; Abramowitz & Stegun 25.4.29.
 */
export function gaussLegendre(points: number): QuadratureRule {
  const known = legendreRules.get(points);
  if (known !== undefined) return known;
  const nodes = new Float64Array(points);
  const weights = new Float64Array(points);
  for (let i = 0; i < Math.ceil(points / 2); i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (points + 0.5));
    let slope = 1;
    for (let iteration = 0; iteration < 100; iteration++) {
      let p0 = 1;
      let p1 = x;
      for (let k = 2; k <= points; k++) [p0, p1] = [p1, ((2 * k - 1) * x * p1 - (k - 1) * p0) / k];
      if (points === 1) p0 = 1;
      slope = (points * (x * p1 - p0)) / (x * x - 1);
      const move = p1 / slope;
      x -= move;
      if (Math.abs(move) < 1e-16) break;
    }
    const weight = 2 / ((1 - x * x) * slope * slope);
    nodes[points - 1 - i] = x;
    weights[points - 1 - i] = weight;
    nodes[i] = i === points - 1 - i ? 0 : -x;
    weights[i] = weight;
  }
  const rule = { nodes, weights };
  legendreRules.set(points, rule);
  return rule;
}

/** ∫ f over [lower, upper] by one Gauss–Legendre rule; both limits finite. */
export function integrateGaussLegendre(f: (x: number) => number, lower: number, upper: number, points: number): number {
  const { nodes, weights } = gaussLegendre(points);
  const centre = 0.5 * (lower + upper);
  const half = 0.5 * (upper - lower);
  let sum = 0;
  for (let i = 0; i < points; i++) sum += weights[i]! * f(centre + half * nodes[i]!);
  return sum * half;
}

/** Outcome of an adaptive integration. */
export interface IntegrationResult {
  readonly value: number;
  readonly errorEstimate: number;
  readonly evaluations: number;
  readonly converged: boolean;
}

export interface IntegrationOptions {
  readonly relativeTolerance?: number;
  readonly absoluteTolerance?: number;
  readonly maximumIntervals?: number;
}

/** Non-negative nodes of the 15-point Kronrod rule; odd positions are the 7-point Gauss nodes. */
const KRONROD_NODES = [
  0.9914553711208126, 0.9491079123427585, 0.8648644233597691, 0.7415311855993945, 0.5860872354676911,
  0.4058451513773972, 0.20778495500789848, 0,
];
const KRONROD_WEIGHTS = [
  0.022935322010529224, 0.06309209262997856, 0.10479001032225019, 0.14065325971552592, 0.1690047266392679,
  0.19035057806478542, 0.20443294007529889, 0.20948214108472782,
];
const GAUSS_WEIGHTS = [0.1294849661688697, 0.27970539148927664, 0.3818300505051189, 0.4179591836734694];

interface Interval {
  readonly lower: number;
  readonly upper: number;
  readonly value: number;
  readonly error: number;
}

/**
 * ∫ f over [lower, upper], adaptively; limits may be infinite.
 *
 * The interval with the largest error estimate is halved until the tolerance is met. Infinite limits are mapped to (0, 1)
 * by x = lower + u/(1 − u); the integrand must vanish there.
 *
 * @param f - Integrand, smooth except at the ends.
 * @param lower - Lower limit, may be −Infinity.
 * @param upper - Upper limit, may be Infinity; not below `lower`.
 *
 * Source: Gauss–Kronrod pair G7K15, Piessens et al. (1983), QUADPACK.
 */
export function integrate(
  f: (x: number) => number,
  lower: number,
  upper: number,
  options: IntegrationOptions = {},
): IntegrationResult {
  if (lower === -Infinity && upper === Infinity) {
    return integrate((x) => f(x) + f(-x), 0, Infinity, options);
  }
  if (lower === -Infinity) return integrate((x) => f(-x), -upper, Infinity, options);
  if (upper === Infinity) {
    const mapped = (u: number) => {
      const rest = 1 - u;
      return f(lower + u / rest) / (rest * rest);
    };
    return integrate(mapped, 0, 1, options);
  }
  const { relativeTolerance = 1e-10, absoluteTolerance = 0, maximumIntervals = 500 } = options;
  const intervals: Interval[] = [kronrod(f, lower, upper)];
  for (;;) {
    let value = 0;
    let error = 0;
    let worst = 0;
    intervals.forEach((interval, i) => {
      value += interval.value;
      error += interval.error;
      if (interval.error > intervals[worst]!.error) worst = i;
    });
    const evaluations = 15 * (2 * intervals.length - 1);
    const converged = error <= Math.max(absoluteTolerance, relativeTolerance * Math.abs(value));
    if (converged || intervals.length >= maximumIntervals)
      return { value, errorEstimate: error, evaluations, converged };
    const split = intervals[worst]!;
    const middle = 0.5 * (split.lower + split.upper);
    intervals[worst] = kronrod(f, split.lower, middle);
    intervals.push(kronrod(f, middle, split.upper));
  }
}

function kronrod(f: (x: number) => number, lower: number, upper: number): Interval {
  const centre = 0.5 * (lower + upper);
  const half = 0.5 * (upper - lower);
  const middle = f(centre);
  let gauss = middle * GAUSS_WEIGHTS[3]!;
  let total = middle * KRONROD_WEIGHTS[7]!;
  let magnitude = Math.abs(total);
  for (let i = 0; i < 7; i++) {
    const offset = half * KRONROD_NODES[i]!;
    const left = f(centre - offset);
    const right = f(centre + offset);
    total += KRONROD_WEIGHTS[i]! * (left + right);
    magnitude += KRONROD_WEIGHTS[i]! * (Math.abs(left) + Math.abs(right));
    if (i % 2 === 1) gauss += GAUSS_WEIGHTS[(i - 1) / 2]! * (left + right);
  }
  const rounding = 50 * Number.EPSILON * magnitude * half;
  const difference = Math.abs(total - gauss) * half;
  // QUADPACK's observation that the true error is about the 3/2 power of the difference of the two rules.
  const scaled = magnitude === 0 ? 0 : magnitude * half * Math.min(1, (200 * difference) / (magnitude * half)) ** 1.5;
  return {
    lower,
    upper,
    value: total * half,
    error: Math.max(Math.min(difference, scaled), Math.min(rounding, difference)),
  };
}
