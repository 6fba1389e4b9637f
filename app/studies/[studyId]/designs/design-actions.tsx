"use client";
import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { IconColumns2, IconDots, IconPin, IconPinFilled } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { TrialDesign } from "../../../../lib/simulation/simulation-document.ts";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { freshName, freshSlug } from "../../../_lib/fresh-id.ts";
import { useTRPC } from "../../../_lib/trpc.ts";
import { useUrlState } from "../../../_lib/url-state.ts";
import { useRefusal } from "../../../_lib/use-refusal.ts";
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
  const refusal = useRefusal("design.write");
  const pinned = params.get("reference") === design.id;
  const compared = [params.get("left"), params.get("right")].filter((id) => id !== null);

  const isCompared = compared.includes(design.id);

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
      <Tooltip label="Compare side by side: choose two">
        <ActionIcon
          variant={isCompared ? "filled" : "default"}
          aria-pressed={isCompared}
          aria-label={`Compare ${design.name} side by side`}
          onClick={() => compare(!isCompared)}
        >
          <IconColumns2 size={15} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Menu position="bottom-start" withinPortal>
        <Menu.Target>
          <ActionIcon variant="default" aria-label={`More for ${design.name}`} loading={save.isPending}>
            <IconDots size={15} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => write({ edit: design.id }, "push")}>
            {refusal === null ? "Edit" : "Look at it"}
          </Menu.Item>
          <Menu.Item onClick={duplicate} disabled={refusal !== null}>
            Duplicate
          </Menu.Item>
          <Menu.Item onClick={() => write({ remove: design.id }, "push")} disabled={refusal !== null}>
            Remove
          </Menu.Item>
          {refusal !== null && <Menu.Label maw={240}>{refusal}</Menu.Label>}
        </Menu.Dropdown>
      </Menu>
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
