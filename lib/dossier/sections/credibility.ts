import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { columns, heading, paragraph, see, strong, table } from "../prose.ts";
import { SECTION_TITLES } from "../section-titles.ts";
import { adequacyBlocks } from "./credibility-adequacy.ts";
import { calibrationBlocks } from "./credibility-calibration.ts";
import { candidateBlocks } from "./credibility-candidates.ts";
import { eventBlocks } from "./credibility-events.ts";
import { federationBlocks } from "./credibility-federation.ts";
import { modelBlocks } from "./credibility-model.ts";
import { performanceBlocks } from "./credibility-performance.ts";

/** The seven steps of the FDA draft guidance on artificial intelligence, with the terms of ICH M15. */
export function credibilitySection(context: DossierContext): ReportBlock[] {
  return [
    heading(1, "credibility", SECTION_TITLES.credibility),
    paragraph`The section follows the seven steps of the FDA draft guidance on artificial intelligence in regulatory decisions (2025) and names the corresponding terms of ICH M15.`,
    ...questionBlocks(context),
    ...planBlocks(context),
    ...modelBlocks(context),
    ...federationBlocks(context),
    ...performanceBlocks(context),
    ...candidateBlocks(context),
    ...calibrationBlocks(context),
    ...eventBlocks(context),
    ...adequacyBlocks(context),
  ];
}

const LEVELS = ["low", "medium", "high"] as const;
type Level = (typeof LEVELS)[number];

/** Model risk by influence and consequence; the higher of the two, lowered by one step only when the other is low. */
export function modelRisk(influence: Level, consequence: Level): Level {
  const [a, b] = [LEVELS.indexOf(influence), LEVELS.indexOf(consequence)].sort((x, y) => x - y) as [number, number];
  return LEVELS[b - a === 2 ? 1 : Math.floor((a + b + 1) / 2)]!;
}

function questionBlocks({ study }: DossierContext): ReportBlock[] {
  const influence = study.modelInfluence;
  const consequence = study.decisionConsequence;
  const risk = modelRisk(influence.level, consequence.level);
  return [
    heading(2, "credibility-question", "Question, context of use and model risk (steps 1 to 3)"),
    paragraph`${strong("Question of interest. ")}${study.questionOfInterest}`,
    paragraph`${strong("Context of use. ")}${study.contextOfUse} Other evidence for the same decision: published effects and event rates, ordinary covariate adjustment, and the simulations of ${see("simulation")}.`,
    paragraph`${strong("Model influence: ")}${influence.level}. ${influence.reason}`,
    paragraph`${strong("Decision consequence: ")}${consequence.level}. ${consequence.reason}`,
    paragraph`${strong("Model risk: ")}${risk}, from ${see("table-risk")}. ${strong("Model impact ")}(ICH M15, distance from standard practice): small; covariate adjustment in a randomised trial is standard practice, and the model only supplies one more covariate.`,
    table({
      id: "table-risk",
      title: "Model risk by model influence and decision consequence",
      population: "",
      columns: columns("Model influence", "Consequence low", "Consequence medium", "Consequence high"),
      rows: LEVELS.map((row) => [
        row,
        ...LEVELS.map((column) => {
          const value = modelRisk(row, column);
          return row === influence.level && column === consequence.level ? `▶ ${value} (this report)` : value;
        }),
      ]),
      notes: ["▶: the cell of this report."],
    }),
  ];
}

function planBlocks(context: DossierContext): ReportBlock[] {
  const { record } = context;
  return [
    heading(2, "credibility-plan", "Credibility plan (step 4)"),
    paragraph`The acceptance criteria AC1 to AC7 of ${see("table-acceptance")} are constants of engine version ${record.engineVersion}: they were fixed before any data of this study were read and cannot be changed by a user. A gain is claimed only when AC1 and AC2 both hold. They are judged at ${context.primaryLabel}.`,
    paragraph`Performance is measured out of fold only: every patient is predicted by a model that was trained, tuned and calibrated without that patient. Comparators see the same patients and folds: mean change, last value carried forward, ANCOVA on baseline value and strata, ANCOVA on all covariates.`,
  ];
}
