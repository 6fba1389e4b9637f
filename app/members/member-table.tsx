"use client";
import { Button, Group, NativeSelect } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { formatUtc } from "../../lib/reporting/format-number.ts";
import { FailureNotice } from "../_components/feedback/failure-notice.tsx";
import { DataTable } from "../_components/table/data-table.tsx";
import { type RouterOutputs, useTRPC } from "../_lib/trpc.ts";
import type { IssuedPassword } from "./temporary-password.tsx";

type Member = RouterOutputs["members"]["list"][number];

export const roles: readonly Member["role"][] = ["sponsor", "statistician", "regulatory", "admin"];

export function MemberTable(props: { rows: readonly Member[]; onIssued: (issued: IssuedPassword) => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const me = useQuery(trpc.session.me.queryOptions());
  const refresh = () => queryClient.invalidateQueries();
  const setRole = useMutation(trpc.members.setRole.mutationOptions({ onSettled: refresh }));
  const revoke = useMutation(
    trpc.members.revokeSessions.mutationOptions({
      onSuccess: () => notifications.show({ message: "Signed out on every device." }),
    }),
  );
  const reset = useMutation(trpc.members.resetPassword.mutationOptions({ onSettled: refresh }));
  const failure = setRole.error ?? revoke.error ?? reset.error;

  async function issue(member: Member) {
    const { temporaryPassword } = await reset.mutateAsync({ userId: member.userId });
    props.onIssued({ person: member.name, password: temporaryPassword });
  }

  return (
    <>
      {failure !== null && <FailureNotice error={failure} />}
      <DataTable
        caption="Members of the workspace"
        captionHidden
        rows={props.rows}
        rowKey={(member) => member.userId}
        columns={[
          { key: "name", title: "Name", render: (member) => member.name },
          { key: "email", title: "E-mail", render: (member) => member.email },
          {
            key: "role",
            title: "Role",
            render: (member) => (
              <NativeSelect
                aria-label={`Role of ${member.name}`}
                value={member.role}
                disabled={member.userId === me.data?.userId}
                onChange={(event) =>
                  setRole.mutate({ userId: member.userId, role: event.currentTarget.value as Member["role"] })
                }
                data={[...roles]}
              />
            ),
          },
          { key: "password", title: "Password", render: (member) => (member.temporaryPassword ? "temporary" : "own") },
          {
            key: "since",
            title: "Member since",
            unit: "UTC",
            render: (member) => formatUtc(member.createdAt).replace(" UTC", ""),
          },
          {
            key: "actions",
            title: "Actions",
            render: (member) => (
              <Group gap="xs" wrap="nowrap">
                <Button
                  variant="default"
                  onClick={() => revoke.mutate({ userId: member.userId })}
                  aria-label={`Sign out everywhere: ${member.name}`}
                >
                  Sign out everywhere
                </Button>
                <Button
                  variant="default"
                  loading={reset.isPending && reset.variables.userId === member.userId}
                  onClick={() => void issue(member)}
                  aria-label={`New password for ${member.name}`}
                >
                  New password
                </Button>
              </Group>
            ),
          },
        ]}
      />
    </>
  );
}
