import type { FrozenModel } from "../../../../lib/progression/model-document.ts";
import {
  formatCount,
  formatFixed,
  formatInterval,
  formatPercent,
  formatPercentInterval,
  MISSING,
} from "../../../../lib/reporting/format-number.ts";
import { DataTable } from "../../../_components/table/data-table.tsx";

/** Gain, correlation, calibration and coverage in subgroups at one endpoint and visit; for looking, not for claiming. */
export function SubgroupTable(props: { model: FrozenModel; endpointId: string; visitId: string }) {
  const rows = props.model.evaluation.subgroups.filter(
    (row) => row.endpointId === props.endpointId && row.visitId === props.visitId,
  );
  const levels = rows[0]?.coverage?.map(({ level }) => level) ?? [];
  return (
    <DataTable
      caption="Subgroups, out of fold; they overlap and are not adjusted for their number"
      rows={rows}
      rowKey={(row) => row.subgroup}
      columns={[
        { key: "subgroup", title: "Subgroup", render: (row) => row.subgroup },
        { key: "patients", title: "N", align: "right", render: (row) => formatCount(row.patients) },
        {
          key: "gain",
          title: "Gain",
          unit: "(95 %)",
          align: "right",
          render: (row) => formatPercentInterval(row.gain),
        },
        {
          key: "correlation",
          title: "Partial correlation",
          unit: "(95 %)",
          align: "right",
          render: (row) => (row.partialCorrelation === undefined ? MISSING : formatInterval(row.partialCorrelation, 2)),
        },
        {
          key: "error",
          title: "Mean error",
          unit: "observed − predicted (95 %)",
          align: "right",
          render: (row) => formatInterval(row.meanError, 3),
        },
        {
          key: "slope",
          title: "Calibration slope",
          unit: "(95 %)",
          align: "right",
          render: (row) => (row.slope === undefined ? MISSING : formatInterval(row.slope, 2)),
        },
        {
          key: "crps",
          title: "CRPS",
          align: "right",
          render: (row) => (row.crps === undefined ? MISSING : formatFixed(row.crps, 3)),
        },
        ...levels.map((level) => ({
          key: String(level),
          title: `${formatPercent(level, 0)} band covers`,
          unit: "(95 % exact)",
          align: "right" as const,
          render: (row: (typeof rows)[number]) => {
            const found = row.coverage?.find((band) => band.level === level);
            return found === undefined ? MISSING : formatPercentInterval(found.coverage);
          },
        })),
      ]}
    />
  );
}
