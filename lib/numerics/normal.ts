/** 1/√(2π). */
const INVERSE_SQRT_TWO_PI = 0.3989422804014327;
const LOG_SQRT_TWO_PI = 0.9189385332046728;
/** Where Cody's central rational approximation of Φ − ½ ends. */
const CENTRAL_LIMIT = 0.67448975;
/** √32: above it the asymptotic form is used. */
const ASYMPTOTIC_LIMIT = 5.656854249492381;

/**
 * Standard normal density φ(x).
 *
 * @param x - Any real number, dimensionless.
 */
export function normalDensity(x: number): number {
  return INVERSE_SQRT_TWO_PI * Math.exp(-0.5 * x * x);
}

/**
 * Standard normal cumulative distribution Φ(x), to full relative accuracy in the lower tail (down to x ≈ −38).
 *
 * @param x - Any real number, dimensionless; ±Infinity allowed.
 * @returns P(Z ≤ x) in [0, 1].
 *
 * Source: Cody (1969), Math. Comp. 23:631–637 (rational Chebyshev approximations), in the form of Cody (1993), ACM TOMS
 * 19:22–30. Reference values: tests/reference/distributions.json.
 */
export function normalCdf(x: number): number {
  if (x >= -CENTRAL_LIMIT && x <= CENTRAL_LIMIT) return 0.5 + centralExcess(x);
  return x < 0 ? tailBeyond(-x) : 1 - tailBeyond(x);
}

/**
 * Standard normal upper tail 1 − Φ(x), without cancellation.
 *
 * @param x - Any real number, dimensionless; ±Infinity allowed.
 * @returns P(Z > x) in [0, 1]. Source and reference values: see {@link normalCdf}.
 */
export function normalUpperTail(x: number): number {
  return normalCdf(-x);
}

/**
 * Natural logarithm of Φ(x), finite for every finite x.
 *
 * @param x - Any real number, dimensionless.
 */
export function normalLogCdf(x: number): number {
  if (x >= -CENTRAL_LIMIT && x <= CENTRAL_LIMIT) return Math.log(0.5 + centralExcess(x));
  if (x > 0) return Math.log1p(-tailBeyond(x));
  if (x > -ASYMPTOTIC_LIMIT) return Math.log(tailBeyond(-x));
  return -0.5 * x * x - LOG_SQRT_TWO_PI + Math.log(asymptoticMillsRatio(-x));
}

/**
 * Error function, relative accuracy kept near 0.
 *
 * @param x - Any real number.
 */
export function erf(x: number): number {
  const z = x * Math.SQRT2;
  if (Math.abs(z) <= CENTRAL_LIMIT) return 2 * centralExcess(z);
  return x > 0 ? 1 - 2 * tailBeyond(z) : 2 * tailBeyond(-z) - 1;
}

/**
 * Complementary error function 1 − erf(x), relative accuracy kept in the right tail.
 *
 * @param x - Any real number.
 */
export function erfc(x: number): number {
  return 2 * normalUpperTail(x * Math.SQRT2);
}

/** Φ(x) − ½ for |x| ≤ 0.67448975. */
function centralExcess(x: number): number {
  const y = x * x;
  const numerator =
    (((0.06568233791820745 * y + 2.2352520354606837) * y + 161.02823106855587) * y + 1067.6894854603709) * y +
    18154.98125334356;
  const denominator =
    (((y + 47.202581904688245) * y + 976.0985517377767) * y + 10260.932208618979) * y + 45507.78933502673;
  return (x * numerator) / denominator;
}

/** 1 − Φ(y) for y > 0.67448975. */
function tailBeyond(y: number): number {
  if (y > 38.5) return 0;
  // exp(−y²/2) from an argument whose square is exact, so that the tail keeps its relative accuracy.
  const head = Math.trunc(y * 16) / 16;
  const rest = (y - head) * (y + head);
  const gauss = Math.exp(-0.5 * head * head) * Math.exp(-0.5 * rest);
  if (y > ASYMPTOTIC_LIMIT) return gauss * INVERSE_SQRT_TWO_PI * asymptoticMillsRatio(y);
  const numerator =
    (((((((1.0765576773720192e-8 * y + 0.39894151208813466) * y + 8.883149794388377) * y + 93.50665613217785) * y +
      597.2702763948002) *
      y +
      2494.5375852903726) *
      y +
      6848.190450536283) *
      y +
      11602.65143764735) *
      y +
    9842.714838383978;
  const denominator =
    (((((((y + 22.266688044328117) * y + 235.387901782625) * y + 1519.3775994075547) * y + 6485.558298266761) * y +
      18615.571640885097) *
      y +
      34900.95272114598) *
      y +
      38912.00328609327) *
      y +
    19685.429676859992;
  return (gauss * numerator) / denominator;
}

