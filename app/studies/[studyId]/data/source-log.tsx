import { formatCount, MISSING } from "../../../../lib/reporting/format-number.ts";
import type { SourceLogEntry } from "../../../../lib/trial/study-specification.ts";
import { DataTable, type TableColumn } from "../../../_components/table/data-table.tsx";

const count = (value: number | null) => (value === null ? MISSING : formatCount(value));

const columns: readonly TableColumn<SourceLogEntry>[] = [
  { key: "name", title: "Source", render: (row) => row.name },
  { key: "decision", title: "Decision", render: (row) => <strong style={{ fontWeight: 500 }}>{row.decision}</strong> },
  { key: "reason", title: "Why", width: "24rem", render: (row) => row.reason },
  { key: "type", title: "Type", render: (row) => row.type },
  { key: "sponsor", title: "Sponsor", render: (row) => row.sponsor },
  { key: "years", title: "Years", render: (row) => row.years },
  { key: "region", title: "Region", render: (row) => row.region },
  { key: "patients", title: "Patients", align: "right", render: (row) => count(row.patients) },
  { key: "visits", title: "Visits", align: "right", render: (row) => count(row.visits) },
  { key: "licence", title: "Licence", render: (row) => row.licence },
];

export function SourceLog(props: { entries: readonly SourceLogEntry[] }) {
  return (
    <DataTable
      caption="Historical sources considered"
      captionHidden
      columns={columns}
      rows={props.entries}
      rowKey={(row, index) => `${index}:${row.name}`}
      empty="No source has been logged. The dossier asks for every source considered, used or not."
    />
  );
}
