"use client";
import { useQuery } from "@tanstack/react-query";
import { formatCount, formatQuantity } from "../../../../lib/reporting/format-number.ts";
import { Diagnostics } from "../../../_components/feedback/diagnostics.tsx";
import { Notice } from "../../../_components/feedback/notice.tsx";
import { PageHeader } from "../../../_components/feedback/page-header.tsx";
import { QueryGate } from "../../../_components/feedback/query-gate.tsx";
import { Verdict } from "../../../_components/feedback/verdict.tsx";
import { WorkingNotice } from "../../../_components/feedback/working-notice.tsx";
import { PermittedButton } from "../../../_components/form/permitted-button.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { type RouterOutputs, useTRPC } from "../../../_lib/trpc.ts";
import { CohortDifferences } from "./cohort-differences.tsx";
import { CohortPatients } from "./cohort-patients.tsx";
import { CohortSupport } from "./cohort-support.tsx";
import { GenerateFailure, NoTwinsYet, useGenerateTwins } from "./generate-twins.tsx";
import type { TwinCohort } from "./twin-cohort.ts";
import { TwinDownloads } from "./twin-downloads.tsx";
import { TwinIdentity } from "./twin-identity.tsx";
import { useModelDocument } from "./use-model-document.ts";

type Twins = NonNullable<RouterOutputs["twins"]["get"]>;

export function TwinsPage() {
  const study = useStudy();
  const trpc = useTRPC();
  const twins = useQuery(trpc.twins.get.queryOptions({ studyId: study.id }, { staleTime: 30_000 }));
  const generate = useGenerateTwins();
  const hasTwins = twins.data?.document !== undefined && twins.data.document !== null;
  return (
    <>
      <PageHeader
        title="Twins"
        lede="Every enrolled patient beside the course expected under control, computed from baseline only."
        actions={
          hasTwins ? (
            <PermittedButton
              needs="model.train"
              variant="default"
              loading={generate.isPending}
              disabled={!generate.ready}
              onClick={() => generate.start()}
            >
              Generate again
            </PermittedButton>
          ) : undefined
        }
      />
      <GenerateFailure generate={generate} />
      <QueryGate query={twins}>
        {(data) => (data === null ? <NoTwinsYet generate={generate} /> : <TwinSetView twins={data} />)}
      </QueryGate>
    </>
  );
}

function TwinSetView({ twins }: { twins: Twins }) {
  const working = twins.status === "queued" || twins.status === "running";
  return (
    <>
      {working && <WorkingNotice jobId={twins.jobId} />}
      {twins.pendingJobId !== null && twins.pendingJobId !== twins.jobId && (
        <WorkingNotice jobId={twins.pendingJobId} />
      )}
      {(twins.status === "failed" || twins.status === "cancelled") && <EndedWithout twins={twins} />}
      {twins.outOfDate !== null && (
        <Notice tone="warning" title="Out of date">
          {twins.outOfDate} Generate the twins again to bring them up to date.
        </Notice>
      )}
      {twins.document !== null && <Cohort twins={twins} cohort={twins.document} />}
    </>
  );
}

function EndedWithout({ twins }: { twins: Twins }) {
  const trpc = useTRPC();
  const job = useQuery(trpc.job.get.queryOptions({ jobId: twins.jobId }));
  const generate = useGenerateTwins();
  return (
    <Notice
      tone={twins.status === "failed" ? "failure" : "information"}
      title={twins.status === "failed" ? "The twins could not be generated" : "Cancelled"}
      action={
        <PermittedButton
          needs="model.train"
          variant="default"
          loading={generate.isPending}
          disabled={!generate.ready}
          onClick={() => generate.start()}
        >
          Generate twins
        </PermittedButton>
      }
    >
      {twins.status === "failed"
        ? (job.data?.error ?? "The reason could not be read; see the audit trail.")
        : "The generation was cancelled; nothing was kept of it."}
    </Notice>
  );
}

function Cohort({ twins, cohort }: { twins: Twins; cohort: TwinCohort }) {
  const model = useModelDocument(twins.modelId);
  const { patients, of } = cohort.outOfSupport;
  return (
    <>
      <Verdict tone={patients > 0 ? "warning" : "plain"}>
        {formatQuantity(of, "enrolled patient")}, each with a twin.{" "}
        {patients === 0
          ? "All lie inside what the historical patients support."
          : `${formatCount(patients)} of ${formatCount(of)} lie outside what the historical patients support; their twins are extrapolations.`}
      </Verdict>
      <Diagnostics items={cohort.diagnostics} label="Caveats about the twins" />
      <QueryGate query={model}>
        {(vocabulary) => (
          <>
            <CohortDifferences twins={twins} cohort={cohort} vocabulary={vocabulary} />
            <CohortSupport cohort={cohort} vocabulary={vocabulary} />
            <CohortPatients cohort={cohort} vocabulary={vocabulary} />
            <TwinDownloads twins={twins} />
            <TwinIdentity twins={twins} cohort={cohort} />
          </>
        )}
      </QueryGate>
    </>
  );
}
