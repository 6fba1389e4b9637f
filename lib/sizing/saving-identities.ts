/**
 * Share of all patients saved by a score, METHODS.md eq. (S10): ρ².
 *
 * @param partialCorrelation - Correlation of score and outcome given everything the comparator analysis adjusts for.
 */
export function totalSaving(partialCorrelation: number): number {
  return partialCorrelation ** 2;
}

/**
 * Share of the control arm saved by a score when the experimental arm keeps its size, METHODS.md eq. (S11).
 *
 * @param partialCorrelation - Correlation of score and outcome given everything the comparator analysis adjusts for.
 * @returns 2ρ²/(1 + ρ²) for 1:1 randomisation under the normal approximation.
 */
export function controlOnlySaving(partialCorrelation: number): number {
  const rho2 = partialCorrelation ** 2;
  return (2 * rho2) / (1 + rho2);
}

/**
 * Partial R² of the score given the comparator's covariates, METHODS.md eq. (S12).
 *
 * @param rSquaredAncova - R²₁ of ANCOVA on baseline and strata, in [0, 1).
 * @param rSquaredWithScore - R²₂ of the same ANCOVA + score, in [0, 1).
 * @returns (R²₂ − R²₁)/(1 − R²₁); negative when the score loses precision out of fold.
 */
export function partialRSquared(rSquaredAncova: number, rSquaredWithScore: number): number {
  return (rSquaredWithScore - rSquaredAncova) / (1 - rSquaredAncova);
}
