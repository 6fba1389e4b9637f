"use client";
import { Button, Modal, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { FailureNotice } from "../_components/feedback/failure-notice.tsx";
import { readFailure } from "../_lib/field-errors.ts";
import { type RouterInputs, useTRPC } from "../_lib/trpc.ts";
import { roles } from "./member-table.tsx";
import type { IssuedPassword } from "./temporary-password.tsx";

interface AddMemberModalProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onIssued: (issued: IssuedPassword) => void;
}

export function AddMemberModal(props: AddMemberModalProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const form = useForm<RouterInputs["members"]["add"]>({
    initialValues: { name: "", email: "", role: "statistician" },
    validate: {
      name: (value) => (value.trim() === "" ? "Required" : null),
      email: (value) => (/^\S+@\S+\.\S+$/.test(value) ? null : "An e-mail address, e.g. ada@example.org"),
    },
  });
  const abilities = useQuery(trpc.members.roles.queryOptions());
  const may = abilities.data?.find(({ role }) => role === form.values.role)?.may.join(", ") ?? "…";
  const add = useMutation(
    trpc.members.add.mutationOptions({
      onSuccess: async ({ temporaryPassword }, { name }) => {
        await queryClient.invalidateQueries();
        props.onIssued({ person: name, password: temporaryPassword });
        form.reset();
        props.onClose();
      },
      onError: (error) => form.setErrors({ ...readFailure(error).fields }),
    }),
  );
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Add a member">
      <form onSubmit={form.onSubmit((values) => add.mutate(values))} noValidate>
        <Stack gap="sm">
          {add.error !== null && <FailureNotice error={add.error} />}
          <TextInput
            label="Name"
            description="Printed under signatures"
            withAsterisk
            data-autofocus
            {...form.getInputProps("name")}
          />
          <TextInput label="E-mail" type="email" withAsterisk {...form.getInputProps("email")} />
          <NativeSelect
            label="Role"
            description={`May read everything and ${may}`}
            inputWrapperOrder={["label", "input", "description"]}
            data={[...roles]}
            {...form.getInputProps("role")}
          />
          <Button type="submit" loading={add.isPending}>
            Add the member
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
