"use client";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Diagnostics } from "../../../_components/feedback/diagnostics.tsx";
import { EmptyState } from "../../../_components/feedback/empty-state.tsx";
import { PageHeader } from "../../../_components/feedback/page-header.tsx";
import { QueryGate } from "../../../_components/feedback/query-gate.tsx";
import { UnknownInAddress } from "../../../_components/feedback/unknown-in-address.tsx";
import { PermittedButton } from "../../../_components/form/permitted-button.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { type RouterOutputs, useTRPC } from "../../../_lib/trpc.ts";
import { useUrlState } from "../../../_lib/url-state.ts";
import { RunDrawer } from "./run-drawer.tsx";
import { RunHistory } from "./run-history.tsx";
import { RunView } from "./run-view.tsx";
import { ScenarioDrawer } from "./scenario-drawer.tsx";
import { ScenarioSection } from "./scenario-section.tsx";

type RunRow = RouterOutputs["simulation"]["list"][number];

export function SimulationsPage() {
  const study = useStudy();
  const trpc = useTRPC();
  const { params, write } = useUrlState();
  const designs = useQuery(trpc.design.list.queryOptions({ studyId: study.id }));
  const scenarios = useQuery(trpc.scenario.list.queryOptions({ studyId: study.id }));
  const runs = useQuery(trpc.simulation.list.queryOptions({ studyId: study.id }));
  const wanted = params.get("edit");
  const runButton = (
    <PermittedButton needs="simulation.run" size="sm" onClick={() => write({ new: "run" }, "push")}>
      Run a simulation
    </PermittedButton>
  );
  return (
    <>
      <PageHeader
        title="Simulations"
        lede="Designs are what we do, scenarios what nature does. Every replicate is a patient-level trial, analysed at each look."
        actions={
          <>
            <Button variant="default" component={Link} href={`/studies/${study.id}/designs`}>
              Edit the designs
            </Button>
            {runButton}
          </>
        }
      />
      <Diagnostics items={study.simulationCaveats} label="What the simulations leave out of the plan" />
      <QueryGate query={runs}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState title="No simulation yet" action={runButton}>
              Designs are simulated in every scenario; power, type I error, stopping and expected size stand here, each
              with its Monte Carlo standard error.
            </EmptyState>
          ) : (
            <Runs rows={rows} />
          )
        }
      </QueryGate>
      {params.get("design") === null && (
        <>
          <ScenarioSection query={scenarios} />
          {runs.data !== undefined && runs.data.length > 0 && <RunHistory rows={runs.data} />}
        </>
      )}
      {scenarios.data !== undefined && (
        <UnknownInAddress
          what="a scenario"
          id={wanted}
          known={["new", ...scenarios.data.map(({ id }) => id)]}
          instead="All scenarios stand below."
        />
      )}
      {scenarios.data !== undefined && (wanted === "new" || scenarios.data.some(({ id }) => id === wanted)) && (
        <ScenarioDrawer
          key={wanted}
          scenarios={scenarios.data}
          wanted={wanted ?? "new"}
          onClose={() => write({ edit: null })}
        />
      )}
      {designs.data !== undefined && scenarios.data !== undefined && runs.data !== undefined && (
        <RunDrawer
          opened={params.get("new") === "run"}
          designs={designs.data}
          scenarios={scenarios.data}
          runs={runs.data}
          onClose={() => write({ new: null })}
        />
      )}
    </>
  );
}

/** The run in the address, else one that is working, else the current one, else the newest. */
function Runs({ rows }: { rows: readonly RunRow[] }) {
  const { params } = useUrlState();
  const chosen =
    rows.find((row) => row.id === params.get("run")) ??
    rows.find((row) => row.status === "running") ??
    rows.find((row) => row.current) ??
    rows[0]!;
  return (
    <>
      <UnknownInAddress
        what="a run"
        id={params.get("run")}
        known={rows.map(({ id }) => id)}
        instead="Shown is the run in use; all runs stand below."
      />
      <RunView key={chosen.id} row={chosen} />
    </>
  );
}
