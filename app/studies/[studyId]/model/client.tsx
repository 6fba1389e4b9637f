"use client";
import { Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { EmptyState } from "../../../_components/feedback/empty-state.tsx";
import { Notice } from "../../../_components/feedback/notice.tsx";
import { PageHeader } from "../../../_components/feedback/page-header.tsx";
import { QueryGate } from "../../../_components/feedback/query-gate.tsx";
import { UnknownInAddress } from "../../../_components/feedback/unknown-in-address.tsx";
import { WorkingNotice } from "../../../_components/feedback/working-notice.tsx";
import { ChoiceBar } from "../../../_components/form/choice-bar.tsx";
import { PermittedButton } from "../../../_components/form/permitted-button.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { type RouterOutputs, useTRPC } from "../../../_lib/trpc.ts";
import { useUrlState } from "../../../_lib/url-state.ts";
import { BringInDrawer } from "./bring-in-drawer.tsx";
import { ModelView } from "./model-view.tsx";
import { TrainDrawer } from "./train-drawer.tsx";

type ModelRow = RouterOutputs["model"]["list"][number];

export function ModelPage() {
  const study = useStudy();
  const trpc = useTRPC();
  const { params, write } = useUrlState();
  const models = useQuery(trpc.model.list.queryOptions({ studyId: study.id }));
  const train = (
    <Group gap="xs">
      <PermittedButton needs="model.train" size="sm" variant="default" onClick={() => write({ bring: "yes" }, "push")}>
        Bring in a federated model
      </PermittedButton>
      <PermittedButton needs="model.train" size="sm" onClick={() => write({ train: "yes" }, "push")}>
        Train a model
      </PermittedButton>
    </Group>
  );
  return (
    <>
      <PageHeader
        title="Model"
        lede="A progression model learns from historical controls how patients fare; out of fold it shows what it adds to ordinary adjustment."
        actions={train}
      />
      <QueryGate query={models}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState title="No model yet" action={train}>
              The model is trained on the historical control patients of the data set in use, and frozen when it is
              done.
            </EmptyState>
          ) : (
            <Models rows={rows} wanted={params.get("model")} onChoose={(id) => write({ model: id })} />
          )
        }
      </QueryGate>
      <BringInDrawer opened={params.get("bring") === "yes"} onClose={() => write({ bring: null })} />
      <TrainDrawer opened={params.get("train") === "yes"} onClose={() => write({ train: null })} />
    </>
  );
}

function Models(props: { rows: readonly ModelRow[]; wanted: string | null; onChoose: (id: string) => void }) {
  const { rows } = props;
  const newest = [...rows].sort((a, b) => b.version - a.version)[0]!;
  const active = rows.filter((row) => row.status === "queued" || row.status === "running");
  const chosen = rows.find((row) => row.id === props.wanted) ?? rows.find((row) => row.current) ?? newest;
  return (
    <>
      <UnknownInAddress
        what="a model"
        id={props.wanted}
        known={rows.map(({ id }) => id)}
        instead={`Shown is version ${chosen.version}.`}
      />
      {active.map((row) => (
        <WorkingNotice key={row.id} jobId={row.jobId} />
      ))}
      {rows.length > 1 && (
        <ChoiceBar
          label="Version"
          value={chosen.id}
          onChange={props.onChoose}
          choices={rows.map((row) => ({ value: row.id, label: versionLabel(row) }))}
        />
      )}
      {chosen.outOfDate !== null && (
        <Notice tone="warning" title="Out of date">
          {chosen.outOfDate}
        </Notice>
      )}
      <Chosen row={chosen} />
    </>
  );
}

function versionLabel(row: ModelRow): string {
  if (row.status === "done") return `${row.version}${row.current ? " (in use)" : ""}`;
  return `${row.version} (${row.status})`;
}

function Chosen({ row }: { row: ModelRow }) {
  const trpc = useTRPC();
  const model = useQuery(
    trpc.model.get.queryOptions({ modelId: row.id }, { enabled: row.status === "done", staleTime: 60_000 }),
  );
  if (row.status === "failed" || row.status === "cancelled") return <EndedWithout row={row} />;
  if (row.status !== "done") return null;
  return (
    <QueryGate query={model}>
      {(detail) => (detail.document === null ? null : <ModelView model={detail.document} row={detail} />)}
    </QueryGate>
  );
}

function EndedWithout({ row }: { row: ModelRow }) {
  const trpc = useTRPC();
  const job = useQuery(trpc.job.get.queryOptions({ jobId: row.jobId }));
  return row.status === "cancelled" ? (
    <Notice tone="information">
      The training was cancelled; nothing was kept of it. Train again when you are ready.
    </Notice>
  ) : (
    <Notice tone="failure" title="The training failed">
      {job.data?.error ?? "The reason could not be read; see the audit trail."}
    </Notice>
  );
}
