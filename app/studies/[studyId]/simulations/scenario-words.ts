import { formatFixed, formatPercent, formatSignificant } from "../../../../lib/reporting/format-number.ts";
import type { Scenario } from "../../../../lib/simulation/simulation-document.ts";

export function effectText(scenario: Scenario): string {
  return scenario.effect === 0 ? "0 (null)" : formatSignificant(scenario.effect, 3);
}

export function generatorText(scenario: Scenario): string {
  const { generator } = scenario;
  return generator.kind === "fitted-model"
    ? "fitted model"
    : `parametric: SD ${formatSignificant(generator.standardDeviation, 3)}, R² baseline ${formatFixed(generator.rSquaredBaseline, 2)}, score ${formatFixed(generator.rSquaredScore, 2)}`;
}

/** What differs from the population the model was trained on; "as trained" when nothing does. */
export function driftText(scenario: Scenario): string {
  const { meanShift, residualSdRatio, scoreInformation, scoreCurvature } = scenario.drift;
  const parts = [
    ...(meanShift === 0 ? [] : [`outcomes shifted by ${formatSignificant(meanShift, 3)}`]),
    ...(residualSdRatio === 1 ? [] : [`residual SD × ${formatSignificant(residualSdRatio, 3)}`]),
    ...(scoreInformation === 1 ? [] : [`score's information × ${formatFixed(scoreInformation, 2)}`]),
    ...(scoreCurvature === undefined || scoreCurvature === 0
      ? []
      : [`${formatPercent(scoreCurvature, 0)} of the residual variance curved in the score`]),
  ];
  return parts.length === 0 ? "as trained" : parts.join("; ");
}
