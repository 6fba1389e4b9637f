import { type AppliedConversion, conversionFormula } from "../../../../../lib/data/unit-mapping.ts";
import { formatCount } from "../../../../../lib/reporting/format-number.ts";
import { DataTable, type TableColumn } from "../../../../_components/table/data-table.tsx";

const columns: readonly TableColumn<AppliedConversion>[] = [
  { key: "label", title: "Values of", render: (row) => row.label },
  { key: "study", title: "Study", render: (row) => row.study },
  { key: "formula", title: "Conversion", render: conversionFormula },
  {
    key: "basis",
    title: "Basis",
    render: (row) => (row.basis === "declared" ? "declared in the mapping" : "follows from the units"),
  },
  { key: "values", title: "Values", align: "right", render: (row) => formatCount(row.values) },
];

export function ConversionTable({ conversions }: { conversions: readonly AppliedConversion[] }) {
  return (
    <DataTable
      caption="Units converted"
      captionHidden
      columns={columns}
      rows={conversions}
      rowKey={(row) => `${row.id} ${row.study} ${row.from}`}
    />
  );
}
