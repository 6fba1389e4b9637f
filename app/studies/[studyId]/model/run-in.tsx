import type { EvaluatedModel } from "../../../../lib/progression/model-document.ts";
import { placeLabel, visitLabel } from "../../../../lib/reporting/figures/figure-labels.ts";
import { formatCount, formatInterval, formatPercentInterval } from "../../../../lib/reporting/format-number.ts";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { DataTable } from "../../../_components/table/data-table.tsx";

/** What one or two visits before randomisation would buy, so that a run-in can be weighed against more patients. */
export function RunInSection({ model }: { model: EvaluatedModel }) {
  const rows = model.evaluation.runIn;
  if (rows.length === 0) return null;
  return (
    <Section
      title="What a run-in would buy"
      id="run-in"
      note="The first one or two planned visits of the historical controls stand for visits before randomisation: the last of them takes the place of baseline, and later visits are predicted out of fold. R² is the share of the outcome's variance that the trial's analysis explains; follow-up is shorter by the length of the run-in."
    >
      <DataTable
        caption="Run-in"
        captionHidden
        rows={rows}
        rowKey={(row) => `${row.runInVisits}:${row.endpointId}:${row.visitId}`}
        maxHeight="24rem"
        columns={[
          {
            key: "runIn",
            title: "Run-in to",
            render: (row) => <span className="one-line">{visitLabel(model, row.lastRunInVisitId)}</span>,
          },
          {
            key: "place",
            title: "Endpoint, visit",
            render: (row) => <span className="one-line">{placeLabel(model, row)}</span>,
          },
          { key: "patients", title: "N", align: "right", render: (row) => formatCount(row.patients) },
          {
            key: "gain",
            title: "Gain over ANCOVA on the last run-in value",
            unit: "(95 %)",
            align: "right",
            render: (row) => formatPercentInterval(row.gain),
          },
          {
            key: "r",
            title: "Partial correlation",
            unit: "(95 %)",
            align: "right",
            render: (row) => formatInterval(row.partialCorrelation, 3),
          },
          {
            key: "ancova",
            title: "R² of ANCOVA",
            unit: "run-in (95 %)",
            align: "right",
            render: (row) => formatInterval(row.variance.rSquaredAncova, 3),
          },
          {
            key: "score",
            title: "R² with score",
            unit: "run-in (95 %)",
            align: "right",
            render: (row) => formatInterval(row.variance.rSquaredWithScore, 3),
          },
          {
            key: "without",
            title: "R² with score",
            unit: "no run-in (95 %)",
            align: "right",
            render: (row) => formatInterval(row.withoutRunIn.rSquaredWithScore, 3),
          },
        ]}
      />
    </Section>
  );
}
