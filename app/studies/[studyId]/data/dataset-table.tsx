import Link from "next/link";
import { formatCount, formatUtc } from "../../../../lib/reporting/format-number.ts";
import { DataTable, type TableColumn } from "../../../_components/table/data-table.tsx";
import { ShortHash } from "../../../_components/table/short-hash.tsx";
import type { RouterOutputs } from "../../../_lib/trpc.ts";

type DatasetRow = RouterOutputs["dataset"]["list"][number];

function columns(studyId: string): readonly TableColumn<DatasetRow>[] {
  return [
    {
      key: "name",
      title: "Data set",
      render: (row) => <Link href={`/studies/${studyId}/data/${row.id}`}>{row.name}</Link>,
    },
    {
      key: "role",
      title: "Role",
      render: (row) => (row.role === "enrolled" ? "enrolled trial" : "historical control"),
    },
    {
      key: "version",
      title: "Version",
      align: "right",
      render: (row) => (row.current ? `${row.version} (in use)` : row.version),
    },
    { key: "patients", title: "Patients", align: "right", render: (row) => formatCount(row.patients) },
    { key: "visits", title: "Visits", align: "right", render: (row) => formatCount(row.visits) },
    {
      key: "quality",
      title: "Quality",
      render: (row) => (row.diagnostics === 0 ? "nothing to report" : `${formatCount(row.diagnostics)} to read`),
    },
    { key: "file", title: "File", render: (row) => row.fileName },
    { key: "hash", title: "SHA-256 of the data", render: (row) => <ShortHash value={row.dataHash} /> },
    {
      key: "imported",
      title: "Imported",
      unit: "UTC",
      render: (row) => `${formatUtc(row.importedAt).replace(" UTC", "")}, ${row.importedBy}`,
    },
  ];
}

export function DatasetTable(props: { rows: readonly DatasetRow[]; studyId: string }) {
  return (
    <DataTable
      caption="Data sets of the study"
      captionHidden
      columns={columns(props.studyId)}
      rows={props.rows}
      rowKey={(row) => row.id}
    />
  );
}
