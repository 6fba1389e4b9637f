import type { PlannedAnalysis } from "../../trial-analysis/analysis-plan.ts";

const PLACE = { endpoint: "adasCog11", visit: "week78" } as const;

/** Analyses of the simulated trial, planned before their outcomes are read. */
export const ALZHEIMER_ANALYSES: readonly PlannedAnalysis[] = [
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
