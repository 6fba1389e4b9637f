import { choleskyInPlace, forwardSubstitute } from "../../numerics/cholesky.ts";
import { curveSlope, curveValue, speedOf } from "./course-curve.ts";
import type { CourseFamily, IndividualObservations } from "./individual-mode.ts";

/**
 * One patient's model made linear about individual parameters z₀: ỹ = J z + H b + e. Columns are (ξ, u of each endpoint,
 * b of each endpoint, ỹ); METHODS.md, equation (DC5).
 */
export interface LinearisedPatient {
  /** w = 2E + 2. */
  readonly width: number;
  /** [w × w] S = [J H ỹ]ᵀ diag(1/σ²) [J H ỹ]. */
  readonly products: Float64Array;
  /** [n] derivative of the curve by its argument, and by ξ. */
  readonly slopes: Float64Array;
  readonly bySpeed: Float64Array;
  /** [n] derivative by b. */
  readonly byRate: Float64Array;
  /** [n] ỹ. */
  readonly pseudo: Float64Array;
}

/** Linearises the curves of one patient about z. */
export function lineariseCourse(
  family: CourseFamily,
  { endpoint, time, value }: IndividualObservations,
  z: Float64Array,
): LinearisedPatient {
  const E = family.rates.length;
  const n = value.length;
  const width = 2 * E + 2;
  const products = new Float64Array(width * width);
  const slopes = new Float64Array(n);
  const bySpeed = new Float64Array(n);
  const byRate = new Float64Array(n);
  const pseudo = new Float64Array(n);
  const speed = speedOf(z[0]!);
  const positions = new Int32Array(4);
  const entries = new Float64Array(4);
  for (let k = 0; k < n; k++) {
    const e = endpoint[k]!;
    const rate = family.rates[e]!;
    const fitted = curveValue(family.kinds[e]!, z[1 + e]! + rate * speed * time[k]!);
    const slope = curveSlope(family.kinds[e]!, fitted);
    slopes[k] = slope;
    byRate[k] = slope * speed * time[k]!;
    bySpeed[k] = rate * byRate[k]!;
    pseudo[k] = value[k]! - fitted + bySpeed[k]! * z[0]! + slope * z[1 + e]! + byRate[k]! * rate;
    positions[0] = 0;
    positions[1] = 1 + e;
    positions[2] = 1 + E + e;
    positions[3] = width - 1;
    entries[0] = bySpeed[k]!;
    entries[1] = slope;
    entries[2] = byRate[k]!;
    entries[3] = pseudo[k]!;
    const weight = 1 / family.residualVariances[e]!;
    for (let a = 0; a < 4; a++)
      for (let b = 0; b < 4; b++)
        products[positions[a]! * width + positions[b]!]! += weight * entries[a]! * entries[b]!;
  }
  return { width, products, slopes, bySpeed, byRate, pseudo };
}

/**
 * S − S_d Ω(I + S_dd Ω)⁻¹ S_dᵀ into `out`: the products with the individual parameters integrated out.
 *
 * @param root - [d × d] L of Ω = L Lᵀ.
 * @returns log |I + LᵀS_dd L|; NaN when it is not positive.
 */
export function integrateIndividual(
  products: Float64Array,
  width: number,
  root: Float64Array,
  d: number,
  out: Float64Array,
): number {
  // Columns of LᵀS, one after the other.
  const half = new Float64Array(width * d);
  for (let j = 0; j < width; j++)
    for (let a = 0; a < d; a++) {
      let sum = 0;
      for (let b = a; b < d; b++) sum += root[b * d + a]! * products[b * width + j]!;
      half[j * d + a] = sum;
    }
  const inner = new Float64Array(d * d);
  for (let a = 0; a < d; a++)
    for (let b = 0; b <= a; b++) {
      let sum = a === b ? 1 : 0;
      for (let c = b; c < d; c++) sum += half[c * d + a]! * root[c * d + b]!;
      inner[a * d + b] = sum;
    }
  if (choleskyInPlace(inner, d) !== -1) return Number.NaN;
  let logDeterminant = 0;
  for (let a = 0; a < d; a++) logDeterminant += 2 * Math.log(inner[a * d + a]!);
  for (let j = 0; j < width; j++) forwardSubstitute(inner, d, half, j * d);
  for (let i = 0; i < width; i++)
    for (let j = 0; j < width; j++) {
      let sum = products[i * width + j]!;
      for (let a = 0; a < d; a++) sum -= half[i * d + a]! * half[j * d + a]!;
      out[i * width + j] = sum;
    }
  return logDeterminant;
}
