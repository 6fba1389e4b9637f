"use client";
import { Button } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useMemo } from "react";
import type { SizingSpec } from "../../../../lib/sizing/sizing-document.ts";
import { EmptyState } from "../../../_components/feedback/empty-state.tsx";
import { FailureNotice } from "../../../_components/feedback/failure-notice.tsx";
import { PageHeader } from "../../../_components/feedback/page-header.tsx";
import { QueryGate, WaitingLines } from "../../../_components/feedback/query-gate.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { readFailure } from "../../../_lib/field-errors.ts";
import { useTRPC } from "../../../_lib/trpc.ts";
import { useUrlState } from "../../../_lib/url-state.ts";
import { SavedSizings } from "./saved-sizings.tsx";
import classes from "./sizing.module.css";
import { SizingForm } from "./sizing-form.tsx";
import { namesOfFields, runInVisitsOf, withTyped } from "./sizing-inputs.ts";
import { SizingResults } from "./sizing-results.tsx";

export function SizingPage() {
  const study = useStudy();
  const trpc = useTRPC();
  const model = study.steps.find((step) => step.key === "model");
  const { params } = useUrlState();
  const runInVisits = runInVisitsOf(params);
  const defaults = useQuery(
    trpc.sizing.defaults.queryOptions(
      { studyId: study.id, runInVisits },
      { placeholderData: keepPreviousData, staleTime: 60_000 },
    ),
  );
  const noModel = model?.state === "empty" && defaults.error !== null;
  return (
    <>
      <PageHeader
        title="Sizing"
        lede="How many patients the trial needs without adjustment, with ANCOVA, and with ANCOVA plus the twin's score, on the same assumptions."
      />
      {noModel ? (
        <EmptyState
          title="No model to size with yet"
          action={
            <Button component={Link} href={`/studies/${study.id}/model`} size="sm">
              Go to the model
            </Button>
          }
        >
          Sizing takes the outcome's SD and the R² of both adjustments from a frozen model.
        </EmptyState>
      ) : (
        <QueryGate query={defaults}>{(spec) => <Sizing defaults={spec} />}</QueryGate>
      )}
    </>
  );
}

function Sizing({ defaults }: { defaults: SizingSpec }) {
  const trpc = useTRPC();
  const { params } = useUrlState();
  const spec = useMemo(() => withTyped(defaults, params), [defaults, params]);
  const result = useQuery(
    trpc.sizing.compute.queryOptions(spec, { placeholderData: keepPreviousData, staleTime: 600_000 }),
  );
  const failure = result.error === null ? null : readFailure(result.error);
  return (
    <>
      <div className={classes.columns}>
        <SizingForm defaults={defaults} spec={spec} errors={failure?.fields ?? {}} />
        <div
          className={classes.results}
          aria-live="polite"
          aria-busy={result.isFetching}
          data-stale={result.isPlaceholderData}
        >
          {result.error !== null && (
            <FailureNotice
              error={result.error}
              title="These inputs cannot be sized"
              names={namesOfFields(spec.hypothesis)}
            />
          )}
          {result.error === null &&
            (result.data === undefined ? <WaitingLines /> : <SizingResults result={result.data} />)}
        </div>
      </div>
      <SavedSizings spec={spec} canSave={result.error === null} />
    </>
  );
}
