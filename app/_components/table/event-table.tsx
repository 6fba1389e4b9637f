import type { AuditEvent } from "../../../lib/dossier/dossier-record.ts";
import { formatUtc } from "../../../lib/reporting/format-number.ts";
import { DataTable, type TableColumn } from "./data-table.tsx";
import { EventText } from "./event-text.tsx";

const columns: readonly TableColumn<AuditEvent>[] = [
  { key: "sequence", title: "No.", align: "right", render: (event) => event.sequence },
  {
    key: "at",
    title: "When",
    unit: "UTC",
    render: (event) => <span style={{ whiteSpace: "nowrap" }}>{formatUtc(event.atUtc).replace(" UTC", "")}</span>,
  },
  {
    key: "actor",
    title: "Who",
    width: "13rem",
    render: (event) => <span className="wide-text">{`${event.actor} (${event.role})`}</span>,
  },
  { key: "action", title: "Action", render: (event) => <span className="one-line">{event.action}</span> },
  {
    key: "subject",
    title: "On",
    width: "16rem",
    render: (event) => (
      <span className="wide-text">
        <EventText text={event.subject} />
      </span>
    ),
  },
  {
    key: "change",
    title: "Change (old → new)",
    width: "24rem",
    render: (event) => (
      <span className="widest-text">
        <EventText text={event.change} />
      </span>
    ),
  },
  { key: "reason", title: "Why", width: "12rem", render: (event) => <span className="wide-text">{event.reason}</span> },
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
