import { formatUtc } from "../reporting/format-number.ts";
import type { ReportBlock, ReportDocument } from "../reporting/report-document.ts";
import type { ChecklistItem } from "./checklist/evaluate-checklist.ts";
import { type DossierContext, dossierContext } from "./dossier-context.ts";
import type { DossierRecord, Signature } from "./dossier-record.ts";
import { recordHash } from "./record-hash.ts";
import { abbreviationsSection } from "./sections/abbreviations.ts";
import { adjustmentSection } from "./sections/adjustment.ts";
import { analysesSection } from "./sections/analyses.ts";
import { appendixChecklistSection } from "./sections/appendix-checklist.ts";
import { appendixCodeSection } from "./sections/appendix-code.ts";
import { appendixListingsSection } from "./sections/appendix-listings.ts";
import { appendixMethodsSection } from "./sections/appendix-methods.ts";
import { calculationsSection } from "./sections/calculations.ts";
import { changesSection } from "./sections/changes.ts";
import { conclusionsSection } from "./sections/conclusions.ts";
import { credibilitySection } from "./sections/credibility.ts";
import { estimandSection } from "./sections/estimand.ts";
import { governanceSection } from "./sections/governance.ts";
import { introductionSection } from "./sections/introduction.ts";
import { limitationsSection } from "./sections/limitations.ts";
import { methodsSection } from "./sections/methods.ts";
import { planSection } from "./sections/plan.ts";
import { provenanceSection } from "./sections/provenance.ts";
import { referencesSection } from "./sections/references.ts";
import { reproducibilitySection } from "./sections/reproducibility.ts";
import { sampleSizeSection } from "./sections/sample-size.ts";
import { simulationSection } from "./sections/simulation.ts";
import { synopsisSection } from "./sections/synopsis.ts";
import { titlePageRows, titleParagraphs } from "./sections/title-page.ts";
import { twinsSection } from "./sections/twins.ts";

/**
 * The dossier as a report: every number in it comes from the record.
 *
 * @param record - Canonical record (results.json).
 * @param signatures - Signatures given so far; without one the report carries a draft watermark.
 * @param checklist - Score of the generated file, printed in the appendix; null before the first reading.
 * @param hash - SHA-256 of the bytes that are signed; of the record's own canonical form when absent.
 * @throws DomainError INSUFFICIENT_DATA when the record lacks a part that the dossier needs.
 */
export function buildDossier(
  record: DossierRecord,
  signatures: readonly Signature[],
  checklist: readonly ChecklistItem[] | null = null,
  hash: string = recordHash(record),
): ReportDocument {
  const context = dossierContext(record);
  const { study } = record;
  const synopsis = synopsisSection(context);
  const sections = sectionsAfterAbbreviations(context, hash, signatures, checklist);
  const cut = record.datasets
    .map((dataset) => dataset.importedAtUtc)
    .sort()
    .at(-1);
  return {
    title: study.title,
    subtitle: "Design of the control arm with a prognostic score: statistical design and simulation report",
    author: study.sponsor === "" ? "Understudy" : study.sponsor,
    subject: `${study.indication}: sizing and simulation of a randomised trial with prognostic covariate adjustment`,
    keywords: [
      study.indication,
      study.compound,
      study.protocolId,
      "prognostic covariate adjustment",
      "sample size",
      "simulation",
    ].filter((word) => word !== ""),
    language: "en",
    banner: study.dataOrigin === "simulated" ? "SIMULATED DATA · demonstration · not clinical evidence" : null,
    watermark: signatures.length === 0 ? "DRAFT – NOT SIGNED" : null,
    runningHead: [study.sponsor, study.protocolId].filter((part) => part !== "").join(" · "),
    runningFoot: `Understudy ${record.environment.appVersion}, engine ${record.engineVersion}${cut === undefined ? "" : ` · data cut ${formatUtc(cut).slice(0, 10)}`}`,
    runId: record.runId,
    recordHash: hash,
    titlePage: titlePageRows(context, hash),
    titleParagraphs: titleParagraphs(context),
    blocks: [...synopsis, ...abbreviationsSection([...synopsis, ...sections]), ...sections].map(complete),
    createdAtUtc: record.createdAtUtc,
  };
}

/** Everything after the abbreviations, in order. */
function sectionsAfterAbbreviations(
  context: DossierContext,
  hash: string,
  signatures: readonly Signature[],
  checklist: readonly ChecklistItem[] | null,
): ReportBlock[] {
  return [
    ...governanceSection(context),
    ...introductionSection(context),
    ...planSection(context),
    ...estimandSection(context),
    ...provenanceSection(context),
    ...methodsSection(context),
    ...credibilitySection(context),
    ...adjustmentSection(context),
    ...sampleSizeSection(context),
    ...calculationsSection(context),
    ...twinsSection(context),
    ...simulationSection(context),
    ...analysesSection(context),
    ...changesSection(context),
    ...limitationsSection(context),
    ...conclusionsSection(context),
    ...reproducibilitySection(context, hash, signatures),
    ...referencesSection(),
    ...appendixMethodsSection(context),
    ...appendixCodeSection(context),
    ...appendixListingsSection(context),
    ...appendixChecklistSection(checklist),
  ];
}

/** The population is printed with the word, so that a reader knows what the line is; a table without rows says so. */
function complete(block: ReportBlock): ReportBlock {
  if (block.kind !== "table" && block.kind !== "figure") return block;
  const population = block.population === "" ? "" : `Population: ${block.population}`;
  if (block.kind === "figure" || block.rows.length > 0) return { ...block, population };
  return { ...block, population, rows: [block.columns.map((_, column) => (column === 0 ? "none recorded" : ""))] };
}