/** (1 − Φ(y)) / φ(y) for y > √32. */
function asymptoticMillsRatio(y: number): number {
  const s = 1 / (y * y);
  const numerator =
    ((((0.023073441764940174 * s + 0.215898534057957) * s + 0.12740116116024736) * s + 0.022235277870649807) * s +
      0.0014216191932278934) *
      s +
    2.9112874951168793e-5;
  const denominator =
    ((((s + 1.284260096144911) * s + 0.4682382124808651) * s + 0.06598813786892856) * s + 0.0037823963320275824) * s +
    7.297515550839662e-5;
  return (1 - (s * numerator * SQRT_TWO_PI) / denominator) / y;
}

const SQRT_TWO_PI = 2.5066282746310002;

/**
 * Standard normal quantile Φ⁻¹(p), relative accuracy about 1e-16.
 *
 * @param p - Probability; 0 gives −Infinity, 1 gives Infinity, outside [0, 1] NaN (a probability is checked by whoever
 *   accepts it from a user).
 * @returns z with Φ(z) = p.
 *
 * Source: Wichura (1988), Algorithm AS 241 (PPND16), Applied Statistics 37:477–484.
 * Reference values: tests/reference/distributions.json.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    const numerator =
      ((((((2509.0809287301227 * r + 33430.57558358813) * r + 67265.7709270087) * r + 45921.95393154987) * r +
        13731.69376550946) *
        r +
        1971.5909503065513) *
        r +
        133.14166789178438) *
        r +
      3.3871328727963665;
    const denominator =
      ((((((5226.495278852546 * r + 28729.085735721943) * r + 39307.89580009271) * r + 21213.794301586597) * r +
        5394.196021424751) *
        r +
        687.1870074920579) *
        r +
        42.31333070160091) *
        r +
      1;
    return (q * numerator) / denominator;
  }
  const smaller = q < 0 ? p : 1 - p;
  if (!(smaller > 0)) return smaller === 0 ? (q < 0 ? -Infinity : Infinity) : Number.NaN;
  const value = tailQuantile(Math.sqrt(-Math.log(smaller)));
  return q < 0 ? -value : value;
}

/**
 * Upper-tail quantile: z with 1 − Φ(z) = p; keeps its accuracy for tiny p.
 *
 * @param p - Upper-tail probability in [0, 1].
 */
export function normalUpperQuantile(p: number): number {
  return -normalQuantile(p);
}

/** |z| from r = √(−log p) for p < 0.075. */
function tailQuantile(root: number): number {
  if (root <= 5) {
    const r = root - 1.6;
    const numerator =
      ((((((0.0007745450142783414 * r + 0.022723844989269184) * r + 0.2417807251774506) * r + 1.2704582524523684) * r +
        3.6478483247632045) *
        r +
        5.769497221460691) *
        r +
        4.630337846156546) *
        r +
      1.4234371107496835;
    const denominator =
      ((((((1.0507500716444169e-9 * r + 0.0005475938084995345) * r + 0.015198666563616457) * r + 0.14810397642748008) *
        r +
        0.6897673349851) *
        r +
        1.6763848301838038) *
        r +
        2.053191626637759) *
        r +
      1;
    return numerator / denominator;
  }
  const r = root - 5;
  const numerator =
    ((((((2.0103343992922881e-7 * r + 2.7115555687434876e-5) * r + 0.0012426609473880784) * r + 0.026532189526576124) *
      r +
      0.29656057182850487) *
      r +
      1.7848265399172913) *
      r +
      5.463784911164114) *
      r +
    6.657904643501103;
  const denominator =
    ((((((2.0442631033899397e-15 * r + 1.421511758316446e-7) * r + 1.8463183175100548e-5) * r + 0.0007868691311456133) *
      r +
      0.014875361290850615) *
      r +
      0.1369298809227358) *
      r +
      0.599832206555888) *
      r +
    1;
  return numerator / denominator;
}
