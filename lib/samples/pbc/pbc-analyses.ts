import type { PlannedAnalysis } from "../../trial-analysis/analysis-plan.ts";

const PLACE = { endpoint: "logBilirubin", visit: "year2" } as const;

/** Analyses of the late entrants, planned before their outcomes are read. */
export const PBC_ANALYSES: readonly PlannedAnalysis[] = [
  {
    id: "primary-procova",
    name: "ANCOVA with the twin's score",
    role: "primary",
    spec: {
      method: "ancova",
      ...PLACE,
      outcome: "change",
      covariates: [],
      baseline: true,
      score: true,
      interaction: "none",
      weights: "equal",
      varianceEstimator: "automatic",
      leastSquaresMeans: "equal",
      missing: "complete-cases",
      nullValue: 0,
      confidence: 0.95,
    },
  },
];
