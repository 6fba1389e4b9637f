import { invalidInput } from "../errors/domain-error.ts";

/**
 * Weights of the stages in the inverse normal combination test (Cui–Hung–Wang), from planned information.
 *
 * @param informationFractions - Planned fractions; shape [K], increasing, positive.
 * @returns √(t_k − t_{k−1}); they stay fixed whatever the sizes become.
 * @remarks METHODS.md eq. (G34).
 */
export function inverseNormalWeights(informationFractions: readonly number[]): number[] {
  return informationFractions.map((t, k) => Math.sqrt(t - (informationFractions[k - 1] ?? 0)));
}

/**
 * Inverse normal combination statistic of independent stages.
 *
 * @param scores - Normal scores Φ⁻¹(1 − p_j) of the stages held; shape [k].
 * @param weights - Weights fixed in advance; shape [K], K ≥ k.
 * @returns Σ w_j z_j / √Σ w_j², standard normal without effect whatever was adapted between stages.
 * @throws DomainError INVALID_INPUT when there are more scores than weights.
 *
 * @remarks METHODS.md eq. (G34). Source: Lehmacher & Wassmer (1999), Biometrics 55:1286–1290; Cui, Hung & Wang (1999),
 * Biometrics 55:853–857. Reference values: `stage_combInverseNormal` in gs_analysis.json (rpact 3.3.4).
 */
export function inverseNormalStatistic(scores: readonly number[], weights: readonly number[]): number {
  if (scores.length > weights.length)
    throw invalidInput(
      "scores",
      scores,
      `must hold at most one score for each of the ${weights.length} planned stages`,
    );
  let sum = 0;
  let squares = 0;
  scores.forEach((score, k) => {
    sum += weights[k]! * score;
    squares += weights[k]! ** 2;
  });
  return sum / Math.sqrt(squares);
}
