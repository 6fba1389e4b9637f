import { DomainError } from "../../errors/domain-error.ts";
import type { MarginalMeans } from "./marginal-means.ts";

/** How two standardised means are compared. */
export type ContrastScale = "difference" | "ratio" | "odds-ratio" | "log-ratio" | "log-odds-ratio";

/**
 * Comparison of two standardised means with its delta-method standard error (METHODS.md eq. (G10)).
 *
 * @param arm - Index of the experimental arm.
 * @param reference - Index of the control arm.
 * @throws DomainError NOT_ESTIMABLE when a ratio would divide by zero.
 */
export function marginalContrast(
  { means, covariance }: MarginalMeans,
  arm: number,
  reference: number,
  scale: ContrastScale,
): { readonly estimate: number; readonly standardError: number } {
  const m1 = means[arm]!;
  const m0 = means[reference]!;
  const arms = means.length;
  const v11 = covariance[arm * arms + arm]!;
  const v00 = covariance[reference * arms + reference]!;
  const v10 = covariance[arm * arms + reference]!;
  const odds = scale === "odds-ratio" || scale === "log-odds-ratio";
  if (scale !== "difference" && !(m1 > 0 && m0 > 0 && (!odds || (m1 < 1 && m0 < 1))))
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "measure",
      received: [m1, m0],
      requirement: `must be a difference when a standardised mean is ${odds ? "0 or 1" : "0"}`,
      hint: "Choose the risk difference.",
    });
  const [estimate, g1, g0] = ((): [number, number, number] => {
    switch (scale) {
      case "difference":
        return [m1 - m0, 1, -1];
      case "ratio":
        return [m1 / m0, 1 / m0, -m1 / m0 ** 2];
      case "log-ratio":
        return [Math.log(m1 / m0), 1 / m1, -1 / m0];
      case "odds-ratio": {
        const ratio = (m1 * (1 - m0)) / (m0 * (1 - m1));
        return [ratio, ratio / (m1 * (1 - m1)), -ratio / (m0 * (1 - m0))];
      }
      case "log-odds-ratio":
        return [Math.log((m1 * (1 - m0)) / (m0 * (1 - m1))), 1 / (m1 * (1 - m1)), -1 / (m0 * (1 - m0))];
    }
  })();
  return { estimate, standardError: Math.sqrt(Math.max(0, g1 * g1 * v11 + 2 * g1 * g0 * v10 + g0 * g0 * v00)) };
}
