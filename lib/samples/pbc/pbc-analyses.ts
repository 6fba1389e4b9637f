import { analysisPlanSchema, type PlannedAnalysis } from "../../trial-analysis/analysis-plan.ts";

const PLACE = { endpoint: "logBilirubin", visit: "year2" } as const;
const DEATH_OR_TRANSPLANT = { events: ["death", "transplant"] };

/** Analyses of the late entrants, planned before their outcomes are read. */
export const PBC_ANALYSES: readonly PlannedAnalysis[] = analysisPlanSchema.parse({
  format: "understudy-analysis-plan/1",
  analyses: [
    {
      id: "primary-procova",
      name: "ANCOVA with the twin's score",
      role: "primary",
      spec: { method: "ancova", ...PLACE, score: true },
    },
    {
      id: "ancova",
      name: "ANCOVA without the score",
      role: "sensitivity",
      spec: { method: "ancova", ...PLACE },
    },
    {
      id: "mmrm",
      name: "MMRM over all visits",
      role: "sensitivity",
      spec: { method: "mmrm", endpoint: "logBilirubin", degreesOfFreedom: "kenward-roger-linear" },
    },
    {
      id: "jump-to-reference",
      name: "Jump to reference after dropout",
      role: "sensitivity",
      spec: { method: "multiple-imputation", ...PLACE, strategy: "JR" },
    },
    {
      id: "slopes",
      name: "Slopes of log bilirubin",
      role: "supplementary",
      spec: { method: "mixed-model", endpoint: "logBilirubin", timeUnit: "year" },
    },
    {
      id: "not-worse",
      name: "Bilirubin not above baseline at year 2",
      role: "supplementary",
      spec: {
        method: "binary-regression",
        outcome: {
          kind: "threshold",
          ...PLACE,
          of: "change",
          comparison: "<=",
          threshold: 0,
          failureEvents: DEATH_OR_TRANSPLANT.events,
        },
      },
    },
    {
      id: "survival",
      name: "Transplant-free survival, Cox regression",
      role: "supplementary",
      spec: { method: "cox", ...DEATH_OR_TRANSPLANT, covariates: ["age"] },
    },
    {
      id: "log-rank",
      name: "Transplant-free survival, log-rank test",
      role: "supplementary",
      spec: { method: "log-rank", ...DEATH_OR_TRANSPLANT },
    },
  ],
}).analyses;
