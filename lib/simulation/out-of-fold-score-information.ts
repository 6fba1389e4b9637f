import type { FrozenModel } from "../progression/model-document.ts";
import { partialRSquared } from "../sizing/saving-identities.ts";
import { patientLaw } from "./patient-law.ts";
import type { SimulationSpec } from "./simulation-document.ts";

/**
 * The score information with which patients from the fitted law have a score as useful as it was out of fold.
 *
 * @param model - Frozen model with its evaluation.
 * @param primary - Endpoint and visit.
 * @returns ι in [0, 1] such that the partial R² of the score given ANCOVA's covariates equals the out-of-fold one
 *   (METHODS.md eq. (M15)); 1 where the model was not evaluated there or the law promises less than was found.
 */
export function outOfFoldScoreInformation(model: FrozenModel, primary: SimulationSpec["primary"]): number {
  const measured = model.evaluation.gain.find(
    ({ endpointId, visitId }) => endpointId === primary.endpointId && visitId === primary.visitId,
  );
  if (measured === undefined) return 1;
  const law = patientLaw(primary, { kind: "fitted-model" }, model);
  const ownVariance = law.scoreOwnSd ** 2;
  if (ownVariance === 0) return 1;
  const { rSquaredAncova, rSquaredWithScore } = measured.variance;
  const found = partialRSquared(rSquaredAncova.value, rSquaredWithScore.value);
  const promised = ownVariance / (ownVariance + law.residualSd ** 2);
  return Math.sqrt(Math.min(1, Math.max(0, found / promised)));
}
