"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ReasonModal } from "../../_components/form/reason-modal.tsx";
import { useStudy } from "../../_components/shell/study-context.tsx";
import { useTRPC } from "../../_lib/trpc.ts";

/** Freezes specification and model choice, with the time that the dossier prints against the first look at outcomes. */
export function LockPlanModal(props: { opened: boolean; onClose: () => void }) {
  const study = useStudy();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const lock = useMutation(
    trpc.study.lockPlan.mutationOptions({
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
      title="Freeze the plan"
      explanation="Records, with time and hash, that this specification stood before the enrolled outcomes were used. Later changes stay possible and are shown as changes after freezing."
      action="Freeze the plan"
      pending={lock.isPending}
      error={lock.error}
      onSubmit={(reason) => lock.mutate({ studyId: study.id, reason })}
    />
  );
}
