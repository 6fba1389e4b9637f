"use client";
import { Button, PasswordInput, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { signIn } from "next-auth/react";
import { readFailure } from "../../_lib/field-errors.ts";
import { renewSession } from "../../_lib/session-renewal.ts";
import { useTRPCClient } from "../../_lib/trpc.ts";
import { FailureNotice } from "../feedback/failure-notice.tsx";

interface ChangePasswordFormProps {
  readonly email: string;
  readonly currentLabel: string;
  readonly action: string;
  readonly onChanged: () => void;
}

/** Replaces the password of the signed-in person and signs them in again with the new one. */
export function ChangePasswordForm(props: ChangePasswordFormProps) {
  const client = useTRPCClient();
  const form = useForm({
    initialValues: { current: "", next: "", again: "" },
    validate: {
      current: (value) => (value === "" ? "Type the password you use now" : null),
      next: (value, values) =>
        value.length < 12
          ? "At least 12 characters"
          : value === values.current
            ? "Must differ from the present one"
            : null,
      again: (value, values) => (value === values.next ? null : "Does not match the new password"),
    },
  });
  const change = useMutation({
    // The change ends every session, this one too: the new password opens it again.
    mutationFn: (passwords: { current: string; next: string }) =>
      renewSession(async () => {
        await client.session.changePassword.mutate(passwords);
        await signIn("credentials", { email: props.email, password: passwords.next, redirect: false });
      }),
    onSuccess: props.onChanged,
    onError: (error) => form.setErrors({ ...readFailure(error).fields }),
  });
  return (
    <form onSubmit={form.onSubmit(({ current, next }) => change.mutate({ current, next }))} noValidate>
      <Stack gap="sm">
        {change.error !== null && <FailureNotice error={change.error} />}
        <PasswordInput
          label={props.currentLabel}
          autoComplete="current-password"
          withAsterisk
          {...form.getInputProps("current")}
        />
        <PasswordInput
          label="New password"
          description="At least 12 characters, not the present one"
          autoComplete="new-password"
          withAsterisk
          {...form.getInputProps("next")}
        />
        <PasswordInput
          label="New password again"
          autoComplete="new-password"
          withAsterisk
          {...form.getInputProps("again")}
        />
        <Button type="submit" loading={change.isPending}>
          {props.action}
        </Button>
      </Stack>
    </form>
  );
}
