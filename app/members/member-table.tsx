"use client";
import { Button, Group, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { formatUtc } from "../../lib/reporting/format-number.ts";
import { DataTable } from "../_components/table/data-table.tsx";
import { type RouterOutputs, useTRPC } from "../_lib/trpc.ts";
import { useRefusal } from "../_lib/use-refusal.ts";
import type { MemberChange } from "./member-change.tsx";

type Member = RouterOutputs["members"]["list"][number];

export const roles: readonly Member["role"][] = ["sponsor", "statistician", "regulatory", "admin"];

/** Everybody of the workspace; who may manage members finds the ways to do so in the same rows, for others than themselves. */
export function MemberTable(props: { rows: readonly Member[]; onChange: (change: MemberChange) => void }) {
  const trpc = useTRPC();
  const me = useQuery(trpc.session.me.queryOptions());
  const manages = useRefusal("members.manage") === null && me.data !== undefined;
  const canChange = (member: Member) => manages && member.userId !== me.data?.userId;
  return (
    <DataTable
      caption="Members of the workspace"
      captionHidden
      rows={props.rows}
      rowKey={(member) => member.userId}
      columns={[
        {
          key: "name",
          title: "Name",
          render: (member) => (member.userId === me.data?.userId ? `${member.name} (you)` : member.name),
        },
        { key: "email", title: "E-mail", render: (member) => member.email },
        {
          key: "role",
          title: "Role",
          render: (member) =>
            canChange(member) ? (
              <NativeSelect
                aria-label={`Role of ${member.name}`}
                value={member.role}
                onChange={(event) =>
                  props.onChange({ kind: "role", member, role: event.currentTarget.value as Member["role"] })
                }
                data={[...roles]}
              />
            ) : (
              member.role
            ),
        },
        {
          key: "password",
          title: "Password",
          render: (member) => (member.temporaryPassword ? "given, not replaced yet" : "own"),
        },
        {
          key: "since",
          title: "Member since",
          unit: "UTC",
          render: (member) => <span className="one-line">{formatUtc(member.createdAt).replace(" UTC", "")}</span>,
        },
        ...(manages
          ? [
              {
                key: "actions",
                title: "Actions",
                render: (member: Member) =>
                  canChange(member) ? (
                    <Group gap="xs" wrap="nowrap">
                      <Button
                        variant="default"
                        onClick={() => props.onChange({ kind: "sign-out", member })}
                        aria-label={`Sign out everywhere: ${member.name}`}
                      >
                        Sign out everywhere
                      </Button>
                      <Button
                        variant="default"
                        onClick={() => props.onChange({ kind: "password", member })}
                        aria-label={`New password for ${member.name}`}
                      >
                        New password
                      </Button>
                    </Group>
                  ) : (
                    "yours: in the account menu"
                  ),
              },
            ]
          : []),
      ]}
    />
  );
}
