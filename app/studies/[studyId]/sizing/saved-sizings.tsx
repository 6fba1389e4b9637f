"use client";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { formatCount, formatUtc } from "../../../../lib/reporting/format-number.ts";
import type { SizingSpec } from "../../../../lib/sizing/sizing-document.ts";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { QueryGate } from "../../../_components/feedback/query-gate.tsx";
import { PermittedButton } from "../../../_components/form/permitted-button.tsx";
import { SaveAsModal } from "../../../_components/form/save-as-modal.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { DataTable } from "../../../_components/table/data-table.tsx";
import { useTRPC } from "../../../_lib/trpc.ts";
import { useUrlState } from "../../../_lib/url-state.ts";
import { addressOf } from "./sizing-inputs.ts";

/** Sizings kept by name; the newest is the one that overview and dossier quote. */
export function SavedSizings(props: { spec: SizingSpec; canSave: boolean }) {
  const study = useStudy();
  const trpc = useTRPC();
  const saved = useQuery(trpc.sizing.list.queryOptions({ studyId: study.id }));
  const { params, write } = useUrlState();
  const queryClient = useQueryClient();
  const save = useMutation(
    trpc.sizing.save.mutationOptions({
      onSuccess: async (_, { name }) => {
        await queryClient.invalidateQueries();
        notifications.show({ message: `Saved: ${name}` });
        write({ save: null });
      },
    }),
  );
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
                render: (row) => <Link href={`/studies/${study.id}/sizing${addressOf(row.spec)}`}>{row.name}</Link>,
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
      <SaveAsModal
        what="sizing"
        placeholder="90 % power, 2 : 1"
        longest={80}
        opened={params.get("save") === "sizing"}
        onClose={() => write({ save: null })}
        pending={save.isPending}
        error={save.error}
        onSave={(name) => save.mutate({ studyId: study.id, name, spec: props.spec })}
      />
    </Section>
  );
}

const analysisColumns = [
  { key: "unadjusted", title: "Unadjusted" },
  { key: "ancova", title: "ANCOVA" },
  { key: "twin", title: "ANCOVA + twin" },
] as const;
