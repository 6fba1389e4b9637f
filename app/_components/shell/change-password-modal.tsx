"use client";
import { Button, Modal, PasswordInput, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { signIn } from "next-auth/react";
import { renewSession } from "../../_lib/session-renewal.ts";
import { useTRPC, useTRPCClient } from "../../_lib/trpc.ts";
import { FailureNotice } from "../feedback/failure-notice.tsx";

export function ChangePasswordModal(props: { opened: boolean; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const me = useQuery(trpc.session.me.queryOptions());
  const form = useForm({
    initialValues: { current: "", next: "", again: "" },
    validate: {
      current: (value) => (value === "" ? "Type the password you use now" : null),
      next: (value) => (value.length < 12 ? "At least 12 characters" : null),
      again: (value, values) => (value === values.next ? null : "Does not match the new password"),
    },
  });
  const client = useTRPCClient();
  const change = useMutation({
    // The change ends every session, this one too: the new password opens it again.
    mutationFn: (passwords: { current: string; next: string }) =>
      renewSession(async () => {
        await client.session.changePassword.mutate(passwords);
        await signIn("credentials", { email: me.data?.email ?? "", password: passwords.next, redirect: false });
      }),
    onSuccess: async () => {
      notifications.show({ message: "Password changed. Every other session was ended." });
      close();
      await queryClient.invalidateQueries();
    },
  });

  function close() {
    form.reset();
    change.reset();
    props.onClose();
  }

  return (
    <Modal opened={props.opened} onClose={close} title="Change password">
      <form onSubmit={form.onSubmit(({ current, next }) => change.mutate({ current, next }))}>
        <Stack gap="sm">
          {change.error !== null && <FailureNotice error={change.error} />}
          <PasswordInput label="Current password" autoComplete="current-password" {...form.getInputProps("current")} />
          <PasswordInput
            label="New password"
            description="At least 12 characters"
            autoComplete="new-password"
            {...form.getInputProps("next")}
          />
          <PasswordInput label="New password again" autoComplete="new-password" {...form.getInputProps("again")} />
          <Button type="submit" loading={change.isPending}>
            Change password
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
