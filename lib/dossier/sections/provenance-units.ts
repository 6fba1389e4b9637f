import { conversionFormula } from "../../data/unit-mapping.ts";
import { formatCount } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";

/** Conversions of units that were made at import; nothing where none was. */
export function unitBlocks({ record }: DossierContext): ReportBlock[] {
  const rows = record.datasets.flatMap((dataset) =>
    (dataset.quality.conversions ?? []).map((conversion) => [
      dataset.name,
      conversion.label,
      conversion.study,
      conversionFormula(conversion),
      conversion.basis === "declared" ? "declared in the mapping" : "follows from the units",
      formatCount(conversion.values),
    ]),
  );
  if (rows.length === 0) return [];
  return [
    heading(2, "provenance-units", "Units converted"),
    paragraph`Values that did not stand in the unit of their endpoint or covariate were converted before range checks and logarithms, each by the formula in ${see("table-units")}. A unit without a declared or known conversion would have stopped the import.`,
    table({
      id: "table-units",
      title: "Conversions of units, by data set and study",
      population: "All values read at baseline and visits",
      columns: columns("Data set", "Values of", "Study", "Conversion", "Basis", ">Values"),
      rows,
    }),
  ];
}
