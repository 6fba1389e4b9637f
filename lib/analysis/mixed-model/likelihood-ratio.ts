import { invalidInput } from "../../errors/domain-error.ts";
import { chiSquareUpperTail } from "../../numerics/chi-square.ts";
import type { MixedModelFit } from "./fit-mixed-model.ts";

export interface LikelihoodRatioTest {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
  /**
   * p-value when the models differ by one variance (and its covariances): the mean of the tails with `degreesOfFreedom`
   * and one fewer, since the variance is on its boundary under the null hypothesis; null when fixed effects differ.
   */
  readonly boundaryPValue: number | null;
}

/**
 * Likelihood-ratio test of a model against one that it contains (METHODS.md eq. (L19)).
 *
 * @param smaller - Fitted to the same rows by the same criterion; ML when fixed effects differ.
 * @throws DomainError INVALID_INPUT when the fits cannot be compared.
 *
 * Source: Stram & Lee (1994), Biometrics 50:1171–1177 (mixture).
 */
export function likelihoodRatioTest(smaller: MixedModelFit, larger: MixedModelFit): LikelihoodRatioTest {
  const sameFixed =
    smaller.fixedNames.length === larger.fixedNames.length &&
    smaller.fixedNames.every((name) => larger.fixedNames.includes(name));
  if (smaller.observations !== larger.observations)
    throw invalidInput(
      "smaller",
      smaller.observations,
      `must have the ${larger.observations} rows of the larger model`,
    );
  if (smaller.criterion !== larger.criterion)
    throw invalidInput("smaller", smaller.criterion, `must be fitted by ${larger.criterion} as the larger model`);
  if (!sameFixed && larger.criterion === "REML")
    throw invalidInput("larger", "REML", "must be fitted by ML when fixed effects differ", "Fit both by ML.");
  const degreesOfFreedom = larger.parameters - smaller.parameters;
  if (degreesOfFreedom < 1)
    throw invalidInput("larger", larger.parameters, `must have more than the ${smaller.parameters} parameters`);
  const statistic = Math.max(0, 2 * (larger.logLikelihood - smaller.logLikelihood));
  const tail = (df: number) => (df === 0 ? (statistic > 0 ? 0 : 1) : chiSquareUpperTail(statistic, df));
  return {
    statistic,
    degreesOfFreedom,
    pValue: tail(degreesOfFreedom),
    boundaryPValue: sameFixed ? 0.5 * (tail(degreesOfFreedom) + tail(degreesOfFreedom - 1)) : null,
  };
}
