"use client";
import { useQuery } from "@tanstack/react-query";
import { Section } from "../_components/feedback/page-header.tsx";
import { QueryGate } from "../_components/feedback/query-gate.tsx";
import { Facts } from "../_components/table/facts.tsx";
import { useTRPC } from "../_lib/trpc.ts";

/** What each role may do, as the server decides it. */
export function RoleTable() {
  const trpc = useTRPC();
  const roles = useQuery(trpc.members.roles.queryOptions());
  return (
    <Section title="What each role may do" note="Every member reads everything in the workspace; a role adds to that.">
      <QueryGate query={roles}>
        {(rows) => <Facts items={rows.map(({ role, may }) => [role, may.join(" · ")])} />}
      </QueryGate>
    </Section>
  );
}
