/**
 * Futility bounds of Pampallona and Tsiatis: they rise from below and meet the efficacy bound at the final analysis.
 *
 * @param informationFractions - Information at each analysis divided by final information; shape [K].
 * @param shape - Δ₀ of the futility bounds: 0 as O'Brien–Fleming, ½ as Pocock.
 * @param finalBound - Efficacy bound of the final analysis, Z scale.
 * @param drift - E[Z] at full information under the design effect, δ.
 * @returns Bounds a_k = δ√t_k − (δ − u_K) t_k^(Δ₀ − ½), Z scale, the last being u_K; shape [K]. In a two-sided design they
 *   are inner bounds of |Z|, and those not above 0 are none.
 *
 * @remarks METHODS.md eq. (G49). Together with u_k = C₁ t_k^(Δ₁ − ½) (G10) this is the design of the source, whose C₀ is δ − C₁.
 * Source: Pampallona & Tsiatis (1994), J Stat Plan Inference 42:19–35. Reference values: tests/reference/design (rpact 3.3.4).
 */
export function pampallonaTsiatisBounds(
  informationFractions: readonly number[],
  shape: number,
  finalBound: number,
  drift: number,
): number[] {
  return informationFractions.map(
    (fraction) => drift * Math.sqrt(fraction) - (drift - finalBound) * fraction ** (shape - 0.5),
  );
}
