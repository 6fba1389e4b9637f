"use client";
import { Anchor } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { calculationTitle } from "../../../../lib/calculation/calculation-methods.ts";
import type { CalculationSpec } from "../../../../lib/calculation/calculation-spec.ts";
import { formatUtc } from "../../../../lib/reporting/format-number.ts";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { QueryGate } from "../../../_components/feedback/query-gate.tsx";
import { PermittedButton } from "../../../_components/form/permitted-button.tsx";
import { SaveAsModal } from "../../../_components/form/save-as-modal.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import type { SpecRecord } from "../../../_components/spec-form/spec-node.ts";
import { DataTable } from "../../../_components/table/data-table.tsx";
import { useTRPC } from "../../../_lib/trpc.ts";
import { RemoveModal } from "../designs/remove-modal.tsx";

/** Calculations kept with the study; the dossier prints every one of them. */
export function SavedCalculations(props: { spec: CalculationSpec | null; onOpen: (spec: SpecRecord) => void }) {
  const study = useStudy();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const saved = useQuery(trpc.calculation.list.queryOptions({ studyId: study.id }));
  const [saving, setSaving] = useState(false);
  const [removing, setRemoving] = useState<{ id: string; name: string } | null>(null);
  const save = useMutation(
    trpc.calculation.save.mutationOptions({
      onSuccess: async (_, { name }) => {
        await queryClient.invalidateQueries();
        notifications.show({ message: `Saved: ${name}` });
        setSaving(false);
      },
    }),
  );
  const remove = useMutation(
    trpc.calculation.remove.mutationOptions({
      onSuccess: async () => {
        setRemoving(null);
        await queryClient.invalidateQueries();
      },
    }),
  );
  return (
    <Section
      title="Saved calculations"
      note="The dossier prints every saved calculation with its inputs and its R program."
      side={
        <PermittedButton needs="design.write" disabled={props.spec === null} onClick={() => setSaving(true)}>
          Save this calculation
        </PermittedButton>
      }
    >
      <QueryGate query={saved}>
        {(rows) => (
          <DataTable
            caption="Saved calculations"
            captionHidden
            rows={rows}
            rowKey={(row) => row.id}
            empty="None is saved yet."
            columns={[
              {
                key: "name",
                title: "Name",
                render: (row) => (
                  <Anchor
                    component="button"
                    type="button"
                    fz="inherit"
                    onClick={() => props.onOpen(row.spec as SpecRecord)}
                  >
                    {row.name}
                  </Anchor>
                ),
              },
              { key: "method", title: "Method", render: (row) => calculationTitle(row.spec) },
              { key: "answer", title: "Answer", render: (row) => row.report.answer },
              { key: "by", title: "Saved by", render: (row) => row.createdBy },
              { key: "at", title: "Saved", unit: "UTC", render: (row) => formatUtc(row.createdAt).replace(" UTC", "") },
              {
                key: "remove",
                title: <span className="sr-only">Remove</span>,
                render: (row) => (
                  <PermittedButton
                    needs="design.write"
                    variant="subtle"
                    size="compact-xs"
                    aria-label={`Remove ${row.name}`}
                    onClick={() => setRemoving({ id: row.id, name: row.name })}
                  >
                    Remove
                  </PermittedButton>
                ),
              },
            ]}
          />
        )}
      </QueryGate>
      <SaveAsModal
        what="calculation"
        placeholder="Two-sided bounds, three looks"
        longest={120}
        opened={saving && props.spec !== null}
        onClose={() => setSaving(false)}
        pending={save.isPending}
        error={save.error}
        onSave={(name) => props.spec !== null && save.mutate({ studyId: study.id, name, spec: props.spec })}
      />
      <RemoveModal
        opened={removing !== null}
        what={removing?.name ?? ""}
        pending={remove.isPending}
        error={remove.error}
        onClose={() => setRemoving(null)}
        onConfirm={() => removing !== null && remove.mutate({ studyId: study.id, id: removing.id })}
      />
    </Section>
  );
}
