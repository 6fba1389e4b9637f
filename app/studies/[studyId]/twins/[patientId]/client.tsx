"use client";
import { Anchor, Button } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { EmptyState } from "../../../../_components/feedback/empty-state.tsx";
import { NothingFound } from "../../../../_components/feedback/nothing-found.tsx";
import { Notice } from "../../../../_components/feedback/notice.tsx";
import { PageHeader } from "../../../../_components/feedback/page-header.tsx";
import { QueryGate } from "../../../../_components/feedback/query-gate.tsx";
import { useStudy } from "../../../../_components/shell/study-context.tsx";
import { useTRPC } from "../../../../_lib/trpc.ts";
import { useUrlState } from "../../../../_lib/url-state.ts";
import { armLabel, isTreated, patientHref, type TwinCohort, type Twins } from "../twin-cohort.ts";
import classes from "../twins.module.css";
import { useModelDocument } from "../use-model-document.ts";
import { TwinPatientView } from "./twin-patient-view.tsx";

export function TwinPatientPage({ patientId }: { patientId: string }) {
  const study = useStudy();
  const trpc = useTRPC();
  const twins = useQuery(trpc.twins.get.queryOptions({ studyId: study.id }, { staleTime: 30_000 }));
  const href = `/studies/${study.id}/twins`;
  return (
    <>
      <Anchor component={Link} href={href} fz="sm">
        All twins
      </Anchor>
      <QueryGate query={twins}>
        {(data) =>
          data === null || data.document === null ? (
            <EmptyState
              title="No twins yet"
              action={
                <Button component={Link} href={href} size="sm">
                  Go to the twins
                </Button>
              }
            >
              A patient's twin stands here once twins have been generated.
            </EmptyState>
          ) : (
            <Patient twins={data} cohort={data.document} patientId={patientId} />
          )
        }
      </QueryGate>
    </>
  );
}

function Patient(props: { twins: Twins; cohort: TwinCohort; patientId: string }) {
  const study = useStudy();
  const trpc = useTRPC();
  const { twins, cohort, patientId } = props;
  const model = useModelDocument(twins.modelId);
  const patient = useQuery(
    trpc.twins.patient.queryOptions(
      { twinSetId: twins.id, patientId },
      { staleTime: 60_000, placeholderData: keepPreviousData },
    ),
  );
  const shown = patient.isPlaceholderData ? { ...patient, data: undefined } : patient;
  const row = cohort.rows.find((candidate) => candidate.patientId === patientId);
  if (row === undefined)
    return (
      <NothingFound
        what="patient"
        id={patientId}
        where="among the twins of this study"
        href={`/studies/${study.id}/twins`}
        action="Go to the patients who have a twin"
      />
    );
  return (
    <>
      <PageHeader
        title={`Patient ${patientId}`}
        lede={`${armLabel(study, row.arm)}${isTreated(study, row.arm) ? " (experimental arm)" : " (control arm)"}, study ${row.study}.`}
        actions={<Walk patientId={patientId} patientIds={patient.data?.patientIds ?? []} />}
      />
      {twins.outOfDate !== null && (
        <Notice tone="warning" title="Out of date">
          {twins.outOfDate}
        </Notice>
      )}
      <QueryGate query={shown}>
        {(data) => (
          <QueryGate query={model}>
            {(vocabulary) => (
              <TwinPatientView key={patientId} patient={data} twins={twins} cohort={cohort} vocabulary={vocabulary} />
            )}
          </QueryGate>
        )}
      </QueryGate>
    </>
  );
}

/** Previous and next patient; what the address says about the view stays. */
function Walk({ patientId, patientIds }: { patientId: string; patientIds: readonly string[] }) {
  const study = useStudy();
  const { params } = useUrlState();
  const at = patientIds.indexOf(patientId);
  const query = params.toString() === "" ? "" : `?${params.toString()}`;
  const step = (to: string | undefined, label: string) =>
    to === undefined ? (
      <Button variant="default" disabled>
        {label}
      </Button>
    ) : (
      <Button
        variant="default"
        component={Link}
        href={`${patientHref(study.id, to)}${query}`}
        aria-label={`${label}: ${to}`}
      >
        {label}
      </Button>
    );
  if (at < 0) return null;
  return (
    <nav className={classes.walk} aria-label="Patients">
      {step(patientIds[at - 1], "Previous patient")}
      <span style={{ fontSize: "0.8125rem", color: "var(--ink-soft)" }}>
        {at + 1} of {patientIds.length}
      </span>
      {step(patientIds[at + 1], "Next patient")}
    </nav>
  );
}
