"use client";
import { useQuery } from "@tanstack/react-query";
import { formatCount } from "../../../../lib/reporting/format-number.ts";
import { Notice } from "../../../_components/feedback/notice.tsx";
import { QueryGate } from "../../../_components/feedback/query-gate.tsx";
import { useTRPC } from "../../../_lib/trpc.ts";

/** Whether every event still hashes to what its successor says. */
export function ChainState() {
  const trpc = useTRPC();
  const chain = useQuery(trpc.audit.verify.queryOptions(undefined, { staleTime: 0 }));
  return (
    <QueryGate query={chain}>
      {(answer) =>
        answer.ok ? (
          <Notice tone="information" title={`Chain verified up to event ${formatCount(answer.head.sequence)}`}>
            <p>
              {formatCount(answer.events)} events of the workspace; head{" "}
              <span className="hash">{answer.head.hash}</span>. The head is printed in every dossier, so that a cut-off
              tail is noticed.
            </p>
          </Notice>
        ) : (
          <Notice tone="failure" title="The chain is broken">
            {answer.firstBroken === null
              ? "The stored head does not belong to the stored events."
              : `First at event ${answer.firstBroken.sequence}: ${answer.firstBroken.problem}`}
          </Notice>
        )
      }
    </QueryGate>
  );
}
