"use client";
import { ActionIcon, Checkbox, Tooltip } from "@mantine/core";
import { IconCopy, IconPencil, IconPin, IconPinFilled, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { TrialDesign } from "../../../../lib/simulation/simulation-document.ts";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { useTRPC } from "../../../_lib/trpc.ts";
import { useUrlState } from "../../../_lib/url-state.ts";
import { freshName, freshSlug } from "./fresh-id.ts";
import { RemoveModal } from "./remove-modal.tsx";

/** Pin as reference, choose for comparison, edit, duplicate, remove. */
export function DesignActions({ design, designs }: { design: TrialDesign; designs: readonly TrialDesign[] }) {
  const study = useStudy();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { params, write } = useUrlState();
  const settled = { onSuccess: () => queryClient.invalidateQueries() };
  const save = useMutation(trpc.design.save.mutationOptions(settled));
  const remove = useMutation(trpc.design.remove.mutationOptions(settled));
  const pinned = params.get("reference") === design.id;
  const compared = [params.get("left"), params.get("right")].filter((id) => id !== null);

  function duplicate() {
    const copy = { ...design, name: freshName(design.name, designs), id: freshSlug(design.name, designs) };
    save.mutate({ studyId: study.id, design: copy }, { onSuccess: () => write({ edit: copy.id }, "push") });
  }

  function compare(wanted: boolean) {
    const others = compared.filter((id) => id !== design.id);
    const [left, right] = wanted ? [...others, design.id].slice(-2) : others;
    write({ left: left ?? null, right: right ?? null });
  }

  return (
    <div style={{ display: "flex", gap: "0.3rem", alignItems: "center" }}>
      <Tooltip label={pinned ? "No longer the reference" : "Pin as reference: the other rows show differences to it"}>
        <ActionIcon
          variant={pinned ? "filled" : "default"}
          aria-pressed={pinned}
          aria-label={`Pin ${design.name} as reference`}
          onClick={() => write({ reference: pinned ? null : design.id })}
        >
          {pinned ? <IconPinFilled size={15} aria-hidden /> : <IconPin size={15} aria-hidden />}
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Edit">
        <ActionIcon
          variant="default"
          aria-label={`Edit ${design.name}`}
          onClick={() => write({ edit: design.id }, "push")}
        >
          <IconPencil size={15} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Duplicate">
        <ActionIcon
          variant="default"
          aria-label={`Duplicate ${design.name}`}
          loading={save.isPending}
          onClick={duplicate}
        >
          <IconCopy size={15} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Remove">
        <ActionIcon
          variant="default"
          aria-label={`Remove ${design.name}`}
          onClick={() => write({ remove: design.id }, "push")}
        >
          <IconTrash size={15} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Checkbox
        label="compare"
        aria-label={`Compare ${design.name} side by side`}
        checked={compared.includes(design.id)}
        onChange={(event) => compare(event.currentTarget.checked)}
      />
      <RemoveModal
        opened={params.get("remove") === design.id}
        what={`the design "${design.name}"`}
        pending={remove.isPending}
        error={remove.error ?? save.error}
        onClose={() => write({ remove: null })}
        onConfirm={() =>
          remove.mutate({ studyId: study.id, designId: design.id }, { onSuccess: () => write({ remove: null }) })
        }
      />
    </div>
  );
}
