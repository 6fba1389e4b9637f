import type { Rng } from "../../numerics/rng.ts";

/**
 * The antithetic partner of a generator: 1 − u for every u, −z for every z. `integer` and `exponential` follow from the mirrored
 * uniform, so that every draw stays one of the same law.
 */
export function mirroredRng(rng: Rng): Rng {
  return {
    uniform: () => 1 - rng.uniform(),
    normal: () => -rng.normal(),
    normals(into, from, to) {
      rng.normals(into, from, to);
      for (let k = from; k < to; k++) into[k] = -into[k]!;
    },
    exponential: () => -Math.log(1 - rng.uniform()),
    integer: (bound) => bound - 1 - rng.integer(bound),
    fork: (label) => mirroredRng(rng.fork(label)),
  };
}
