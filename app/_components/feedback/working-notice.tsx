"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../_lib/trpc.ts";
import classes from "./feedback.module.css";
import { JobProgress } from "./job-progress.tsx";

/** A job where its result will stand: progress, message, cancel. */
export function WorkingNotice(props: { jobId: string }) {
  const trpc = useTRPC();
  const job = useQuery(
    trpc.job.get.queryOptions(
      { jobId: props.jobId },
      {
        staleTime: 0,
        refetchInterval: (query) =>
          query.state.data === undefined || query.state.data.finishedAt === null ? 500 : false,
      },
    ),
  );
  if (job.data === undefined) return null;
  return (
    <div className={classes.notice} data-tone="working" aria-busy="true">
      <JobProgress job={job.data} />
    </div>
  );
}
