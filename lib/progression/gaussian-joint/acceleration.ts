import type { NormalParameters } from "./em.ts";

/**
 * Squared extrapolation of three successive EM iterates: θ₀ − 2αr + α²v with r = θ₁ − θ₀, v = (θ₂ − θ₁) − r,
 * α = −‖r‖/‖v‖, never shorter than a plain step (α ≤ −1).
 *
 * The result may be no admissible covariance or lower the objective; the caller checks both and falls back to θ₂.
 *
 * @param zero - θ₀.
 * @param one - θ₁, one EM step after θ₀.
 * @param two - θ₂, one EM step after θ₁.
 * @returns New parameters; the inputs are not changed.
 *
 * Source: Varadhan & Roland (2008), Scand. J. Statist. 35:335–353, scheme S3. METHODS.md, equation (P6).
 */
export function extrapolate(zero: NormalParameters, one: NormalParameters, two: NormalParameters): NormalParameters {
  let rr = 0;
  let vv = 0;
  const D = zero.mean.length;
  for (let j = 0; j < D; j++) {
    const r = one.mean[j]! - zero.mean[j]!;
    const v = two.mean[j]! - one.mean[j]! - r;
    rr += r * r;
    vv += v * v;
  }
  for (let j = 0; j < D * D; j++) {
    const r = one.covariance[j]! - zero.covariance[j]!;
    const v = two.covariance[j]! - one.covariance[j]! - r;
    rr += r * r;
    vv += v * v;
  }
  const alpha = vv > 0 ? Math.min(-1, -Math.sqrt(rr / vv)) : -1;
  return {
    mean: combine(zero.mean, one.mean, two.mean, alpha),
    covariance: combine(zero.covariance, one.covariance, two.covariance, alpha),
  };
}

function combine(zero: Float64Array, one: Float64Array, two: Float64Array, alpha: number): Float64Array {
  const into = new Float64Array(zero.length);
  for (let j = 0; j < zero.length; j++) {
    const r = one[j]! - zero[j]!;
    const v = two[j]! - one[j]! - r;
    into[j] = zero[j]! - 2 * alpha * r + alpha * alpha * v;
  }
  return into;
}
