import type { FrozenModel } from "../../../../lib/progression/model-document.ts";
import { visitLabel } from "../../../../lib/reporting/figures/figure-labels.ts";
import { formatCount, formatPercent, formatPercentInterval } from "../../../../lib/reporting/format-number.ts";
import { DataTable } from "../../../_components/table/data-table.tsx";

/** Coverage of the bands per visit, with exact binomial intervals. */
export function CoverageTable(props: { model: FrozenModel; endpointId: string }) {
  return (
    <DataTable
      narrow
      caption="Coverage of the twin's bands, out of fold, with exact binomial (Clopper–Pearson) 95 % intervals"
      rows={props.model.evaluation.coverage.filter((row) => row.endpointId === props.endpointId)}
      rowKey={(row) => `${row.visitId}:${row.level}`}
      columns={[
        { key: "visit", title: "Visit", render: (row) => visitLabel(props.model, row.visitId) },
        { key: "level", title: "Nominal", align: "right", render: (row) => formatPercent(row.level, 0) },
        {
          key: "coverage",
          title: "Covered",
          unit: "(95 % interval)",
          align: "right",
          render: (row) => formatPercentInterval(row.coverage),
        },
        {
          key: "count",
          title: "Patients",
          align: "right",
          render: (row) => `${formatCount(row.covered)} of ${formatCount(row.patients)}`,
        },
      ]}
    />
  );
}
