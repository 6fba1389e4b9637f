import type { ResultTable } from "../analysis/analysis-report.ts";
import type { SurvivalDesign } from "./survival-design.ts";
import type { SurvivalDesignSpec } from "./survival-design-spec.ts";

/** Analyses, stopping probabilities and expectations of a group sequential trial with events. */
export function survivalDesignTables(spec: SurvivalDesignSpec, trial: SurvivalDesign): ResultTable[] {
  return [stagesTable(spec, trial), stoppingTable(trial), expectationTable(spec, trial)];
}

function stagesTable(spec: SurvivalDesignSpec, trial: SurvivalDesign): ResultTable {
  return {
    id: "stages",
    title: "Analyses",
    columns: [
      { title: "Analysis", unit: "", kind: "count" },
      { title: "Information fraction", unit: "", kind: "proportion" },
      { title: "Events", unit: "events", kind: "number" },
      { title: "Time since the first entry", unit: spec.timeUnit, kind: "number" },
      { title: "Subjects entered", unit: "subjects", kind: "number" },
      { title: "Efficacy bound, Z", unit: "", kind: "number" },
      { title: "Efficacy bound, one-sided p", unit: "", kind: "p-value" },
      { title: "Efficacy bound, hazard ratio", unit: "", kind: "number" },
      { title: "Futility bound, Z", unit: "", kind: "number" },
      { title: "Futility bound, hazard ratio", unit: "", kind: "number" },
    ],
    rows: trial.stages.map((stage, k) => {
      const look = trial.design.looks[k]!;
      return [
        stage.analysis,
        stage.informationFraction,
        stage.events,
        stage.time,
        stage.subjects,
        look.efficacyZ,
        look.efficacyNominalP,
        stage.efficacyHazardRatio,
        look.futilityZ,
        stage.futilityHazardRatio,
      ];
    }),
    note: "First row of inputs. Z is positive in the direction of the design effect. Times and subjects under the hazard ratio given.",
  };
}

function stoppingTable(trial: SurvivalDesign): ResultTable {
  return {
    id: "stopping",
    title: "Probability of stopping under the hazard ratio given",
    columns: [
      { title: "Analysis", unit: "", kind: "count" },
      { title: "Rejects the null hypothesis", unit: "", kind: "proportion" },
      { title: "Stops for futility", unit: "", kind: "proportion" },
    ],
    rows: trial.stages.map((stage) => [stage.analysis, stage.rejectProbability, stage.futilityProbability]),
    note: `Before the final analysis: ${(100 * trial.earlyStop).toFixed(2)} %.`,
  };
}

function expectationTable(spec: SurvivalDesignSpec, trial: SurvivalDesign): ResultTable {
  return {
    id: "expectations",
    title: "Expected at the end of the trial",
    columns: [
      { title: "Quantity", unit: "", kind: "text" },
      { title: "Value", unit: "", kind: "quantity" },
    ],
    rows: [
      ["Events without any effect", trial.expectedEvents.underNull],
      ["Events under half the design effect", trial.expectedEvents.underHalfEffect],
      ["Events under the design effect", trial.expectedEvents.underDesignEffect],
      ["Subjects entered, design effect", trial.expectedSubjects],
      [`Duration in ${spec.timeUnit}, design effect`, trial.expectedDuration],
      ["Largest number of events", trial.events],
      ["Largest number of subjects", trial.subjects],
      ["Events of a single analysis", trial.fixedEvents],
    ],
    note: "Half the design effect: half the drift of the test statistic.",
  };
}
