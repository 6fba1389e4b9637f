import { analysisPlanSchema, type PlannedAnalysis } from "../../trial-analysis/analysis-plan.ts";

const PLACE = { endpoint: "adasCog11", visit: "week78" } as const;

/** Analyses of the simulated trial, planned before its outcomes are read. */
export const ALZHEIMER_ANALYSES: readonly PlannedAnalysis[] = analysisPlanSchema.parse({
  format: "understudy-analysis-plan/1",
  analyses: [
    {
      id: "primary-procova",
      name: "ANCOVA with the twin's score",
      role: "primary",
      spec: { method: "ancova", ...PLACE, score: true, covariates: ["apoe4"] },
    },
    {
      id: "ancova",
      name: "ANCOVA without the score",
      role: "sensitivity",
      spec: { method: "ancova", ...PLACE, covariates: ["apoe4"] },
    },
    {
      id: "mmrm",
      name: "MMRM with the score at each visit",
      role: "sensitivity",
      spec: { method: "mmrm", endpoint: "adasCog11", score: true, covariates: ["apoe4"] },
    },
    {
      id: "jump-to-reference",
      name: "Jump to reference, tipping point",
      role: "sensitivity",
      spec: {
        method: "multiple-imputation",
        ...PLACE,
        strategy: "JR",
        covariates: ["apoe4"],
        tippingPoint: { deltas: [0, 1, 2, 3, 4] },
      },
    },
    {
      id: "slopes",
      name: "Slopes of ADAS-Cog 11",
      role: "supplementary",
      spec: { method: "mixed-model", endpoint: "adasCog11" },
    },
    {
      id: "no-decline",
      name: "No decline at week 78",
      role: "supplementary",
      spec: {
        method: "binary-regression",
        outcome: { kind: "threshold", ...PLACE, of: "change", comparison: "<=", threshold: 0 },
        score: PLACE,
      },
    },
  ],
}).analyses;
