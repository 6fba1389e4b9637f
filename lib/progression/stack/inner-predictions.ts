import type { Rng } from "../../numerics/rng.ts";
import type { MemberTraining } from "../member.ts";
import type { MemberParameters } from "../member-parameters.ts";
import type { MemberSettings, RegisteredMember } from "../members.ts";
import { foldMembers } from "../patient-folds.ts";
import { histories, trainingSubset } from "../training-set.ts";

/** What a member predicts for patients of the training set it had not seen; [n × E·V]. */
export interface InnerPredictions {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/**
 * Out-of-fold predictions of one member inside a training set: weights and bands are learnt from these, so that the scored
 * patients of the outer folds play no part.
 *
 * @param member - The member.
 * @param like - Its parameters from the whole training set.
 * @param training - The training set.
 * @param fold - [n] inner fold of each patient.
 * @param folds - Number of inner folds.
 * @param settings - Of the member.
 * @param rng - Forked per fold.
 * @param onFold - Called after each fold; may throw to cancel.
 */
export function innerPredictions(
  member: RegisteredMember,
  like: MemberParameters,
  training: MemberTraining,
  fold: Int32Array,
  folds: number,
  settings: MemberSettings,
  rng: Rng,
  onFold: () => void,
): InnerPredictions {
  const { table } = training;
  const mean = new Float64Array(table.outcomes.length);
  const variance = new Float64Array(table.outcomes.length);
  const cells = table.endpoints.length * table.visits.length;
  for (let k = 0; k < folds; k++) {
    const part = trainingSubset(training, foldMembers(fold, k, false));
    const model = member.open(member.retrain(part, settings, like, rng.fork(k)));
    const historyOf = histories(table, part.features, part.covariates);
    for (const i of foldMembers(fold, k, true)) {
      const moments = model.predict(historyOf(i));
      mean.set(moments.mean, i * cells);
      for (let v = 0; v < cells; v++) variance[i * cells + v] = moments.covariance[v * cells + v]!;
    }
    onFold();
  }
  return { mean, variance };
}
