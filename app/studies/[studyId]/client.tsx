"use client";
import { Button } from "@mantine/core";
import Link from "next/link";
import { Diagnostics } from "../../_components/feedback/diagnostics.tsx";
import { PageHeader, Section } from "../../_components/feedback/page-header.tsx";
import { PermittedButton } from "../../_components/form/permitted-button.tsx";
import { useStudy } from "../../_components/shell/study-context.tsx";
import { EventTable } from "../../_components/table/event-table.tsx";
import { useUrlState } from "../../_lib/url-state.ts";
import { LockPlanModal } from "./lock-plan-modal.tsx";
import classes from "./overview.module.css";
import { StepList } from "./step-list.tsx";
import { StudyFacts } from "./study-facts.tsx";

export function OverviewPage() {
  const study = useStudy();
  const { params, write } = useUrlState();
  const base = `/studies/${study.id}`;
  return (
    <>
      <PageHeader
        title={study.title}
        actions={
          <>
            <Button variant="default" component={Link} href={`${base}/specification`}>
              Edit the specification
            </Button>
            {study.planFrozenAt === null && (
              <PermittedButton needs="study.write" variant="default" onClick={() => write({ freeze: "plan" }, "push")}>
                Freeze the plan
              </PermittedButton>
            )}
          </>
        }
      />
      <p className={classes.answer}>{study.answer}</p>
      <div className={classes.next}>
        <Button component={Link} href={study.next.href} size="sm">
          {study.next.label}
        </Button>
      </div>
      <StepList study={study} />
      {study.warnings.length > 0 && (
        <Section title="Open warnings">
          <Diagnostics items={study.warnings} />
        </Section>
      )}
      <Section title="What is being designed" id="specification">
        <StudyFacts study={study} />
      </Section>
      <Section
        title="Last events"
        side={
          <Button variant="subtle" component={Link} href={`${base}/audit`}>
            Open the audit trail
          </Button>
        }
      >
        <EventTable events={study.recentEvents} caption="Last events of the study" />
      </Section>
      <LockPlanModal opened={params.get("freeze") === "plan"} onClose={() => write({ freeze: null })} />
    </>
  );
}
