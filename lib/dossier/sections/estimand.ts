import { benefitText } from "../../reporting/figures/figure-labels.ts";
import { formatInput } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import { STRATEGY_NAMES } from "../../trial/estimand.ts";
import type { DossierContext } from "../dossier-context.ts";
import { bullets, columns, heading, paragraph, see, table } from "../prose.ts";
import { SECTION_TITLES } from "../section-titles.ts";

/** The five attributes of ICH E9(R1), estimators, hypotheses, and the estimand of the twin. */
export function estimandSection(context: DossierContext): ReportBlock[] {
  const { study, record } = context;
  const { estimand } = study;
  const endpoint = study.endpoints.find((candidate) => candidate.id === context.primary.endpointId);
  const spec = record.sizing.spec;
  const visit = study.visits.find((candidate) => candidate.id === context.primary.visitId);
  return [
    heading(1, "estimand", SECTION_TITLES.estimand),
    heading(2, "estimand-primary", "Primary estimand"),
    paragraph`The primary estimand is defined by the five attributes of ICH E9(R1) in ${see("table-estimand")}; the intercurrent events and the strategy for each stand in ${see("table-events")}.`,
    table({
      id: "table-estimand",
      title: "Primary estimand",
      population: "",
      columns: columns("Attribute", "Definition"),
      rows: [
        ["Treatment conditions", estimand.treatment],
        ["Population", estimand.population],
        ["Variable", estimand.variable],
        ["Endpoint in this report", context.endpoint(context.primary.endpointId)],
        [
          "Time point",
          visit === undefined
            ? context.primary.visitId
            : `${visit.label}, day ${formatInput(visit.targetDay)} (window ${formatInput(visit.windowFrom)} to ${formatInput(visit.windowTo)})`,
        ],
        ["Unit", context.primaryUnit],
        ["Direction of benefit", endpoint === undefined ? "not stated" : benefitText(endpoint.benefit)],
        ["Admissible range (source scale)", rangeText(endpoint?.sourceRange)],
        ["Analysis scale", endpoint?.scale === "log" ? "natural logarithm of the source value" : "source value"],
        ["Population-level summary measure", estimand.summaryMeasure],
      ],
    }),
    table({
      id: "table-events",
      title: "Intercurrent events and strategies",
      population: "",
      columns: columns("Intercurrent event", "Strategy", "Rationale"),
      rows: estimand.intercurrentEvents.map((event) => [event.event, STRATEGY_NAMES[event.strategy], event.rationale]),
      notes: [
        "Strategies of ICH E9(R1): treatment policy, hypothetical, composite, while on treatment, principal stratum. While alive is the while-on-treatment strategy with death as the event.",
      ],
    }),
    heading(2, "estimand-missing", "Missing data"),
    paragraph`Missing data are not intercurrent events. ${study.missingDataStatement}`,
    heading(2, "estimand-estimator", "Main estimator and hypotheses"),
    paragraph`Main estimator: the treatment coefficient of a linear model of the variable on treatment, baseline value${study.strata.length === 0 ? "" : `, ${study.strata.join(", ")}`} and, where it is used, the prognostic score, with no interaction. It estimates a difference in means, which is collapsible: conditional and marginal (unconditional) estimands coincide for this linear model, so adjustment changes precision and not the estimand.`,
    paragraph`Null hypothesis: ${hypothesisText(context).nullHypothesis}. Alternative: ${hypothesisText(context).alternative}. The test is one-sided at α = ${formatInput(spec.oneSidedAlpha.value)}, equivalent to a two-sided test at ${formatInput(record.sizing.twoSidedAlphaEquivalent)}.`,
    heading(2, "estimand-secondary", "Secondary estimands, sensitivity and supplementary analyses"),
    paragraph`Secondary estimands use the same treatment conditions, population, strategies and summary measure with the other endpoints and visits of ${see("table-dictionary-endpoints")}. They are not sized here.`,
    bullets(
      "Sensitivity analyses (same estimand, other assumptions): ANCOVA without the score; ANCOVA on all baseline covariates; the score without the discounts. They are the rows of the three-way comparison and of the grid over R².",
      "Supplementary analyses (another estimand): the unadjusted comparison of observed values; the comparison of observed values with twins by arm, which is descriptive.",
    ),
    heading(2, "estimand-twin", "Estimand of the twin"),
    paragraph`The twin predicts the variable under control with the historical handling of intercurrent events. In the history these events end the variable: ${eventsText(context)}. Where the planned trial handles an event otherwise, the twin answers a slightly different question; this mismatch weakens the score as a covariate and cannot bias the randomised comparison.`,
  ];
}

function rangeText(range: { minimum: number | null; maximum: number | null } | undefined): string {
  if (range === undefined || (range.minimum === null && range.maximum === null)) return "no bound stated";
  const side = (value: number | null) => (value === null ? "no bound" : formatInput(value));
  return `${side(range.minimum)} to ${side(range.maximum)}`;
}

function eventsText({ history }: DossierContext): string {
  const kinds = history.mapping.events.map((event) => event.kind);
  return kinds.length === 0 ? "none is recorded in the historical file" : kinds.join(", ");
}

function hypothesisText({ record, study, primary }: DossierContext): { nullHypothesis: string; alternative: string } {
  const { spec } = record.sizing;
  const margin = spec.margin.value;
  const benefit = study.endpoints.find((endpoint) => endpoint.id === primary.endpointId)?.benefit ?? "lower-is-better";
  const better = benefit === "lower-is-better" ? "below" : "above";
  const bound = benefit === "lower-is-better" ? 1 : -1;
  if (spec.hypothesis === "non-inferiority") {
    return {
      nullHypothesis: `the experimental treatment is worse than control by the margin of ${formatInput(margin)} or more`,
      alternative: `the difference, experimental minus control, is ${better} ${formatInput(bound * margin)}`,
    };
  }
  return {
    nullHypothesis: `the difference, experimental minus control, is not ${better} ${formatInput(-bound * margin)}`,
    alternative: `it is ${better} ${formatInput(-bound * margin)} (superiority); the planned effect is ${formatInput(spec.effect.value)}`,
  };
}
