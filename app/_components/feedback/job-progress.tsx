"use client";
import { Button, Progress } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { formatPercent } from "../../../lib/reporting/format-number.ts";
import { jobTitle } from "../../_lib/job-title.ts";
import { type RouterOutputs, useTRPC } from "../../_lib/trpc.ts";
import { FailureNotice } from "./failure-notice.tsx";
import classes from "./feedback.module.css";

export type Job = RouterOutputs["job"]["get"];

/** One job: what it does, how far it is, what it says, and the button that stops it. */
export function JobProgress({ job }: { job: Job }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const cancel = useMutation(trpc.job.cancel.mutationOptions({ onSettled: () => queryClient.invalidateQueries() }));
  const active = job.status === "running" || job.status === "queued";
  const share = formatPercent(job.progress, 0);
  return (
    <div className={classes.jobRow}>
      <div className={classes.jobRowHead}>
        <span>
          {jobTitle(job.kind)}{" "}
          <span style={{ color: "var(--ink-soft)" }}>{job.status === "queued" ? "queued" : share}</span>
        </span>
        {active && job.cancellable && (
          <Button
            variant="default"
            size="compact-xs"
            loading={cancel.isPending}
            onClick={() => cancel.mutate({ jobId: job.id })}
            aria-label={`Cancel: ${jobTitle(job.kind)}`}
          >
            Cancel
          </Button>
        )}
      </div>
      <Progress
        value={job.progress * 100}
        size="sm"
        aria-label={`${jobTitle(job.kind)}: ${share}`}
        transitionDuration={200}
      />
      {job.message !== "" && job.message !== null && (
        <span style={{ fontSize: "0.75rem", color: "var(--ink-soft)" }} role="status">
          {job.message}
        </span>
      )}
      {cancel.error !== null && <FailureNotice error={cancel.error} />}
    </div>
  );
}
