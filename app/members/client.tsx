"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { PageHeader } from "../_components/feedback/page-header.tsx";
import { QueryGate } from "../_components/feedback/query-gate.tsx";
import { PermittedButton } from "../_components/form/permitted-button.tsx";
import { WorkspaceFrame } from "../_components/shell/workspace-frame.tsx";
import { useTRPC } from "../_lib/trpc.ts";
import { useUrlState } from "../_lib/url-state.ts";
import { AddMemberModal } from "./add-member-modal.tsx";
import { type MemberChange, MemberChangeModal } from "./member-change.tsx";
import { MemberTable } from "./member-table.tsx";
import { RoleTable } from "./role-table.tsx";
import { type IssuedPassword, TemporaryPassword } from "./temporary-password.tsx";

export function MembersPage() {
  const trpc = useTRPC();
  const { params, write } = useUrlState();
  const members = useQuery(trpc.members.list.queryOptions());
  const [issued, setIssued] = useState<IssuedPassword | null>(null);
  const [change, setChange] = useState<MemberChange | null>(null);
  return (
    <WorkspaceFrame title="Members">
      <PageHeader
        title="Members"
        lede="People of this workspace and what they may do. A role changes what a person can do, never what the numbers say."
        actions={
          <PermittedButton needs="members.manage" size="sm" onClick={() => write({ add: "member" }, "push")}>
            Add a member
          </PermittedButton>
        }
      />
      {issued !== null && <TemporaryPassword issued={issued} onDone={() => setIssued(null)} />}
      <QueryGate query={members}>
        {(rows) => (
          <>
            <MemberTable rows={rows} onChange={setChange} />
            {rows.length === 1 && (
              <p className="what-next">
                You are the only member. Add the people who read, plan, check and sign: a dossier names the role that
                must answer each open point.
              </p>
            )}
          </>
        )}
      </QueryGate>
      <RoleTable />
      {change !== null && <MemberChangeModal change={change} onClose={() => setChange(null)} onIssued={setIssued} />}
      <AddMemberModal
        opened={params.get("add") === "member"}
        onClose={() => write({ add: null })}
        onIssued={setIssued}
      />
    </WorkspaceFrame>
  );
}
