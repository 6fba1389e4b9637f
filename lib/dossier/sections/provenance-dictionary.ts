import { benefitText } from "../../reporting/figures/figure-labels.ts";
import { formatInput } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { Endpoint } from "../../trial/endpoint.ts";
import { describeValues } from "../../trial/outcome-type.ts";
import type { DossierContext } from "../dossier-context.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";

type Mapping = DossierContext["history"]["mapping"];

/** Variables with their sources, and eligibility criterion by criterion. */
export function dictionaryBlocks(context: DossierContext): ReportBlock[] {
  const { history, enrolled } = context;
  return [
    heading(2, "provenance-dictionary", "Variables"),
    paragraph`Endpoints are defined in ${see("table-dictionary-endpoints")}, baseline covariates in ${see("table-dictionary-covariates")}; eligibility is compared criterion by criterion in ${see("table-eligibility")}. Baseline: ${baselineText(history.mapping)}. Time zero is the same in both data sets: day 0 of ${timeText(history.mapping)}.`,
    table({
      id: "table-dictionary-endpoints",
      title: "Variable dictionary: endpoints",
      population: "",
      columns: columns("Name", "Label", "Unit", "Source column", "Derivation", "Benefit"),
      rows: [
        ...history.mapping.endpoints.map(({ endpoint, source }) => [
          endpoint.id,
          endpoint.label,
          unitText(endpoint),
          source,
          endpoint.scale === "log" ? "natural logarithm" : endpoint.outcome === undefined ? "as recorded" : "coded",
          benefitText(endpoint.benefit),
        ]),
        ...(history.mapping.derived ?? []).map(({ endpoint, expression }) => [
          endpoint.id,
          endpoint.label,
          unitText(endpoint),
          "computed",
          expression,
          benefitText(endpoint.benefit),
        ]),
      ],
      notes: ["Timing: baseline and every planned visit."],
    }),
    table({
      id: "table-dictionary-covariates",
      title: "Variable dictionary: baseline covariates",
      population: "",
      columns: columns("Name", "Label", "Unit or coding", "Source column", "Derivation"),
      rows: history.mapping.covariates.map((covariate) => [
        covariate.id,
        covariate.label,
        covariate.type === "continuous" ? covariate.unit : codingText(context, covariate.id),
        covariate.column,
        covariate.type === "continuous"
          ? covariate.scale === "log"
            ? "natural logarithm"
            : "as recorded"
          : "category; first level is the reference",
      ]),
      notes: [
        "Timing: measured before or at time zero; values known only from later, differing records count as missing.",
      ],
    }),
    table({
      id: "table-eligibility",
      title: "Eligibility of the history and of the enrolled trial",
      population: "",
      columns: columns("Criterion", "History", "Enrolled trial", "Mappable"),
      rows: eligibilityRows(history.mapping, enrolled.mapping),
      notes: [
        "Clinical criteria that the files do not hold cannot be mapped; they are those of the population in the estimand and must be judged by a person.",
      ],
    }),
  ];
}

function codingText({ record }: DossierContext, covariateId: string): string {
  const covariate = record.model.covariates.find((candidate) => candidate.id === covariateId);
  return covariate?.type === "categorical" ? `levels ${covariate.levels.join(", ")}` : "categories as recorded";
}

function baselineText({ baseline }: Mapping): string {
  const fallback = "else the last value on or before time zero";
  if (baseline.flag !== null) return `the value flagged ${baseline.flag.column} = ${baseline.flag.value}, ${fallback}`;
  return baseline.column === null ? "the last value on or before time zero" : `column ${baseline.column}, ${fallback}`;
}

function timeText({ time }: Mapping): string {
  if (time.kind === "visit") return `visit column ${time.column}`;
  const convention = time.convention === "first-day-is-one" ? "first day is day 1, moved to day 0" : "zero-based";
  return `column ${time.column} (${time.unit}, ${convention})`;
}

function eligibilityRows(history: Mapping, enrolled: Mapping): string[][] {
  const included = (mapping: Mapping) => mapping.include ?? "all patients of the file";
  const armText = (mapping: Mapping) =>
    mapping.arm.kind === "pooled-control"
      ? `all arms pooled as ${mapping.arm.arm.label}`
      : mapping.arm.arms.map((entry) => `${entry.value} → ${entry.arm.label}`).join(", ");
  const windows = (mapping: Mapping) =>
    mapping.visits
      .map((visit) => `${visit.label}: ${formatInput(visit.windowFrom)}–${formatInput(visit.windowTo)}`)
      .join("; ");
  const rows = [
    ["Inclusion expression", included(history), included(enrolled)],
    ["Arms", armText(history), armText(enrolled)],
    ["Visit windows (days)", windows(history), windows(enrolled)],
    ["Record filter", filterText(history), filterText(enrolled)],
    ["Clinical entry criteria", "those of the source study", "those of the protocol"],
  ];
  return rows.map((row, index) => [...row, index === rows.length - 1 ? "no: not in the files" : "yes"]);
}

function filterText({ rowFilter }: Mapping): string {
  return rowFilter.length === 0
    ? "none"
    : rowFilter.map((filter) => `${filter.column} in ${filter.keep.join(", ")}`).join("; ");
}

/** Unit of a continuous endpoint, type and codes of another. */
function unitText(endpoint: Endpoint): string {
  return endpoint.outcome === undefined ? endpoint.unit : `${endpoint.outcome.type}: ${describeValues(endpoint)}`;
}
