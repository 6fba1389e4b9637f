import { formatFixed } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";
import { SECTION_TITLES } from "../section-titles.ts";
import { subjectLabel } from "../subject-label.ts";

/** Patients per printed row: three side by side save two thirds of the paper. */
const SIDE_BY_SIDE = 3;

/** Scores of all enrolled patients under sequence labels. */
export function appendixListingsSection(context: DossierContext): ReportBlock[] {
  const { record, study } = context;
  const decimals = context.decimals(context.primary.endpointId) + 1;
  const armName = (id: string) => study.arms.find((arm) => arm.id === id)?.label ?? id;
  const cells = record.twins.scores.map((row) => [
    subjectLabel(record, row.patientId),
    armName(row.arm),
    `${formatFixed(row.score, decimals)}${row.outOfSupport ? " *" : ""}`,
  ]);
  const height = Math.ceil(cells.length / SIDE_BY_SIDE);
  const rows = Array.from({ length: height }, (_, r) =>
    Array.from({ length: SIDE_BY_SIDE }, (_, c) => cells[c * height + r] ?? ["", "", ""]).flat(),
  );
  return [
    heading(1, "appendixListings", SECTION_TITLES.appendixListings),
    paragraph`${see("table-listing")} lists the prognostic score of every enrolled patient under a sequence label; the label is the position in results.json, and identifiers of the data are not printed. Means, variances and bands of every twin at every visit lie beside this report as the data set ADTWIN: adtwin.xpt (SAS transport, version 5) and adtwin.json (Dataset-JSON 1.1); their columns carry labels and units, and both stand in the manifest with their SHA-256.`,
    table({
      id: "table-listing",
      title: `Prognostic scores, ${context.primaryLabel}`,
      population: context.enrolledPopulation,
      columns: Array.from({ length: SIDE_BY_SIDE }, () =>
        columns("Patient", "Arm", `>Score|${context.primaryUnit}`),
      ).flat(),
      rows,
      notes: ["*: out of the support of the history. —: end of the list."],
    }),
  ];
}
