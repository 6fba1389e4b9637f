"use client";
import { formatCount, formatUtc, MISSING } from "../../../../lib/reporting/format-number.ts";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { StateLabel } from "../../../_components/feedback/state-label.tsx";
import { DataTable } from "../../../_components/table/data-table.tsx";
import type { RouterOutputs } from "../../../_lib/trpc.ts";
import { useUrlState } from "../../../_lib/url-state.ts";
import classes from "./simulations.module.css";

/** Every run of the study, newest first. */
export function RunHistory({ rows }: { rows: readonly RouterOutputs["simulation"]["list"][number][] }) {
  const { params, write } = useUrlState();
  const newestFirst = [...rows].sort((a, b) => b.createdAt.localeCompare(a.createdAt));

  function choose(id: string) {
    write({ run: id }, "push");
    document.getElementById("run")?.scrollIntoView();
  }

  return (
    <Section title="Runs" id="runs">
      <DataTable
        caption="Runs of the study"
        captionHidden
        rows={newestFirst}
        rowKey={(row) => row.id}
        rowState={(row) => (row.id === params.get("run") ? "selected" : undefined)}
        maxHeight="22rem"
        columns={[
          {
            key: "when",
            title: "Started",
            unit: "UTC",
            render: (row) => (
              <button type="button" className={classes.open} onClick={() => choose(row.id)}>
                {formatUtc(row.createdAt).replace(" UTC", "")}
              </button>
            ),
          },
          {
            key: "state",
            title: "State",
            render: (row) => (
              <StateLabel
                state={row.outOfDate !== null && row.status === "done" ? "out-of-date" : row.status}
                {...(row.current ? { detail: "in use" } : {})}
              />
            ),
          },
          { key: "by", title: "By", render: (row) => row.createdBy },
          { key: "designs", title: "Designs", align: "right", render: (row) => formatCount(row.designs) },
          { key: "scenarios", title: "Scenarios", align: "right", render: (row) => formatCount(row.scenarios) },
          { key: "replicates", title: "Replicates", align: "right", render: (row) => formatCount(row.replicates) },
          { key: "seed", title: "Seed", align: "right", render: (row) => row.seed },
          {
            key: "finished",
            title: "Finished",
            unit: "UTC",
            render: (row) => (row.finishedAt === null ? MISSING : formatUtc(row.finishedAt).replace(" UTC", "")),
          },
        ]}
      />
    </Section>
  );
}
