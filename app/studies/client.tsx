"use client";
import { useQuery } from "@tanstack/react-query";
import { EmptyState } from "../_components/feedback/empty-state.tsx";
import { PageHeader } from "../_components/feedback/page-header.tsx";
import { QueryGate } from "../_components/feedback/query-gate.tsx";
import { PermittedButton } from "../_components/form/permitted-button.tsx";
import { WorkspaceFrame } from "../_components/shell/workspace-frame.tsx";
import { useTRPC } from "../_lib/trpc.ts";
import { useUrlState } from "../_lib/url-state.ts";
import { NewStudyDrawer } from "./new-study-drawer.tsx";
import { OpenSample } from "./open-sample.tsx";
import { StudyTable } from "./study-table.tsx";

export function StudiesPage() {
  const trpc = useTRPC();
  const studies = useQuery(trpc.study.list.queryOptions(undefined, { refetchInterval: 5_000 }));
  const { params, write } = useUrlState();
  const startNew = (
    <PermittedButton needs="study.create" size="sm" onClick={() => write({ new: "study" }, "push")}>
      New study
    </PermittedButton>
  );
  return (
    <WorkspaceFrame title="Studies">
      <PageHeader
        title="Studies"
        lede="A study is a trial being designed: historical controls in, control arm sized and stress-tested, dossier out."
        actions={
          <>
            {startNew}
            <OpenSample />
          </>
        }
      />
      <QueryGate query={studies}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState title="No study yet" action={<OpenSample />}>
              Open a sample to see the whole way from a historical file to a signed dossier, or start a new study with
              your own data.
            </EmptyState>
          ) : (
            <StudyTable rows={rows} />
          )
        }
      </QueryGate>
      <NewStudyDrawer opened={params.get("new") === "study"} onClose={() => write({ new: null })} />
    </WorkspaceFrame>
  );
}
