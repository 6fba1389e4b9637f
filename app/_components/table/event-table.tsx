import type { AuditEvent } from "../../../lib/dossier/dossier-record.ts";
import { formatUtc } from "../../../lib/reporting/format-number.ts";
import { DataTable, type TableColumn } from "./data-table.tsx";

const columns: readonly TableColumn<AuditEvent>[] = [
  { key: "sequence", title: "No.", align: "right", render: (event) => event.sequence },
  {
    key: "at",
    title: "When",
    unit: "UTC",
    render: (event) => <span style={{ whiteSpace: "nowrap" }}>{formatUtc(event.atUtc).replace(" UTC", "")}</span>,
  },
  { key: "actor", title: "Who", render: (event) => `${event.actor} (${event.role})` },
  { key: "action", title: "Action", render: (event) => event.action },
  { key: "subject", title: "On", render: (event) => event.subject },
  { key: "change", title: "Change (old → new)", render: (event) => event.change },
  { key: "reason", title: "Why", render: (event) => event.reason },
];

/** Who did what, when and why. */
export function EventTable(props: { events: readonly AuditEvent[]; caption: string; maxHeight?: string }) {
  return (
    <DataTable
      caption={props.caption}
      captionHidden
      columns={columns}
      rows={props.events}
      rowKey={(event) => String(event.sequence)}
      empty="Nothing has happened yet."
      {...(props.maxHeight === undefined ? {} : { maxHeight: props.maxHeight })}
    />
  );
}
