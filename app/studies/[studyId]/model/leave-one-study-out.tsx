import type { FrozenModel } from "../../../../lib/progression/model-document.ts";
import { placeLabel } from "../../../../lib/reporting/figures/figure-labels.ts";
import {
  formatCount,
  formatInterval,
  formatPercentInterval,
  MISSING,
} from "../../../../lib/reporting/format-number.ts";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { DataTable } from "../../../_components/table/data-table.tsx";

/** Performance in a study the model has not seen; only with several historical studies. */
export function LeaveOneStudyOut({ model }: { model: FrozenModel }) {
  const rows = model.evaluation.leaveOneStudyOut;
  if (rows.length === 0) return null;
  return (
    <Section
      title="In a study the model has not seen"
      id="transport"
      note="Each study in turn is left out of training and predicted by the others: the nearest one can come to the new trial."
    >
      <DataTable
        caption="Leave one study out"
        captionHidden
        rows={rows}
        rowKey={(row) => `${row.study}:${row.endpointId}:${row.visitId}`}
        maxHeight="24rem"
        columns={[
          { key: "study", title: "Study left out", render: (row) => row.study },
          { key: "place", title: "Endpoint, visit", render: (row) => placeLabel(model, row) },
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
            render: (row) =>
              row.partialCorrelation === undefined ? MISSING : formatInterval(row.partialCorrelation, 3),
          },
          {
            key: "error",
            title: "Mean error",
            unit: "observed − predicted (95 %)",
            align: "right",
            render: (row) => formatInterval(row.meanError, 3),
          },
        ]}
      />
    </Section>
  );
}
