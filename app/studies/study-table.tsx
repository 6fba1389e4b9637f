"use client";
import Link from "next/link";
import { formatCount, formatUtc } from "../../lib/reporting/format-number.ts";
import { unbrokenUnits } from "../../lib/reporting/unbroken-units.ts";
import { StateLabel } from "../_components/feedback/state-label.tsx";
import { DataTable, type TableColumn } from "../_components/table/data-table.tsx";
import type { RouterOutputs } from "../_lib/trpc.ts";

type StudyRow = RouterOutputs["study"]["list"][number];

const columns: readonly TableColumn<StudyRow>[] = [
  {
    key: "title",
    title: "Study",
    render: (row) => (
      <>
        <Link href={`/studies/${row.id}`}>{row.title}</Link>
        {row.dataOrigin === "simulated" && <strong style={{ fontSize: "0.6875rem" }}> SIMULATED</strong>}
      </>
    ),
  },
  { key: "indication", title: "Indication", render: (row) => row.indication },
  { key: "endpoint", title: "Primary endpoint", render: (row) => row.primaryEndpoint },
  { key: "saved", title: "Saved against ANCOVA", unit: "patients", align: "right", render: savedText },
  { key: "gain", title: "Gain of the twin", render: (row) => unbrokenUnits(row.gainSentence) },
  {
    key: "simulated",
    title: "Last simulation",
    unit: "UTC",
    render: (row) => (row.lastSimulationAt === null ? "none" : formatUtc(row.lastSimulationAt).replace(" UTC", "")),
  },
  { key: "dossier", title: "Dossier", render: (row) => <Dossier state={row.dossierState} /> },
  { key: "updated", title: "Changed", unit: "UTC", render: (row) => formatUtc(row.updatedAt).replace(" UTC", "") },
];

function savedText(row: StudyRow): string {
  if (row.patientsSaved === null) return "no gain shown";
  const { value, lower, upper } = row.patientsSaved;
  return `${formatCount(value)} (${formatCount(lower)}, ${formatCount(upper)})`;
}

function Dossier({ state }: { state: StudyRow["dossierState"] }) {
  if (state === "none") return <StateLabel state="empty" />;
  return <StateLabel state={state === "building" ? "running" : state} />;
}

export function StudyTable({ rows }: { rows: readonly StudyRow[] }) {
  return (
    <DataTable
      caption="Studies of the workspace"
      captionHidden
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
    />
  );
}
