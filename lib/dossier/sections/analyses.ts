import type { AnalysisReport } from "../../analysis/analysis-report.ts";
import { survivalCurvesFigure } from "../../reporting/figures/survival-figure.ts";
import { formatCount, typesetNumbers } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import { resultTableBlock } from "../../reporting/result-table-block.ts";
import { analysisTitle } from "../../trial-analysis/analysis-methods.ts";
import type { AnalysisResults } from "../../trial-analysis/analysis-plan.ts";
import { choicesTable } from "../../trial-analysis/choices-table.ts";
import { effectTable } from "../../trial-analysis/effect-table.ts";
import { atRiskTable, type SurvivalCurves } from "../../trial-analysis/survival-curves.ts";
import type { DossierContext } from "../dossier-context.ts";
import { bullets, heading, paragraph, plainParagraph, see, seeAll } from "../prose.ts";
import { SECTION_TITLES } from "../section-titles.ts";

const ROLES = {
  primary: "primary analysis",
  sensitivity: "sensitivity analysis",
  supplementary: "supplementary analysis",
} as const;

/** Every planned analysis with its effects, tables, fit and caveats; nothing when none was run. */
export function analysesSection({ record, enrolledPopulation }: DossierContext): ReportBlock[] {
  const { analyses } = record;
  if (analyses === null) return [];
  return [
    heading(1, "analyses", SECTION_TITLES.analyses),
    paragraph`${formatCount(analyses.analyses.length)} planned analyses of ${formatCount(analyses.patients)} patients. Plan SHA-256 ${analyses.planHash.slice(0, 16)}…; ${analyses.twinHash === null ? "no prognostic score was used" : `prognostic scores from the twins ${analyses.twinHash.slice(0, 16)}…`}. Effects are experimental against control; ratios are tested on the log scale.`,
    ...analyses.analyses.flatMap((entry) => analysisBlocks(entry, enrolledPopulation)),
  ];
}

function analysisBlocks({ planned, outcome }: AnalysisResults["analyses"][number], population: string): ReportBlock[] {
  const id = `analyses-${planned.id}`;
  const head = [heading(2, id, planned.name), paragraph`${analysisTitle(planned.spec)}; ${ROLES[planned.role]}.`];
  if (outcome.kind === "refused")
    return [
      ...head,
      {
        kind: "callout",
        tone: "warning",
        content: [{ kind: "text", text: `Not possible on these data: ${outcome.message}` }],
      },
    ];
  return [
    ...head,
    ...reportBlocks(outcome.report, outcome.unit, planned.name, id, population),
    paragraph`${see(`${id}-choices`)} lists every choice of the plan.`,
    resultTableBlock(choicesTable(planned.spec), `${id}-choices`, planned.name, ""),
    ...curveBlocks(outcome.curves, planned.name, id, population),
  ];
}

function reportBlocks(
  report: AnalysisReport,
  unit: string,
  name: string,
  id: string,
  population: string,
): ReportBlock[] {
  const caveats = [
    ...new Set(
      [...report.diagnostics, ...report.effects.flatMap(({ result }) => result.diagnostics)].map(
        ({ message }) => message,
      ),
    ),
  ];
  return [
    paragraph`Method: ${report.method}. ${seeAll([`${id}-effects`, ...report.tables.map((table) => `${id}-${table.id}`)])} give the results.`,
    resultTableBlock(effectTable(report, unit), `${id}-effects`, name, population),
    ...(caveats.length === 0 ? [] : [plainParagraph("Caveats:"), bullets(...caveats.map(typesetNumbers))]),
    ...report.tables.map((table) => resultTableBlock(table, `${id}-${table.id}`, name, population)),
    ...(report.fitNotes.length === 0 ? [] : [plainParagraph("Fit:"), bullets(...report.fitNotes.map(typesetNumbers))]),
  ];
}

/** Kaplan–Meier curves with the patients at risk. */
function curveBlocks(curves: SurvivalCurves | null, name: string, id: string, population: string): ReportBlock[] {
  if (curves === null) return [];
  return [
    paragraph`${see(`${id}-curves`)} shows the Kaplan–Meier curves, ${see(`${id}-at-risk`)} the patients at risk.`,
    {
      kind: "figure",
      id: `${id}-curves`,
      title: `${name}: event-free patients`,
      population,
      chart: survivalCurvesFigure(curves, name),
      notes: [],
    },
    resultTableBlock(atRiskTable(curves), `${id}-at-risk`, name, population),
  ];
}
