"use client";
import { useQuery } from "@tanstack/react-query";
import { Section } from "../_components/feedback/page-header.tsx";
import { QueryGate } from "../_components/feedback/query-gate.tsx";
import { DataTable } from "../_components/table/data-table.tsx";
import { useTRPC } from "../_lib/trpc.ts";

/** What each role may do, as the server decides it. */
export function RoleTable() {
  const trpc = useTRPC();
  const roles = useQuery(trpc.members.roles.queryOptions());
  return (
    <Section title="What each role may do" note="Every member reads everything in the workspace; a role adds to that.">
      <QueryGate query={roles}>
        {(rows) => (
          <DataTable
            caption="What each role may do"
            captionHidden
            rows={rows}
            rowKey={({ role }) => role}
            columns={[
              { key: "role", title: "Role", width: "8rem", render: ({ role }) => role },
              { key: "may", title: "May", render: ({ may }) => <span className="wide-text">{may.join(" · ")}</span> },
            ]}
          />
        )}
      </QueryGate>
    </Section>
  );
}
