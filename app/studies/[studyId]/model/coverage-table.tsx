import type { FrozenModel } from "../../../../lib/progression/model-document.ts";
import { visitLabel } from "../../../../lib/reporting/figures/figure-labels.ts";
import { formatCount, formatPercent, formatPercentInterval, MISSING } from "../../../../lib/reporting/format-number.ts";
import { DataTable } from "../../../_components/table/data-table.tsx";

/** Coverage of the bands per visit, with exact binomial intervals. */
export function CoverageTable(props: { model: FrozenModel; endpointId: string }) {
  const cells = props.model.evaluation.coverage.filter((row) => row.endpointId === props.endpointId);
  const levels = [...new Set(cells.map((cell) => cell.level))];
  const visitIds = [...new Set(cells.map((cell) => cell.visitId))];
  const find = (visitId: string, level: number) =>
    cells.find((cell) => cell.visitId === visitId && cell.level === level);
  return (
    <DataTable
      narrow
      caption="Share of out-of-fold outcomes inside the twin's bands, with exact binomial (Clopper–Pearson) 95 % intervals"
      rows={visitIds}
      rowKey={(visitId) => visitId}
      columns={[
        { key: "visit", title: "Visit", render: (visitId) => visitLabel(props.model, visitId) },
        {
          key: "patients",
          title: "N",
          align: "right",
          render: (visitId) => formatCount(cells.find((cell) => cell.visitId === visitId)?.patients ?? 0),
        },
        ...levels.map((level) => ({
          key: String(level),
          title: `${formatPercent(level, 0)} band`,
          unit: "(95 %)",
          align: "right" as const,
          render: (visitId: string) => {
            const cell = find(visitId, level);
            return cell === undefined ? MISSING : formatPercentInterval(cell.coverage);
          },
        })),
      ]}
    />
  );
}
