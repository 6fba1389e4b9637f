"use client";
import { formatCount, formatUtc, MISSING } from "../../../../lib/reporting/format-number.ts";
import { StateLabel } from "../../../_components/feedback/state-label.tsx";
import { DataTable } from "../../../_components/table/data-table.tsx";
import { ShortHash } from "../../../_components/table/short-hash.tsx";
import classes from "./dossier.module.css";
import type { DossierVersion } from "./dossier-types.ts";

/** Every version of the dossier, newest first. */
export function VersionTable(props: {
  rows: readonly DossierVersion[];
  chosenId: string;
  onChoose: (id: string) => void;
}) {
  return (
    <DataTable
      caption="Versions of the dossier"
      captionHidden
      rows={props.rows}
      rowKey={(row) => row.id}
      rowState={(row) => (row.id === props.chosenId ? "selected" : undefined)}
      maxHeight="14rem"
      columns={[
        {
          key: "version",
          title: "Version",
          render: (row) => (
            <button
              type="button"
              className={classes.open}
              onClick={() => props.onChoose(row.id)}
              aria-pressed={row.id === props.chosenId}
            >
              Version {row.version}
            </button>
          ),
        },
        {
          key: "state",
          title: "State",
          render: (row) => (
            <StateLabel
              state={row.status === "done" ? row.state : row.status}
              {...(row.outOfDate === null ? {} : { detail: "out of date" })}
            />
          ),
        },
        { key: "reason", title: "Why", render: (row) => row.reason },
        {
          key: "pages",
          title: "Pages",
          align: "right",
          render: (row) => (row.pages === null ? MISSING : formatCount(row.pages)),
        },
        { key: "signatures", title: "Signatures", align: "right", render: (row) => formatCount(row.signatures) },
        {
          key: "record",
          title: "SHA-256 of the record",
          render: (row) => (row.recordHash === null ? MISSING : <ShortHash value={row.recordHash} />),
        },
        {
          key: "created",
          title: "Built",
          unit: "UTC",
          render: (row) => `${formatUtc(row.createdAt).replace(" UTC", "")}, ${row.createdBy}`,
        },
      ]}
    />
  );
}
