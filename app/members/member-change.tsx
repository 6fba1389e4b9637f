"use client";
import { Button, Group, Modal, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FailureNotice } from "../_components/feedback/failure-notice.tsx";
import { type RouterOutputs, useTRPCClient } from "../_lib/trpc.ts";
import type { IssuedPassword } from "./temporary-password.tsx";

type Member = RouterOutputs["members"]["list"][number];

/** What an administrator is about to do to somebody. */
export type MemberChange =
  | { readonly kind: "role"; readonly member: Member; readonly role: Member["role"] }
  | { readonly kind: "password"; readonly member: Member }
  | { readonly kind: "sign-out"; readonly member: Member };

interface MemberChangeModalProps {
  readonly change: MemberChange;
  readonly onClose: () => void;
  readonly onIssued: (issued: IssuedPassword) => void;
}

/** Says what will happen to the person before it does. */
export function MemberChangeModal({ change, onClose, onIssued }: MemberChangeModalProps) {
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { member } = change;
  const { userId } = member;
  const { title, consequence, action } = wordsFor(change);
  const act = useMutation({
    mutationFn: async () => {
      switch (change.kind) {
        case "role":
          await client.members.setRole.mutate({ userId, role: change.role });
          return notifications.show({ message: `${member.name} is now ${change.role}.` });
        case "sign-out":
          await client.members.revokeSessions.mutate({ userId });
          return notifications.show({ message: `${member.name} was signed out on every device.` });
        case "password": {
          const { temporaryPassword } = await client.members.resetPassword.mutate({ userId });
          return onIssued({ person: member.name, password: temporaryPassword });
        }
      }
    },
    onSuccess: async () => {
      await queryClient.invalidateQueries();
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={title}>
      <Stack gap="sm">
        <p style={{ margin: 0, fontSize: "0.875rem", lineHeight: 1.5 }}>{consequence}</p>
        {act.error !== null && <FailureNotice error={act.error} />}
        <Group gap="xs">
          <Button loading={act.isPending} onClick={() => act.mutate()} data-autofocus>
            {action}
          </Button>
          <Button variant="default" onClick={onClose}>
            Leave it as it is
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function wordsFor(change: MemberChange): { title: string; consequence: string; action: string } {
  const { name, role } = change.member;
  switch (change.kind) {
    case "role":
      return {
        title: `Role of ${name}`,
        consequence: `${name} is ${role} and becomes ${change.role}, from the next request on. What was done and signed before keeps the role of its time.`,
        action: `Make ${name} ${change.role}`,
      };
    case "sign-out":
      return {
        title: `Sign out ${name}`,
        consequence: `Every session of ${name} ends now, on every device. The password stays, so ${name} can sign in again.`,
        action: "Sign out everywhere",
      };
    case "password":
      return {
        title: `New password for ${name}`,
        consequence: `The present password of ${name} stops working and every session ends. The new one is shown once, here; ${name} must replace it before anything else.`,
        action: "Make a new password",
      };
  }
}
