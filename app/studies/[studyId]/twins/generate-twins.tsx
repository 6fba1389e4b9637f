"use client";
import { Button, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { EmptyState } from "../../../_components/feedback/empty-state.tsx";
import { FailureNotice } from "../../../_components/feedback/failure-notice.tsx";
import { PermittedButton } from "../../../_components/form/permitted-button.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { readFailure } from "../../../_lib/field-errors.ts";
import { useTRPC } from "../../../_lib/trpc.ts";

/** What is in use to generate twins with, and the button's work. */
export function useGenerateTwins() {
  const study = useStudy();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const models = useQuery(trpc.model.list.queryOptions({ studyId: study.id }));
  const datasets = useQuery(trpc.dataset.list.queryOptions({ studyId: study.id }));
  const mutation = useMutation(
    trpc.twins.generate.mutationOptions({ onSuccess: () => queryClient.invalidateQueries() }),
  );
  const model = models.data?.find((row) => row.current && row.status === "done");
  const dataset = datasets.data?.find((row) => row.current && row.role === "enrolled");
  return {
    known: models.data !== undefined && datasets.data !== undefined,
    model,
    dataset,
    ready: model !== undefined && dataset !== undefined,
    isPending: mutation.isPending,
    error: mutation.error,
    start(acknowledgedUnits?: string) {
      if (model === undefined || dataset === undefined) return;
      mutation.mutate({
        studyId: study.id,
        modelId: model.id,
        datasetId: dataset.id,
        ...(acknowledgedUnits === undefined ? {} : { acknowledgedUnits }),
      });
    },
  } as const;
}

type Generate = ReturnType<typeof useGenerateTwins>;

/** Why nothing was generated; where units are in doubt, also the way to say that they are right. */
export function GenerateFailure({ generate }: { generate: Generate }) {
  if (generate.error === null) return null;
  const unitsInDoubt = readFailure(generate.error).fields.acknowledgedUnits !== undefined;
  return (
    <>
      <FailureNotice error={generate.error} {...(unitsInDoubt ? { title: "Units in doubt" } : {})} />
      {unitsInDoubt && <AcknowledgeUnits generate={generate} />}
    </>
  );
}

function AcknowledgeUnits({ generate }: { generate: Generate }) {
  const [reason, setReason] = useState("");
  return (
    <div style={{ maxWidth: "44rem", margin: "0.75rem 0" }}>
      <Textarea
        label="Why these values are in the unit of the model"
        description="At least 10 characters; kept in the audit trail."
        autosize
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <PermittedButton
        needs="model.train"
        variant="default"
        mt="sm"
        loading={generate.isPending}
        disabled={reason.trim().length < 10}
        onClick={() => generate.start(reason.trim())}
      >
        Generate with these units
      </PermittedButton>
    </div>
  );
}

/** What is missing before twins can be made, or the button that makes them. */
export function NoTwinsYet({ generate }: { generate: Generate }) {
  const study = useStudy();
  if (!generate.known) return null;
  if (generate.model === undefined)
    return (
      <EmptyState
        title="No twins yet"
        action={
          <Button component={Link} href={`/studies/${study.id}/model`} size="sm">
            Go to the model
          </Button>
        }
      >
        Twins are predictions of a frozen progression model. Train one first.
      </EmptyState>
    );
  if (generate.dataset === undefined)
    return (
      <EmptyState
        title="No enrolled patients yet"
        action={
          <PermittedButton needs="data.import" href={`/studies/${study.id}/data/import`} size="sm">
            Import enrolled patients
          </PermittedButton>
        }
      >
        Twins are made for the patients of the enrolled trial. Import its data set first.
      </EmptyState>
    );
  return (
    <EmptyState
      title="No twins yet"
      action={
        <PermittedButton needs="model.train" size="sm" loading={generate.isPending} onClick={() => generate.start()}>
          Generate twins for {generate.dataset.patients} patients
        </PermittedButton>
      }
    >
      For every enrolled patient the frozen model predicts the course expected under control from baseline values only.
    </EmptyState>
  );
}
