import {
  formatCount,
  formatInput,
  formatInterval,
  formatPercent,
  formatPercentInterval,
} from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import {
  headlineCells,
  plainAdjustmentText,
  proposedDesign,
  saving,
  typeOneErrorMaximum,
  verdictText,
} from "../headline.ts";
import { predictorName } from "../member-description.ts";
import { columns, heading, paragraph, see, strong, table } from "../prose.ts";
import { SECTION_TITLES } from "../section-titles.ts";

/** The whole dossier on one to two pages. */
export function synopsisSection(context: DossierContext): ReportBlock[] {
  const { record, study, gain } = context;
  const ancova = context.sizingRow("ancova");
  const withScore = context.sizingRow("ancova-with-score");
  const unadjusted = context.sizingRow("unadjusted");
  const spec = record.sizing.spec;
  const maximum = typeOneErrorMaximum(context);
  const cells = headlineCells(context);
  const proposed = proposedDesign(context);
  const proposal =
    proposed === null
      ? "No simulated design meets the selection rule of the simulation report."
      : `By the selection rule of the simulation report the design to discuss is "${proposed.name}".`;
  return [
    heading(1, "synopsis", SECTION_TITLES.synopsis),
    paragraph`${strong("Objective. ")}${study.questionOfInterest}`,
    paragraph`${strong("Design. ")}A randomised trial in ${study.indication} with the primary endpoint ${context.primaryLabel} (${context.primaryUnit}); the planned effect is ${formatInput(spec.effect.value)} (experimental minus control). The estimand is given in ${see("estimand")}.`,
    paragraph`${strong("Methods. ")}A progression model (${predictorName(record.model)}) was trained on ${formatCount(record.model.parameters.patients)} historical controls (${see("provenance")}) and judged out of fold against ordinary analysis of covariance on the same patients (${see("credibility")}). Its prediction of the control outcome from baseline only, the prognostic score, is one covariate of the planned analysis (${see("adjustment")}). Sizes follow from the exact noncentral t distribution (${see("sampleSize")}); ${formatCount(record.simulation.spec.designs.length)} designs were simulated in ${formatCount(record.simulation.spec.scenarios.length)} scenarios with ${formatCount(record.simulation.spec.replicates)} replicates each (${see("simulation")}).`,
    paragraph`${strong("Results. ")}${verdictText(context)} ${plainAdjustmentText(context)} The key numbers stand in ${see("table-synopsis")}.`,
    table({
      id: "table-synopsis",
      title: `Key numbers, ${context.primaryLabel}`,
      population: `${context.historyPopulation}; compared out of fold: ${formatCount(gain.patients)}`,
      columns: columns("Quantity", ">Value", "Where"),
      rows: [
        ["Gain of the twin over baseline ANCOVA (95 % interval)", formatPercentInterval(gain.gain), "Credibility"],
        [
          "Gain of ANCOVA on all covariates (95 % interval)",
          formatPercentInterval(gain.allCovariateAncovaGain),
          "Credibility",
        ],
        [
          "Partial correlation of score and outcome (95 % interval)",
          formatInterval(gain.partialCorrelation, 3),
          "Credibility",
        ],
        ["Decision on the twin", DECISION_TEXT[context.verdict.decision], "Credibility"],
        ["Patients with endpoint: unadjusted", formatCount(unadjusted.total), "Sample size"],
        ["Patients with endpoint: ANCOVA", formatCount(ancova.total), "Sample size"],
        ["Patients with endpoint: ANCOVA + twin score", formatCount(withScore.total), "Sample size"],
        ["Saved by the score against ANCOVA", saving(withScore.savedVersusAncova), "Sample size"],
        ["Power of the score's plan if R² were 0", formatPercent(withScore.powerAtZeroRSquared), "Sample size"],
        ["Largest simulated type I error", maximum, "Simulation"],
        ...cells.map((cell) => [`Power, ${cell.design}, ${cell.scenario}`, cell.power, "Simulation"]),
      ],
      notes: [
        "Gain: 1 − SSE/SSE(ANCOVA on baseline value and strata), out of fold; negative values mean a larger error than plain ANCOVA. Simulated values ± Monte Carlo standard error.",
      ],
    }),
    paragraph`${strong("Conclusions. ")}${conclusionText(context)} ${proposal} Limits of this report are listed in ${see("limitations")}; points that a person must still answer in ${see("appendixChecklist")}.`,
  ];
}

const DECISION_TEXT = {
  use: "use",
  "use-with-care": "use with care",
  "do-not-use": "do not use: no gain shown",
} as const;

function conclusionText(context: DossierContext): string {
  switch (context.verdict.decision) {
    case "use":
      return `The score may be used as a prognostic covariate: it saves ${saving(context.sizingRow("ancova-with-score").savedVersusAncova)} against ANCOVA under the stated discounts, beside randomised controls that it does not replace.`;
    case "use-with-care":
      return "The score may be used with care: the reservations in the credibility section must be answered first.";
    case "do-not-use":
      return "No gain over ordinary covariate adjustment is shown for the primary endpoint. The trial should be planned with ANCOVA on baseline value and strata, without the score.";
  }
}
