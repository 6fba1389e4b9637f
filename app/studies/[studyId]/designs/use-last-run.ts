"use client";
import { useQuery } from "@tanstack/react-query";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { useTRPC } from "../../../_lib/trpc.ts";

/** The newest finished simulation of the study, with its result; null when there is none. */
export function useLastRun() {
  const study = useStudy();
  const trpc = useTRPC();
  const runs = useQuery(trpc.simulation.list.queryOptions({ studyId: study.id }));
  const current = runs.data?.find((run) => run.current && run.status === "done");
  const run = useQuery(
    trpc.simulation.get.queryOptions(
      { runId: current?.id ?? "" },
      { enabled: current !== undefined, staleTime: 60_000 },
    ),
  );
  return {
    /** False until it is known whether there is a run. */
    known: runs.data !== undefined && (current === undefined || run.data !== undefined),
    error: runs.error ?? run.error,
    run: run.data ?? null,
  } as const;
}
