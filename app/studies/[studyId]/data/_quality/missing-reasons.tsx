import type { MissingReason } from "../../../../../lib/data/long-data-set.ts";
import type { QualityReport } from "../../../../../lib/data/quality-document.ts";
import { formatCount } from "../../../../../lib/reporting/format-number.ts";
import type { PlannedVisit } from "../../../../../lib/trial/visit-schedule.ts";
import { DataTable, type TableColumn } from "../../../../_components/table/data-table.tsx";

type MissingRow = QualityReport["missingness"][number];

const reasons: readonly { readonly reason: MissingReason; readonly title: string }[] = [
  { reason: "not-measured", title: "Not measured" },
  { reason: "recorded-missing", title: "Recorded as missing" },
  { reason: "dropped-out", title: "Dropped out" },
  { reason: "after-intercurrent-event", title: "After an intercurrent event" },
  { reason: "not-yet-reached", title: "Not yet reached" },
  { reason: "out-of-range", title: "Out of range" },
];

/** Patients by endpoint, visit and reason for a missing value; observed and all reasons add up to the patients. */
export function MissingReasons(props: { quality: QualityReport; visits: readonly PlannedVisit[] }) {
  const { quality, visits } = props;
  const used = reasons.filter(({ reason }) =>
    quality.missingness.some((row) => row.reasons.some((entry) => entry.reason === reason && entry.count > 0)),
  );
  const columns: readonly TableColumn<MissingRow>[] = [
    {
      key: "place",
      title: "Endpoint, visit",
      render: (row) =>
        `${quality.endpoints.find(({ endpointId }) => endpointId === row.endpointId)?.label ?? row.endpointId}, ${
          visits.find(({ id }) => id === row.visitId)?.label ?? row.visitId
        }`,
    },
    { key: "patients", title: "Patients", align: "right", render: (row) => formatCount(row.patients) },
    { key: "observed", title: "Observed", align: "right", render: (row) => formatCount(row.observed) },
    ...used.map(
      ({ reason, title }): TableColumn<MissingRow> => ({
        key: reason,
        title,
        align: "right",
        render: (row) => formatCount(row.reasons.find((entry) => entry.reason === reason)?.count ?? 0),
      }),
    ),
  ];
  return (
    <DataTable
      caption="Reasons for missing values"
      columns={columns}
      rows={quality.missingness}
      rowKey={(row) => `${row.endpointId}:${row.visitId}`}
      maxHeight="22rem"
    />
  );
}
