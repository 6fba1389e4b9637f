import type { MonteCarloEstimate } from "./simulation-document.ts";

/**
 * How far a simulated value lies from the analytic one, in Monte Carlo standard errors.
 *
 * @param simulated - Estimate with its standard error.
 * @param analytic - Value by theory.
 * @returns (simulated − analytic) / MCSE; 0 when both agree exactly; null when the error is 0 and they do not.
 */
export function differenceInStandardErrors(simulated: MonteCarloEstimate, analytic: number): number | null {
  const difference = simulated.value - analytic;
  if (simulated.mcse > 0) return difference / simulated.mcse;
  return difference === 0 ? 0 : null;
}
