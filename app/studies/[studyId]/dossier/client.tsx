"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { EmptyState } from "../../../_components/feedback/empty-state.tsx";
import { PageHeader } from "../../../_components/feedback/page-header.tsx";
import { QueryGate } from "../../../_components/feedback/query-gate.tsx";
import { UnknownInAddress } from "../../../_components/feedback/unknown-in-address.tsx";
import { PermittedButton } from "../../../_components/form/permitted-button.tsx";
import { ReasonModal } from "../../../_components/form/reason-modal.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { useTRPC } from "../../../_lib/trpc.ts";
import { useUrlState } from "../../../_lib/url-state.ts";
import type { DossierVersion } from "./dossier-types.ts";
import { DossierVersionView } from "./dossier-version-view.tsx";
import { VersionTable } from "./version-table.tsx";

export function DossierPage() {
  const study = useStudy();
  const trpc = useTRPC();
  const { params, write } = useUrlState();
  const versions = useQuery(trpc.dossier.list.queryOptions({ studyId: study.id }));
  const build = (
    <PermittedButton needs="dossier.build" size="sm" onClick={() => write({ build: "yes" }, "push")}>
      Build {versions.data !== undefined && versions.data.length > 0 ? "a new version" : "the dossier"}
    </PermittedButton>
  );
  return (
    <>
      <PageHeader
        title="Dossier"
        lede="The whole study as one signed PDF, with the record behind it and a checklist of what a reviewer asks for."
        actions={build}
      />
      <QueryGate query={versions}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState title="No dossier yet" action={build}>
              The dossier needs both data sets, a frozen model, twins, a saved sizing and a finished simulation. It is
              built from the newest of each; the build says what is missing.
            </EmptyState>
          ) : (
            <Versions rows={rows} />
          )
        }
      </QueryGate>
      <BuildModal opened={params.get("build") === "yes"} onClose={() => write({ build: null })} />
    </>
  );
}

function Versions({ rows }: { rows: readonly DossierVersion[] }) {
  const { params, write } = useUrlState();
  const newestFirst = [...rows].sort((a, b) => b.version - a.version);
  const chosen =
    newestFirst.find((row) => row.id === params.get("version")) ??
    newestFirst.find((row) => row.status === "done") ??
    newestFirst[0]!;
  return (
    <>
      <UnknownInAddress
        what="a dossier"
        id={params.get("version")}
        known={rows.map(({ id }) => id)}
        instead={`Shown is version ${chosen.version}.`}
      />
      <VersionTable
        rows={newestFirst}
        chosenId={chosen.id}
        onChoose={(id) => write({ version: id, page: null }, "push")}
      />
      <DossierVersionView key={chosen.id} row={chosen} />
    </>
  );
}

function BuildModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const study = useStudy();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { write } = useUrlState();
  const build = useMutation(
    trpc.dossier.build.mutationOptions({
      onSuccess: async ({ dossierId }) => {
        await queryClient.invalidateQueries();
        write({ build: null, version: dossierId, page: null });
      },
    }),
  );
  return (
    <ReasonModal
      opened={opened}
      onClose={onClose}
      title="Build a dossier"
      explanation="A new version is made from the newest data sets, model, twins, sizing and simulation. Earlier versions stay as they are."
      action="Build the dossier"
      pending={build.isPending}
      error={build.error}
      onSubmit={(reason) => build.mutate({ studyId: study.id, reason })}
    />
  );
}
