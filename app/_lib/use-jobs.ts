"use client";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { jobTitle } from "./job-title.ts";
import { type RouterOutputs, useTRPC, useTRPCClient } from "./trpc.ts";

type Job = RouterOutputs["job"]["list"][number];

const busyInterval = 700;
const idleInterval = 5_000;

/** Jobs of a study that have not ended; when one ends, everything on the page is asked for again. */
export function useActiveJobs(studyId: string): readonly Job[] {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const known = useRef(new Map<string, Job>());
  const query = useQuery(
    trpc.job.list.queryOptions(
      { studyId, active: true },
      {
        staleTime: 0,
        refetchInterval: (state) => ((state.state.data?.length ?? 0) > 0 ? busyInterval : idleInterval),
      },
    ),
  );
  const jobs = query.data;

  useEffect(() => {
    if (jobs === undefined) return;
    const now = new Map(jobs.map((job) => [job.id, job]));
    const ended = [...known.current.values()].filter((job) => !now.has(job.id));
    const begun = jobs.some((job) => known.current.get(job.id)?.status !== job.status);
    known.current = now;
    if (ended.length > 0 || begun) void queryClient.invalidateQueries({ predicate: (q) => !isJobList(q.queryKey) });
    for (const job of ended) void client.job.get.query({ jobId: job.id }).then(announce);
  }, [jobs, queryClient, client]);

  return jobs ?? [];
}

function isJobList(key: readonly unknown[]): boolean {
  return Array.isArray(key[0]) && key[0][0] === "job" && key[0][1] === "list";
}

function announce(job: Pick<Job, "kind" | "status"> & { error: string | null }) {
  if (job.status === "done") notifications.show({ message: `${jobTitle(job.kind)}: done.` });
  if (job.status === "cancelled") notifications.show({ message: `${jobTitle(job.kind)}: cancelled.` });
  if (job.status === "failed") {
    notifications.show({
      title: `${jobTitle(job.kind)}: failed`,
      message: job.error ?? "See the audit trail.",
      color: "red",
      autoClose: false,
    });
  }
}
