import type { SizingResult } from "../sizing/sizing-document.ts";
import type { Scenario } from "./simulation-document.ts";

/** What the default scenarios rest on. */
export interface ScenarioDefaultsRequest {
  /** Effect, dropout, SD and R² of the plan. */
  readonly sizing: SizingResult;
  /** True when a frozen model generates the patients; otherwise the parametric law with the sizing's SD and R². */
  readonly fromModel: boolean;
  /** Patients randomised per month; when absent the ANCOVA size in two years. */
  readonly accrualPerMonth?: number;
  /** Information in the score before any drift; 1 (as trained) when absent. */
  readonly scoreInformation?: number;
}

const DEFAULT_ACCRUAL_MONTHS = 24;
const MEAN_SHIFT_IN_SD = 0.25;
const RESIDUAL_SD_RATIO = 1.2;
const DROPOUT_RATIO = 1.5;
const LARGEST_DROPOUT = 0.95;
/** Halves the share of variance that the score adds: R² is the square of a correlation. */
const HALF_R_SQUARED = Math.SQRT1_2;
const CURVATURE = 0.2;

/**
 * Scenarios to begin with: the null hypothesis over the nuisance parameters, the target effect over the same drifts, and
 * half the effect.
 *
 * @param request - Sizing, generator, accrual.
 * @returns Twelve scenarios with stable identifiers; those that would repeat another are left out.
 */
export function defaultScenarios(request: ScenarioDefaultsRequest): Scenario[] {
  const { spec } = request.sizing;
  const effect = spec.effect.value;
  const dropout = Math.min(LARGEST_DROPOUT, DROPOUT_RATIO * spec.dropout.value);
  const information = request.scoreInformation ?? 1;
  const undisturbed = { meanShift: 0, residualSdRatio: 1, scoreInformation: information };
  const halved = information * HALF_R_SQUARED;
  const base = {
    generator: generatorOf(request),
    accrualPerMonth: request.accrualPerMonth ?? defaultAccrual(request.sizing),
    dropoutProbability: spec.dropout.value,
    drift: undisturbed,
  };
  const scenario = (id: string, name: string, size: number, change: Partial<Scenario> = {}): Scenario => ({
    ...base,
    ...change,
    id,
    name,
    effect: size,
  });
  const drift = (change: Partial<Scenario["drift"]>): Partial<Scenario> => ({ drift: { ...undisturbed, ...change } });
  const shift = MEAN_SHIFT_IN_SD * spec.standardDeviation.value;
  return distinct([
    scenario("null", "No effect", 0),
    scenario("null-noise-score", "No effect, score without information", 0, drift({ scoreInformation: 0 })),
    scenario("null-wrong-score", "No effect, score misspecified", 0, {
      drift: { meanShift: shift, residualSdRatio: 1, scoreInformation: halved, scoreCurvature: CURVATURE },
    }),
    scenario("null-wide", "No effect, residual SD × 1.2", 0, drift({ residualSdRatio: RESIDUAL_SD_RATIO })),
    scenario("null-dropout", "No effect, dropout × 1.5", 0, { dropoutProbability: dropout }),
    scenario("target", "Target effect", effect),
    scenario("half", "Half the target effect", effect / 2),
    scenario("target-half-score", "Target effect, score's R² halved", effect, drift({ scoreInformation: halved })),
    scenario("target-noise-score", "Target effect, score without information", effect, drift({ scoreInformation: 0 })),
    scenario("target-shift", "Target effect, outcomes shifted by ¼ SD", effect, drift({ meanShift: shift })),
    scenario("target-wide", "Target effect, residual SD × 1.2", effect, drift({ residualSdRatio: RESIDUAL_SD_RATIO })),
    scenario("target-dropout", "Target effect, dropout × 1.5", effect, { dropoutProbability: dropout }),
  ]);
}

/** A score without information has none to lose, a trial without dropout no more of it: such scenarios are those before them. */
function distinct(scenarios: readonly Scenario[]): Scenario[] {
  const seen = new Set<string>();
  return scenarios.filter(({ id: _id, name: _name, ...world }) => {
    const law = JSON.stringify(world);
    if (seen.has(law)) return false;
    seen.add(law);
    return true;
  });
}

function generatorOf({ fromModel, sizing }: ScenarioDefaultsRequest): Scenario["generator"] {
  if (fromModel) return { kind: "fitted-model" };
  const { standardDeviation, rSquaredAncova, rSquaredWithScore } = sizing.spec;
  return {
    kind: "parametric",
    standardDeviation: standardDeviation.value,
    rSquaredBaseline: rSquaredAncova.value,
    rSquaredScore: Math.max(0, rSquaredWithScore.value - rSquaredAncova.value),
  };
}

function defaultAccrual(sizing: SizingResult): number {
  const ancova = sizing.rows.find(({ analysis }) => analysis === "ancova");
  return Math.max(1, Math.ceil((ancova?.enrolled.total ?? 0) / DEFAULT_ACCRUAL_MONTHS));
}
