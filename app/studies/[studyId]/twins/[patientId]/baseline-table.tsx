import type { FrozenModel } from "../../../../../lib/progression/model-document.ts";
import { endpointLabel, endpointUnit } from "../../../../../lib/reporting/figures/figure-labels.ts";
import { decimalsForScale, formatFixed, MISSING } from "../../../../../lib/reporting/format-number.ts";
import { DataTable } from "../../../../_components/table/data-table.tsx";
import { primaryEndpoint, type TwinCohort } from "../twin-cohort.ts";
import type { PatientTwin } from "./twin-patient.ts";

/** What the twin was computed from: the endpoints at baseline, and what every feature adds to the score. */
export function BaselineTable(props: { twin: PatientTwin; cohort: TwinCohort; vocabulary: FrozenModel }) {
  const { twin, cohort, vocabulary } = props;
  const primary = primaryEndpoint(vocabulary.endpoints, cohort);
  const decimals = decimalsForScale(
    twin.contributions.reduce((most, { contribution }) => Math.max(most, Math.abs(contribution)), 0),
  );
  return (
    <div style={{ display: "grid", gap: "1.25rem" }}>
      <DataTable
        caption="Endpoints at baseline"
        rows={cohort.endpointIds.map((endpointId, index) => ({ endpointId, value: twin.baseline[index] ?? null }))}
        rowKey={(row) => row.endpointId}
        columns={[
          { key: "endpoint", title: "Endpoint", render: (row) => endpointLabel(vocabulary, row.endpointId) },
          {
            key: "value",
            title: "At baseline",
            align: "right",
            render: (row) =>
              row.value === null
                ? `${MISSING} (missing)`
                : `${formatFixed(row.value, decimalsForScale(Math.abs(row.value)))} ${endpointUnit(vocabulary, row.endpointId)}`.trim(),
          },
        ]}
      />
      <DataTable
        caption={
          twin.contributions.some((row) => row.standardError !== undefined)
            ? "Every baseline feature and what it adds to the score, with the standard error of sampling"
            : "Every baseline feature and what it adds to the score"
        }
        rows={twin.contributions}
        rowKey={(row) => row.feature}
        maxHeight="24rem"
        columns={[
          { key: "feature", title: "Feature", render: (row) => row.feature },
          {
            key: "observed",
            title: "Measured",
            render: (row) => (row.observed ? "yes" : "missing: the model fills in its expectation"),
          },
          {
            key: "contribution",
            title: "Adds to the score",
            unit: primary.unit,
            align: "right",
            render: (row) =>
              row.standardError === undefined
                ? formatFixed(row.contribution, decimals)
                : `${formatFixed(row.contribution, decimals)} ± ${formatFixed(row.standardError, decimals)}`,
          },
        ]}
      />
    </div>
  );
}
