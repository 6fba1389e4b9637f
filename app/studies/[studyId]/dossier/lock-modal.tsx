"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ReasonModal } from "../../../_components/form/reason-modal.tsx";
import { useTRPC } from "../../../_lib/trpc.ts";
import { countPoints } from "./checklist-groups.ts";
import type { Dossier } from "./dossier-types.ts";

/** Closes a draft: the final record is made with the answers given and the audit trail up to now. */
export function LockModal(props: { dossier: Dossier; opened: boolean; onClose: () => void }) {
  const { dossier } = props;
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { open, fail } = countPoints(dossier.checklist);
  const left =
    open + fail === 0 ? "" : ` ${open} points are still open and ${fail} fail; they will stand in the record as such.`;
  const lock = useMutation(
    trpc.dossier.lock.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries();
        props.onClose();
      },
    }),
  );
  return (
    <ReasonModal
      opened={props.opened}
      onClose={props.onClose}
      title={`Lock version ${dossier.version}`}
      explanation={`The final record is made with the answers given so far and the audit trail up to now; after that only signatures are added.${left}`}
      action="Lock"
      pending={lock.isPending}
      error={lock.error}
      onSubmit={(reason) => lock.mutate({ dossierId: dossier.id, reason })}
    />
  );
}
