import { normalCdf, normalDensity } from "../../numerics/normal.ts";
import { fromWorking, type OutcomeTransform, toWorking } from "./outcome-transform.ts";

/** Law of an outcome whose working value is normal. */
export interface TransformedNormal {
  readonly transform: OutcomeTransform;
  /** Mean on the working scale. */
  readonly mean: number;
  /** SD on the working scale. */
  readonly deviation: number;
}

/** Step and reach of the trapezoid rule in SDs: for functions analytic near the real line its error falls exponentially. */
const STEP = 0.125;
const REACH = 9;
const NODES = Float64Array.from({ length: 1 + (2 * REACH) / STEP }, (_, k) => -REACH + k * STEP);
const WEIGHTS = NODES.map((z) => STEP * normalDensity(z));
/** Hermite terms kept; the rest is what {@link hermiteCoefficients} is allowed to miss. */
const TERMS = 24;

/**
 * Exact mean on the analysis scale: identity m; inverse hyperbolic sine c + s e^(σ²/2) sinh m; logit by the trapezoid rule
 * (relative error below 1e-12 up to σ = 3). METHODS.md, equation (P26).
 *
 * @param law - Law of one outcome.
 */
export function transformedMean({ transform, mean, deviation }: TransformedNormal): number {
  switch (transform.kind) {
    case "identity":
      return mean;
    case "inverse-sinh":
      return transform.centre + transform.scale * Math.exp(0.5 * deviation * deviation) * Math.sinh(mean);
    case "logit":
      return expectation(deviation, (w) => fromWorking(transform, mean + w));
  }
}

/** Variance on the analysis scale; exact or to the error of {@link transformedMean}. */
export function transformedVariance(law: TransformedNormal): number {
  const { transform, mean, deviation } = law;
  const v = deviation * deviation;
  switch (transform.kind) {
    case "identity":
      return v;
    case "inverse-sinh": {
      // ½ (e^v − 1)(e^v cosh 2m + 1), written so that nothing cancels when v is small.
      return 0.5 * transform.scale ** 2 * Math.expm1(v) * (Math.exp(v) * Math.cosh(2 * mean) + 1);
    }
    case "logit": {
      const centre = transformedMean(law);
      return expectation(deviation, (w) => (fromWorking(transform, mean + w) - centre) ** 2);
    }
  }
}

/**
 * Coefficients b_k of the outcome in normalised Hermite polynomials of its standardised working value, k = 1 … 24. Two
 * outcomes whose working values correlate by ρ have covariance Σ_k b_k b'_k ρ^k. METHODS.md, equation (P26).
 *
 * @param law - Law of one outcome.
 */
export function hermiteCoefficients({ transform, mean, deviation }: TransformedNormal): Float64Array {
  const coefficients = new Float64Array(TERMS);
  switch (transform.kind) {
    case "identity":
      coefficients[0] = deviation;
      break;
    case "inverse-sinh": {
      let size = transform.scale * Math.exp(0.5 * deviation * deviation);
      for (let k = 1; k <= TERMS; k++) {
        size *= deviation / Math.sqrt(k);
        coefficients[k - 1] = size * (k % 2 === 1 ? Math.cosh(mean) : Math.sinh(mean));
      }
      break;
    }
    case "logit":
      for (let node = 0; node < NODES.length; node++) {
        const z = NODES[node]!;
        const value = WEIGHTS[node]! * fromWorking(transform, mean + deviation * z);
        let before = 1;
        let current = z;
        for (let k = 1; k <= TERMS; k++) {
          coefficients[k - 1]! += value * current;
          const next = (z * current - Math.sqrt(k) * before) / Math.sqrt(k + 1);
          before = current;
          current = next;
        }
      }
  }
  return coefficients;
}

/**
 * Continuous ranked probability score ∫ (F(t) − 1{y ≤ t})² dt of an outcome, by the trapezoid rule on the working scale
 * in steps of 0.02 SD; METHODS.md, equation (P15).
 *
 * @param law - Law of one outcome; not the identity, for which the closed form is exact.
 * @param observed - Analysis scale.
 */
export function transformedCrps(law: TransformedNormal, observed: number): number {
  const { transform, mean, deviation } = law;
  const at = (toWorking(transform, observed) - mean) / deviation;
  const value = (z: number) => fromWorking(transform, mean + deviation * z);
  const side = (from: number, to: number, height: (z: number) => number) => {
    const steps = Math.max(1, Math.ceil((to - from) / 0.02));
    const h = (to - from) / steps;
    let sum = 0;
    for (let k = 0; k < steps; k++) {
      const z = from + k * h;
      sum += 0.5 * (height(z) + height(z + h)) * (value(z + h) - value(z));
    }
    return sum;
  };
  const below = at > -REACH ? side(-REACH, at, (z) => normalCdf(z) ** 2) : 0;
  const above = at < REACH ? side(at, REACH, (z) => normalCdf(-z) ** 2) : 0;
  return below + above;
}

/** E f(σZ). */
function expectation(deviation: number, f: (w: number) => number): number {
  let sum = 0;
  for (let k = 0; k < NODES.length; k++) sum += WEIGHTS[k]! * f(deviation * NODES[k]!);
  return sum;
}
