"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { EmptyState } from "../../../_components/feedback/empty-state.tsx";
import { FailureNotice } from "../../../_components/feedback/failure-notice.tsx";
import { Notice } from "../../../_components/feedback/notice.tsx";
import { PageHeader } from "../../../_components/feedback/page-header.tsx";
import { QueryGate } from "../../../_components/feedback/query-gate.tsx";
import { UnknownInAddress } from "../../../_components/feedback/unknown-in-address.tsx";
import { WorkingNotice } from "../../../_components/feedback/working-notice.tsx";
import { PermittedButton } from "../../../_components/form/permitted-button.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { type RouterOutputs, useTRPC } from "../../../_lib/trpc.ts";
import { useUrlState } from "../../../_lib/url-state.ts";
import { AnalysisDrawer } from "./analysis-drawer.tsx";
import { AnalysisList } from "./analysis-list.tsx";

export type Analyses = RouterOutputs["analysis"]["get"];

export function AnalysisPage() {
  const study = useStudy();
  const trpc = useTRPC();
  const analyses = useQuery(trpc.analysis.get.queryOptions({ studyId: study.id }));
  const { params, write } = useUrlState();
  const wanted = params.get("edit");
  const known = ["new", ...(analyses.data?.planned ?? []).map(({ id }) => id)];
  return (
    <>
      <PageHeader
        title="Analysis"
        lede="The planned analyses of the trial and what they say about its data."
        actions={analyses.data !== undefined && <Actions analyses={analyses.data} />}
      />
      <QueryGate query={analyses}>{(data) => <Content analyses={data} />}</QueryGate>
      {analyses.data !== undefined && (
        <UnknownInAddress what="an analysis" id={wanted} known={known} instead="All planned analyses stand above." />
      )}
      {analyses.data !== undefined &&
        analyses.data.vocabulary !== null &&
        wanted !== null &&
        known.includes(wanted) && (
          <AnalysisDrawer
            key={wanted}
            analyses={analyses.data}
            vocabulary={analyses.data.vocabulary}
            wanted={wanted}
            onClose={() => write({ edit: null })}
          />
        )}
    </>
  );
}

function Actions({ analyses }: { analyses: Analyses }) {
  const study = useStudy();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { write } = useUrlState();
  const run = useMutation(trpc.analysis.run.mutationOptions({ onSuccess: () => queryClient.invalidateQueries() }));
  const working = analyses.runs.some(({ status }) => status === "queued" || status === "running");
  const count = analyses.planned.length;
  if (analyses.vocabulary === null) return null;
  return (
    <>
      <PermittedButton
        needs="analysis.write"
        variant="default"
        size="sm"
        onClick={() => write({ edit: "new" }, "push")}
      >
        Plan an analysis
      </PermittedButton>
      <PermittedButton
        needs="analysis.write"
        size="sm"
        disabled={count === 0 || working}
        loading={run.isPending}
        onClick={() => run.mutate({ studyId: study.id })}
      >
        {count === 1 ? "Run the analysis" : `Run ${count} analyses`}
      </PermittedButton>
      {run.error !== null && <FailureNotice error={run.error} />}
    </>
  );
}

function Content({ analyses }: { analyses: Analyses }) {
  const study = useStudy();
  const { write } = useUrlState();
  if (analyses.vocabulary === null)
    return (
      <EmptyState
        title="No trial to analyse yet"
        action={
          <PermittedButton needs="data.import" href={`/studies/${study.id}/data/import?role=enrolled`} size="sm">
            Import the trial
          </PermittedButton>
        }
      >
        Analyses compare the arms of the enrolled trial. Import its data first; twins, where they exist, give the
        prognostic score.
      </EmptyState>
    );
  if (analyses.planned.length === 0)
    return (
      <EmptyState
        title="No analysis is planned yet"
        action={
          <PermittedButton needs="analysis.write" size="sm" onClick={() => write({ edit: "new" }, "push")}>
            Plan an analysis
          </PermittedButton>
        }
      >
        Plan the primary analysis and its sensitivity analyses before looking at the outcomes; the plan and every change
        to it stand in the audit trail.
      </EmptyState>
    );
  const newest = analyses.runs[0];
  const working = newest !== undefined && (newest.status === "queued" || newest.status === "running");
  return (
    <>
      {working && <WorkingNotice jobId={newest.jobId} />}
      {newest?.status === "failed" && (
        <Notice tone="failure" title="The last run failed">
          {newest.error ?? "See the audit trail."}
        </Notice>
      )}
      {analyses.results !== null && analyses.outOfDate !== null && (
        <Notice tone="warning" title="Out of date">
          {`${analyses.outOfDate} Run the analyses again.`}
        </Notice>
      )}
      {!analyses.vocabulary.hasTwins && (
        <Notice tone="information">
          These data have no twins yet; analyses that ask for the prognostic score are refused until there are some.
        </Notice>
      )}
      <AnalysisList analyses={analyses} />
    </>
  );
}
