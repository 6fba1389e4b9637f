import { normalUpperQuantile, normalUpperTail } from "../numerics/normal.ts";
import { studentTUpperQuantile, studentTUpperTail } from "../numerics/student-t.ts";

/**
 * The t value with the same upper tail probability as a Z value, METHODS.md eq. (M9).
 *
 * @param z - Bound on the Z scale; ±Infinity stays.
 * @param degreesOfFreedom - Degrees of freedom, > 0.
 */
export function tFromZ(z: number, degreesOfFreedom: number): number {
  if (!Number.isFinite(z)) return z;
  const size = studentTUpperQuantile(normalUpperTail(Math.abs(z)), degreesOfFreedom);
  return z < 0 ? -size : size;
}

/** The Z value with the same upper tail probability as a t value; inverse of {@link tFromZ}. */
export function zFromT(t: number, degreesOfFreedom: number): number {
  const size = normalUpperQuantile(studentTUpperTail(Math.abs(t), degreesOfFreedom));
  return t < 0 ? -size : size;
}

/** Bounds on the t scale, remembered per whole number of degrees of freedom: a simulation meets the same few again and again. */
export class TScaleBound {
  private readonly z: number;
  private readonly known: Float64Array;

  constructor(z: number, largestDegreesOfFreedom: number) {
    this.z = z;
    this.known = new Float64Array(Math.max(1, largestDegreesOfFreedom) + 1).fill(Number.NaN);
  }

  at(degreesOfFreedom: number): number {
    if (!Number.isInteger(degreesOfFreedom) || degreesOfFreedom >= this.known.length)
      return tFromZ(this.z, degreesOfFreedom);
    const known = this.known[degreesOfFreedom]!;
    if (!Number.isNaN(known)) return known;
    const bound = tFromZ(this.z, degreesOfFreedom);
    this.known[degreesOfFreedom] = bound;
    return bound;
  }
}
