import { formatUtc } from "../../reporting/format-number.ts";
import type { ReportDocument } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { prose, strong } from "../prose.ts";

/** How the origin of the data is printed on the title page. */
export const ORIGIN_TEXT = {
  real: "Real patient data",
  public: "Public data of real patients",
  simulated: "SIMULATED patients: no real person, no clinical evidence",
} as const;

/** Identification of the report (title page table). */
export function titlePageRows(context: DossierContext, recordHash: string): ReportDocument["titlePage"] {
  const { record, study } = context;
  const stated = (value: string) => (value === "" ? "not stated" : value);
  return [
    { label: "Study title", value: study.title },
    {
      label: "Type of document",
      value:
        "Statistical design and simulation report. Not a clinical study report: no study was conducted by the program.",
    },
    { label: "Compound", value: stated(study.compound) },
    { label: "Indication", value: study.indication },
    { label: "Protocol", value: stated(study.protocolId) },
    { label: "Phase", value: stated(study.phase) },
    { label: "Design", value: designText(context) },
    { label: "Sponsor", value: stated(study.sponsor) },
    { label: "Data origin", value: ORIGIN_TEXT[study.dataOrigin] },
    { label: "Report date", value: formatUtc(record.createdAtUtc) },
    { label: "Report version", value: String(record.version) },
    { label: "Run", value: record.runId },
    { label: "Record (SHA-256)", value: recordHash },
  ];
}

function designText({ study, designs }: DossierContext): string {
  const arms = study.arms.map((arm) => arm.label).join(" against ");
  const looks = Math.max(...designs.map((design) => design.lookFractions.length));
  const sequential = looks > 1 ? `, fixed and group-sequential variants with up to ${looks} looks` : ", one analysis";
  return `Randomised, parallel-group, ${study.arms.length} arms (${arms})${sequential}`;
}

/** Context of use and intended decision, on the first page. */
export function titleParagraphs({ study }: DossierContext): ReportDocument["titleParagraphs"] {
  return [
    prose`${strong("Context of use. ")}${study.contextOfUse}`,
    prose`${strong("Decision to be taken with it. ")}${study.questionOfInterest}`,
  ];
}
