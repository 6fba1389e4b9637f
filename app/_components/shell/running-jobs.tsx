"use client";
import { Button, Popover, Stack } from "@mantine/core";
import { IconLoader2 } from "@tabler/icons-react";
import { useActiveJobs } from "../../_lib/use-jobs.ts";
import { JobProgress } from "../feedback/job-progress.tsx";

/** Jobs of the study that are running or queued, with progress and a way to stop them. */
export function RunningJobs(props: { studyId: string }) {
  const jobs = useActiveJobs(props.studyId);
  if (jobs.length === 0) return null;
  const running = jobs.filter((job) => job.status === "running").length;
  const queued = jobs.length - running;
  return (
    <Popover position="bottom-end" width={340} trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconLoader2 size={14} aria-hidden />}>
          {running > 0 ? `${running} running` : `${queued} queued`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="md">
          {jobs.map((job) => (
            <JobProgress key={job.id} job={job} />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
