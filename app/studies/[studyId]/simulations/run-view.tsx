"use client";
import { useQuery } from "@tanstack/react-query";
import { formatCount, formatQuantity, formatUtc } from "../../../../lib/reporting/format-number.ts";
import { Diagnostics } from "../../../_components/feedback/diagnostics.tsx";
import { Notice } from "../../../_components/feedback/notice.tsx";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { QueryGate } from "../../../_components/feedback/query-gate.tsx";
import { UnknownInAddress } from "../../../_components/feedback/unknown-in-address.tsx";
import { WorkingNotice } from "../../../_components/feedback/working-notice.tsx";
import { type RouterOutputs, useTRPC } from "../../../_lib/trpc.ts";
import { useUrlState } from "../../../_lib/url-state.ts";
import { CellGrid } from "./cell-grid.tsx";
import { CellTable } from "./cell-table.tsx";
import { CellView } from "./cell-view.tsx";
import { PairedTable } from "./paired-table.tsx";
import { TimeLeft } from "./time-left.tsx";

export type Run = RouterOutputs["simulation"]["get"];

const busyInterval = 700;

/** One run: its cells while they fill and when they are done; or one cell opened. */
export function RunView({ row }: { row: RouterOutputs["simulation"]["list"][number] }) {
  const trpc = useTRPC();
  const run = useQuery(
    trpc.simulation.get.queryOptions(
      { runId: row.id },
      {
        staleTime: 2_000,
        refetchInterval: (query) => {
          const status = query.state.data?.status ?? row.status;
          return status === "queued" || status === "running" ? busyInterval : false;
        },
      },
    ),
  );
  return <QueryGate query={run}>{(data) => <Detail run={data} />}</QueryGate>;
}

function Detail({ run }: { run: Run }) {
  const { params } = useUrlState();
  const working = run.status === "queued" || run.status === "running";
  const design = run.spec.designs.find(({ id }) => id === params.get("design"));
  const scenario = run.spec.scenarios.find(({ id }) => id === params.get("scenario"));
  return (
    <>
      {working && <WorkingNotice jobId={run.jobId} />}
      {working && <TimeLeft jobId={run.jobId} />}
      {run.status === "failed" && (
        <Notice tone="failure" title="The run failed">
          {run.error ?? "The reason could not be read; see the audit trail."}
        </Notice>
      )}
      {run.status === "cancelled" && (
        <Notice tone="information">
          The run was cancelled. Cells below rest on the replicates that were finished by then.
        </Notice>
      )}
      {run.outOfDate !== null && (
        <Notice tone="warning" title="Out of date">
          {run.outOfDate} Run again to bring the numbers up to date.
        </Notice>
      )}
      <UnknownInAddress
        what="a design"
        id={params.get("design")}
        known={run.spec.designs.map(({ id }) => id)}
        instead="Shown are all cells of the run."
      />
      <UnknownInAddress
        what="a scenario"
        id={params.get("scenario")}
        known={run.spec.scenarios.map(({ id }) => id)}
        instead="Shown are all cells of the run."
      />
      {design !== undefined && scenario !== undefined ? (
        <CellView run={run} design={design} scenario={scenario} />
      ) : (
        <AllCells run={run} working={working} />
      )}
    </>
  );
}

function AllCells({ run, working }: { run: Run; working: boolean }) {
  const { result } = run;
  return (
    <Section
      title={`Run of ${formatUtc(run.createdAt)}`}
      id="run"
      note={`${formatQuantity(run.designs, "design")} × ${formatQuantity(run.scenarios, "scenario")}, ${formatCount(run.replicates)} replicates per cell, seed ${run.seed}, started by ${run.createdBy}. Values ± Monte Carlo standard error.`}
    >
      {result !== null && <Diagnostics items={result.diagnostics} label="Caveats about the run" />}
      <CellGrid run={run} />
      <CellTable run={run} working={working} />
      {result !== null && result.pairedDifferences.length > 0 && <PairedTable result={result} />}
    </Section>
  );
}
