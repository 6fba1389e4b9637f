"use client";
import { useQuery } from "@tanstack/react-query";
import { formatDuration } from "../../../../lib/reporting/format-duration.ts";
import { remainingSeconds } from "../../../../lib/simulation/run-duration.ts";
import { useTRPC } from "../../../_lib/trpc.ts";

/** Time left of a running job, once enough of it is done to tell. */
export function TimeLeft({ jobId }: { jobId: string }) {
  const trpc = useTRPC();
  const job = useQuery(trpc.job.get.queryOptions({ jobId }));
  const { data, dataUpdatedAt } = job;
  if (data === undefined || data.status !== "running" || data.startedAt === null) return null;
  const seconds = remainingSeconds(data.progress, data.startedAt, new Date(dataUpdatedAt).toISOString());
  return (
    <p style={{ margin: "-0.4rem 0 0.75rem", fontSize: "0.8125rem", color: "var(--ink-soft)" }}>
      {seconds === null ? "Time left: too early to tell." : `Time left: ${formatDuration(seconds)}.`} Finished cells
      stand below already.
    </p>
  );
}
