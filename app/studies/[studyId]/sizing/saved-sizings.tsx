"use client";
import { Button, Modal, Stack, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { type FormEvent, useState } from "react";
import { formatCount, formatUtc } from "../../../../lib/reporting/format-number.ts";
import type { SizingSpec } from "../../../../lib/sizing/sizing-document.ts";
import { FailureNotice } from "../../../_components/feedback/failure-notice.tsx";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { QueryGate } from "../../../_components/feedback/query-gate.tsx";
import { PermittedButton } from "../../../_components/form/permitted-button.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { DataTable } from "../../../_components/table/data-table.tsx";
import { useTRPC } from "../../../_lib/trpc.ts";
import { useUrlState } from "../../../_lib/url-state.ts";
import { sizingFields } from "./sizing-inputs.ts";

/** Sizings kept by name; the newest is the one that overview and dossier quote. */
export function SavedSizings(props: { spec: SizingSpec; canSave: boolean }) {
  const study = useStudy();
  const trpc = useTRPC();
  const saved = useQuery(trpc.sizing.list.queryOptions({ studyId: study.id }));
  const { params, write } = useUrlState();
  return (
    <Section
      title="Saved sizings"
      note="The newest one is quoted by the overview and the dossier."
      side={
        <PermittedButton
          needs="design.write"
          disabled={!props.canSave}
          onClick={() => write({ save: "sizing" }, "push")}
        >
          Save this sizing
        </PermittedButton>
      }
    >
      <QueryGate query={saved}>
        {(rows) => (
          <DataTable
            caption="Saved sizings"
            captionHidden
            rows={rows}
            rowKey={(row) => row.id}
            empty="None is saved yet."
            columns={[
              {
                key: "name",
                title: "Name",
                render: (row) => <Link href={`/studies/${study.id}/sizing${queryOf(row.spec)}`}>{row.name}</Link>,
              },
              ...analysisColumns.map((analysis, index) => ({
                key: analysis.key,
                title: analysis.title,
                unit: "N total",
                align: "right" as const,
                render: (row: (typeof rows)[number]) => {
                  const total = row.result.rows[index]?.total;
                  return total === undefined ? "" : formatCount(total);
                },
              })),
              { key: "by", title: "Saved by", render: (row) => row.createdBy },
              { key: "at", title: "Saved", unit: "UTC", render: (row) => formatUtc(row.createdAt).replace(" UTC", "") },
            ]}
          />
        )}
      </QueryGate>
      <SaveModal spec={props.spec} opened={params.get("save") === "sizing"} onClose={() => write({ save: null })} />
    </Section>
  );
}

const analysisColumns = [
  { key: "unadjusted", title: "Unadjusted" },
  { key: "ancova", title: "ANCOVA" },
  { key: "twin", title: "ANCOVA + twin" },
] as const;

/** The inputs a person typed, as the address that shows them again. */
function queryOf(spec: SizingSpec): string {
  const typed = sizingFields.filter((field) => spec[field].source === "user");
  return typed.length === 0 ? "" : `?${new URLSearchParams(typed.map((field) => [field, String(spec[field].value)]))}`;
}

function SaveModal(props: { spec: SizingSpec; opened: boolean; onClose: () => void }) {
  const study = useStudy();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const save = useMutation(
    trpc.sizing.save.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries();
        notifications.show({ message: `Saved: ${name}` });
        props.onClose();
      },
    }),
  );
  function submit(event: FormEvent) {
    event.preventDefault();
    save.mutate({ studyId: study.id, name, spec: props.spec });
  }
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Save this sizing">
      <form onSubmit={submit}>
        <Stack gap="sm">
          {save.error !== null && <FailureNotice error={save.error} />}
          <TextInput
            label="Name"
            placeholder="90 % power, 2 : 1"
            withAsterisk
            data-autofocus
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" loading={save.isPending} disabled={name.trim() === ""}>
            Save the sizing
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
