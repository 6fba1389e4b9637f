"use client";
import { useQuery } from "@tanstack/react-query";
import { formatDuration } from "../../../../lib/reporting/format-duration.ts";
import { estimatedSeconds, type RunSize } from "../../../../lib/simulation/run-duration.ts";
import { type RouterOutputs, useTRPC } from "../../../_lib/trpc.ts";

/** How long a run will take, from the pace of the newest finished one. */
export function TimeEstimate(props: {
  runs: readonly RouterOutputs["simulation"]["list"][number][];
  planned: RunSize;
}) {
  const trpc = useTRPC();
  const earlier = [...props.runs]
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
    .find((run) => run.status === "done");
  const job = useQuery(
    trpc.job.get.queryOptions({ jobId: earlier?.jobId ?? "" }, { enabled: earlier !== undefined, staleTime: 60_000 }),
  );
  const times = job.data;
  const seconds =
    earlier === undefined || times === undefined || times.startedAt === null || times.finishedAt === null
      ? null
      : estimatedSeconds(props.planned, { ...earlier, startedAt: times.startedAt, finishedAt: times.finishedAt });
  return (
    <p style={{ margin: 0, fontSize: "0.8125rem", lineHeight: 1.5, color: "var(--ink-soft)" }} role="status">
      {seconds === null || !Number.isFinite(seconds)
        ? "No finished run to estimate the time from; the time left shows once two per cent are done."
        : `Estimated time: ${formatDuration(seconds)}, at the pace of the last finished run.`}{" "}
      You can leave the page while it runs, and cancel it at any time.
    </p>
  );
}
