import { inverseOfLeading, type Matrix } from "./retained-information.ts";

/** Which part of the course is compared, and what is assumed at baseline. */
export type SlopeConvention = "completers-information" | "full-likelihood" | "common-baseline" | "average";

/**
 * Variance of one subject's contribution to the group's slope or mean level (METHODS.md eq. (P29)).
 *
 * @param covariance - Of the observations; shape [J][J].
 * @param times - Times of the observations; shape [J].
 * @param lastVisit - Share of subjects whose last observation is each visit; shape [J], sum 1.
 * @returns Variance v such that the difference of two groups of n₁ and n₀ subjects has variance v₁/n₁ + v₀/n₀.
 *
 * @remarks
 * With X = (1, t): "completers-information" [(Σ_{k≥2} p_k XᵀV_k⁻¹X)⁻¹]₂₂ leaves out subjects seen once (Edland); "full-likelihood"
 * keeps them; "common-baseline" 1/Σ p_k tᵀV_k⁻¹t, the arms sharing one intercept (Hu, Mackey & Thomas 2021); "average"
 * 1/Σ p_k 1ᵀV_k⁻¹1, the mean level.
 *
 * Source: Diggle, Heagerty, Liang & Zeger (2002), ch. 2; Liu & Liang (1997), Biometrics 53:937–947; Zhao & Edland (2020).
 */
export function courseVariance(
  convention: SlopeConvention,
  covariance: Matrix,
  times: readonly number[],
  lastVisit: readonly number[],
): number {
  let [ones, cross, squares] = [0, 0, 0];
  const first = convention === "completers-information" ? 2 : 1;
  for (let k = first; k <= times.length; k++) {
    const share = lastVisit[k - 1]!;
    if (share === 0) continue;
    const inverse = inverseOfLeading(covariance, k);
    for (let a = 0; a < k; a++)
      for (let b = 0; b < k; b++) {
        const weight = share * inverse[a * k + b]!;
        ones += weight;
        cross += weight * times[a]!;
        squares += weight * times[a]! * times[b]!;
      }
  }
  switch (convention) {
    case "completers-information":
    case "full-likelihood":
      return ones / (ones * squares - cross * cross);
    case "common-baseline":
      return 1 / squares;
    case "average":
      return 1 / ones;
  }
}

/** Covariance of observations with a random intercept and slope: σ_a² + (s + t)σ_ab + s t σ_b² + σ_e² on the diagonal. */
export function randomCoefficientCovariance(
  times: readonly number[],
  interceptVariance: number,
  slopeVariance: number,
  interceptSlopeCovariance: number,
  residualVariance: number,
): Matrix {
  return times.map((s, i) =>
    times.map(
      (t, j) =>
        interceptVariance +
        (s + t) * interceptSlopeCovariance +
        s * t * slopeVariance +
        (i === j ? residualVariance : 0),
    ),
  );
}
