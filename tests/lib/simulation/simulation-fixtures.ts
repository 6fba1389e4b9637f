import type { FrozenModelVersion1 } from "../../../lib/progression/model-document.ts";
import type { Scenario, SimulationSpec, TrialDesign } from "../../../lib/simulation/simulation-document.ts";

/** A fixed 1:1 ANCOVA design unless changed. */
export function trialDesign(change: Partial<TrialDesign> = {}): TrialDesign {
  return {
    id: "design",
    name: "Design",
    experimental: 60,
    control: 60,
    oneSidedAlpha: 0.025,
    analysis: "ancova",
    lookFractions: [1],
    efficacy: { kind: "fixed" },
    futility: { kind: "none" },
    ...change,
  };
}

/** Three looks, O'Brien–Fleming spending, non-binding beta spending. */
export const threeLooks: Partial<TrialDesign> = {
  lookFractions: [0.4, 0.7, 1],
  efficacy: { kind: "spending", spending: { family: "lan-demets-obrien-fleming" } },
  futility: {
    kind: "beta-spending",
    spending: { family: "hwang-shih-decani", gamma: -2 },
    power: 0.9,
    binding: false,
  },
};

/** Parametric, no effect, no drift, no dropout unless changed; `drift` is merged. */
export function scenario(
  change: Partial<Omit<Scenario, "drift">> & { drift?: Partial<Scenario["drift"]> } = {},
): Scenario {
  return {
    id: "scenario",
    name: "Scenario",
    effect: 0,
    generator: { kind: "parametric", standardDeviation: 2, rSquaredBaseline: 0.2, rSquaredScore: 0.15 },
    accrualPerMonth: 12,
    dropoutProbability: 0,
    ...change,
    drift: { meanShift: 0, residualSdRatio: 1, scoreInformation: 1, ...change.drift },
  };
}

export function simulationSpec(designs: TrialDesign[], scenarios: Scenario[], seed = 20261122): SimulationSpec {
  return {
    format: "understudy-simulation/1",
    designs,
    scenarios,
    replicates: 10_000,
    seed,
    primary: { endpointId: "score", visitId: "year1", day: 365 },
    benefit: "lower-is-better",
  };
}

/**
 * A frozen model with a given joint law: baseline of the endpoint, a continuous covariate, a two-level stratum, and the
 * endpoint at two visits (5 items).
 */
export function frozenModel(
  covariance: readonly number[],
  mean: readonly number[] = [20, 65, 0.4, 21, 23],
): FrozenModelVersion1 {
  return {
    format: "understudy-model/1",
    engineVersion: "1.0.0",
    name: "fixture",
    dataHash: "0".repeat(64),
    training: {
      format: "understudy-training/1",
      covariateIds: ["age", "severe"],
      strata: ["severe"],
      primary: { endpointId: "score", visitId: "year1" },
      folds: 10,
      repeats: 1,
      bootstrapReplicates: 200,
      shrinkage: { kind: "chosen" },
      seed: 1,
    },
    endpoints: [
      {
        id: "score",
        label: "Score",
        unit: "points",
        scale: "identity",
        benefit: "lower-is-better",
        sourceRange: { minimum: null, maximum: null },
      },
    ],
    visits: [
      { id: "month6", label: "Month 6", targetDay: 182, windowFrom: 150, windowTo: 210 },
      { id: "year1", label: "Year 1", targetDay: 365, windowFrom: 330, windowTo: 400 },
    ],
    covariates: [
      { id: "age", label: "Age", type: "continuous", unit: "years" },
      { id: "severe", label: "Severe", type: "categorical", levels: ["no", "yes"] },
    ],
    parameters: {
      kind: "gaussian-joint",
      features: [
        { kind: "baseline-endpoint", endpointId: "score" },
        { kind: "continuous-covariate", covariateId: "age" },
        { kind: "covariate-level", covariateId: "severe", level: "yes" },
      ],
      mean: [...mean],
      covariance: [...covariance],
      priorWeight: 0,
      patients: 200,
      iterations: 1,
      converged: true,
      logLikelihood: 0,
      outcomeCounts: [200, 200],
      predictionInflation: [1, 1],
      bandMultipliers: [
        [0.674, 1.282, 1.96],
        [0.674, 1.282, 1.96],
      ],
      featureRanges: [
        { minimum: 0, maximum: 40 },
        { minimum: 40, maximum: 90 },
        { minimum: 0, maximum: 1 },
      ],
      supportLimit: 9,
    },
    evaluation: {
      scheme: { folds: 10, repeats: 1, byPatient: true, seed: 1 },
      gain: [],
      coverage: [],
      calibration: [],
      subgroups: [],
      leaveOneStudyOut: [],
      verdicts: [],
    },
    diagnostics: [],
    hash: "f".repeat(64),
  };
}

/** A joint covariance with correlated features; items as in {@link frozenModel}. */
export const FIXTURE_COVARIANCE: readonly number[] = (() => {
  const factor = [
    [5, 0, 0, 0, 0],
    [1, 8, 0, 0, 0],
    [0.1, 0.05, 0.45, 0, 0],
    [4, 1, 0.5, 3, 0],
    [3, 2.5, 1, 2, 5],
  ];
  return factor.flatMap((row) => factor.map((other) => row.reduce((sum, value, k) => sum + value * other[k]!, 0)));
})();
