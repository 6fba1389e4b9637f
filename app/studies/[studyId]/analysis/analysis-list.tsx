"use client";
import { Button, Group } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { analysisTitle } from "../../../../lib/trial-analysis/analysis-methods.ts";
import type { PlannedAnalysis } from "../../../../lib/trial-analysis/analysis-plan.ts";
import { Notice } from "../../../_components/feedback/notice.tsx";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { PermittedButton } from "../../../_components/form/permitted-button.tsx";
import { ReasonModal } from "../../../_components/form/reason-modal.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { useTRPC } from "../../../_lib/trpc.ts";
import { useUrlState } from "../../../_lib/url-state.ts";
import classes from "./analysis.module.css";
import { AnalysisReportView } from "./analysis-report-view.tsx";
import type { Analyses } from "./client.tsx";
import { EffectOverview } from "./effect-overview.tsx";

const roles = [
  { role: "primary", title: "Primary analysis" },
  { role: "sensitivity", title: "Sensitivity analyses" },
  { role: "supplementary", title: "Supplementary analyses" },
] as const;

/** The plan in its order of importance, each analysis with its newest result. */
export function AnalysisList({ analyses }: { analyses: Analyses }) {
  const outcomes = new Map(
    analyses.results?.analyses.map(({ planned, outcome }) => [planned.id, { planned, outcome }]),
  );
  return (
    <>
      {analyses.results !== null && <EffectOverview results={analyses.results} />}
      {roles.map(({ role, title }) => {
        const planned = analyses.planned.filter((analysis) => analysis.role === role);
        if (planned.length === 0) return null;
        return (
          <Section key={role} title={title}>
            {planned.map((analysis) => (
              <Analysis key={analysis.id} planned={analysis} result={outcomes.get(analysis.id)} />
            ))}
          </Section>
        );
      })}
    </>
  );
}

type Result = NonNullable<Analyses["results"]>["analyses"][number];

function Analysis({ planned, result }: { planned: PlannedAnalysis; result: Result | undefined }) {
  const study = useStudy();
  const { write } = useUrlState();
  const changed = result !== undefined && JSON.stringify(result.planned.spec) !== JSON.stringify(planned.spec);
  return (
    <article className={classes.analysis} aria-labelledby={`analysis-${planned.id}`}>
      <div className={classes.head}>
        <div>
          <h3 id={`analysis-${planned.id}`}>{planned.name}</h3>
          <p className={classes.method}>{analysisTitle(planned.spec)}</p>
        </div>
        <Group gap="xs">
          <Button
            variant="default"
            size="compact-sm"
            aria-label={`Edit ${planned.name}`}
            onClick={() => write({ edit: planned.id }, "push")}
          >
            Edit
          </Button>
          <Remove planned={planned} />
        </Group>
      </div>
      {changed && (
        <Notice tone="warning">This analysis was changed after it was run; what follows is the earlier version.</Notice>
      )}
      {result === undefined ? (
        <p className={classes.method}>Not run yet.</p>
      ) : result.outcome.kind === "refused" ? (
        <Notice tone="failure" title="Not possible on these data">
          {result.outcome.message}
        </Notice>
      ) : (
        <AnalysisReportView
          report={result.outcome.report}
          unit={result.outcome.unit}
          curves={result.outcome.curves}
          name={planned.name}
          dataHref={`/api/analysis-data/${study.id}/${planned.id}`}
        />
      )}
    </article>
  );
}

function Remove({ planned }: { planned: PlannedAnalysis }) {
  const study = useStudy();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [asked, setAsked] = useState(false);
  const remove = useMutation(
    trpc.analysis.remove.mutationOptions({
      onSuccess: async () => {
        setAsked(false);
        await queryClient.invalidateQueries();
      },
    }),
  );
  return (
    <>
      <PermittedButton
        needs="analysis.write"
        variant="default"
        size="compact-sm"
        aria-label={`Remove ${planned.name}`}
        onClick={() => setAsked(true)}
      >
        Remove
      </PermittedButton>
      <ReasonModal
        opened={asked}
        title={`Remove ${planned.name} from the plan`}
        explanation="Results that hold it stay as they are; the audit trail keeps what was removed and why."
        action="Remove it"
        pending={remove.isPending}
        error={remove.error}
        onClose={() => setAsked(false)}
        onSubmit={(reason) => remove.mutate({ studyId: study.id, id: planned.id, reason })}
      />
    </>
  );
}
