import { calculationTitle } from "../../calculation/calculation-methods.ts";
import { typesetNumbers } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import { resultTableBlock } from "../../reporting/result-table-block.ts";
import type { DossierContext } from "../dossier-context.ts";
import { bullets, heading, paragraph, plainParagraph, seeAll } from "../prose.ts";
import { SECTION_TITLES } from "../section-titles.ts";

/** Every saved calculation of power, size, bounds or multiplicity; nothing when there is none. */
export function calculationsSection({ record }: DossierContext): ReportBlock[] {
  if (record.calculations.length === 0) return [];
  return [
    heading(1, "calculations", SECTION_TITLES.calculations),
    paragraph`Calculations saved with the study. Each has a program of independent software in the appendix.`,
    ...record.calculations.flatMap(({ name, spec, report }, index) => {
      const id = `calculations-${index + 1}`;
      const convention = report.conventionNote === "" ? [] : [plainParagraph(typesetNumbers(report.conventionNote))];
      const caveats = report.diagnostics.map(({ message }) => message);
      return [
        heading(2, id, name),
        paragraph`${calculationTitle(spec)}. ${typesetNumbers(report.answer)}`,
        paragraph`Method: ${typesetNumbers(report.method)}. ${seeAll(report.tables.map((table) => `${id}-${table.id}`))} give the results and the inputs.`,
        ...convention,
        ...(caveats.length === 0 ? [] : [plainParagraph("Caveats:"), bullets(...caveats.map(typesetNumbers))]),
        ...report.tables.map((table) => resultTableBlock(table, `${id}-${table.id}`, name, "")),
      ];
    }),
  ];
}
