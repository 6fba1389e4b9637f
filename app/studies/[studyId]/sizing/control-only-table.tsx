import { formatCount, formatPercent, MISSING } from "../../../../lib/reporting/format-number.ts";
import type { SizingResult } from "../../../../lib/sizing/sizing-document.ts";
import { DataTable } from "../../../_components/table/data-table.tsx";
import { analysisNames } from "./sizing-table.tsx";

/** Treated arm held fixed: what remains of the control arm. */
export function ControlOnlyTable({ result }: { result: SizingResult }) {
  return (
    <DataTable
      caption="Control arm with the treated arm held at its ANCOVA size"
      captionHidden
      rows={result.controlOnly}
      rowKey={(row) => row.analysis}
      columns={[
        { key: "analysis", title: "Analysis", render: (row) => analysisNames[row.analysis] },
        {
          key: "experimental",
          title: "Experimental, held",
          unit: "patients",
          align: "right",
          render: (row) => formatCount(row.experimentalFixed),
        },
        {
          key: "control",
          title: "Control needed",
          unit: "patients",
          align: "right",
          render: (row) => (row.control === null ? "no size reaches the power" : formatCount(row.control)),
        },
        {
          key: "saved",
          title: "Controls saved against ANCOVA",
          unit: "patients",
          align: "right",
          render: (row) => (row.savedVersusAncova === null ? MISSING : formatCount(row.savedVersusAncova)),
        },
        {
          key: "power",
          title: "Exact power",
          align: "right",
          render: (row) => (row.power === null ? MISSING : formatPercent(row.power)),
        },
      ]}
    />
  );
}
