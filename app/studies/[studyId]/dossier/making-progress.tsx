"use client";
import { Progress } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { formatPercent } from "../../../../lib/reporting/format-number.ts";
import { useTRPC } from "../../../_lib/trpc.ts";

/** How far the files are that a lock or a signature makes anew; shown while the person waits. */
export function MakingProgress({ dossierId, what }: { dossierId: string; what: string }) {
  const trpc = useTRPC();
  const making = useQuery(trpc.dossier.making.queryOptions({ dossierId }, { staleTime: 0, refetchInterval: 500 }));
  const fraction = making.data?.fraction ?? 0;
  return (
    <div aria-busy="true" style={{ fontSize: "0.8125rem" }}>
      <Progress value={100 * fraction} size="sm" aria-label={`${what}: ${formatPercent(fraction, 0)}`} />
      <p role="status" style={{ margin: "0.35rem 0 0", color: "var(--ink-soft)" }}>
        {what}: {making.data?.message ?? "beginning"}. Nothing changes before it is complete.
      </p>
    </div>
  );
}
