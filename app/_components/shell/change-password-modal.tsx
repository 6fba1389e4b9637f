"use client";
import { Modal } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "../../_lib/trpc.ts";
import { ChangePasswordForm } from "./change-password-form.tsx";

export function ChangePasswordModal(props: { opened: boolean; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const me = useQuery(trpc.session.me.queryOptions());

  async function onChanged() {
    notifications.show({ message: "Password changed. Every other session was ended." });
    props.onClose();
    await queryClient.invalidateQueries();
  }

  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Change password">
      <ChangePasswordForm
        email={me.data?.email ?? ""}
        currentLabel="Current password"
        action="Change password"
        onChanged={() => void onChanged()}
      />
    </Modal>
  );
}
