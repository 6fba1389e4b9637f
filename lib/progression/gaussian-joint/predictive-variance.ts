/**
 * Variance of a new patient's outcome about its prediction, with the uncertainty of the fitted parameters.
 *
 * s² c² (1 + 1/n + d²/(n + ν)): the conditional variance, plus the uncertainty of the mean, plus that of the regression
 * coefficients, which grows with the patient's distance from the training patients; c² covers what remains (the degrees
 * of freedom spent on the covariance). METHODS.md, equation (P8).
 *
 * @param conditionalVariance - s², square of the endpoint's unit.
 * @param squaredDistance - d², squared Mahalanobis distance of the patient's observed features.
 * @param patients - n, training patients with this outcome observed.
 * @param priorWeight - ν, pseudo-patients.
 * @param inflation - c, factor on the SD from held-out patients.
 */
export function predictiveVariance(
  conditionalVariance: number,
  squaredDistance: number,
  patients: number,
  priorWeight: number,
  inflation: number,
): number {
  const parameters = 1 / patients + squaredDistance / (patients + priorWeight);
  return conditionalVariance * inflation * inflation * (1 + parameters);
}
