"use client";
import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { calculationMethods } from "../../../../lib/calculation/calculation-methods.ts";
import { type CalculationSpec, calculationSpecSchema } from "../../../../lib/calculation/calculation-spec.ts";
import { FailureNotice } from "../../../_components/feedback/failure-notice.tsx";
import { Notice } from "../../../_components/feedback/notice.tsx";
import { PageHeader } from "../../../_components/feedback/page-header.tsx";
import { CalculationReportView } from "../../../_components/report/calculation-report-view.tsx";
import { MethodSelect } from "../../../_components/spec-form/method-select.tsx";
import { SpecForm } from "../../../_components/spec-form/spec-form.tsx";
import { type SpecRecord, specRecordSchema } from "../../../_components/spec-form/spec-node.ts";
import { useSpecDraft } from "../../../_components/spec-form/use-spec-draft.ts";
import { readFailure } from "../../../_lib/field-errors.ts";
import { useTRPC } from "../../../_lib/trpc.ts";
import { useUrlState } from "../../../_lib/url-state.ts";
import classes from "./calculations.module.css";
import { SavedCalculations } from "./saved-calculations.tsx";

export function CalculationsPage() {
  return (
    <>
      <PageHeader
        title="Calculations"
        lede="Power, sample size, group-sequential bounds, interim decisions and multiplicity, for any trial; the analysis with twins is sized under Sizing."
      />
      <Calculator />
    </>
  );
}

function Calculator() {
  const trpc = useTRPC();
  const { params, write } = useUrlState();
  const [start] = useState(() => readSpec(params.get("spec")));
  const [version, setVersion] = useState(0);
  const draft = useSpecDraft(calculationMethods, null, start);
  const [settled] = useDebouncedValue(draft.value, 350);
  const spec = useMemo((): CalculationSpec | null => calculationSpecSchema.safeParse(settled).data ?? null, [settled]);
  const text = spec === null ? null : JSON.stringify(settled);
  useEffect(() => {
    if (text !== null) write({ spec: text });
  }, [text, write]);
  const report = useQuery(
    trpc.calculation.compute.queryOptions(spec ?? EMPTY, {
      enabled: spec !== null,
      placeholderData: keepPreviousData,
      staleTime: 600_000,
      retry: false,
    }),
  );
  const failure = report.error === null ? null : readFailure(report.error);
  return (
    <>
      <div className={classes.columns}>
        <form
          className={classes.form}
          aria-label="Inputs of the calculation"
          onSubmit={(event) => event.preventDefault()}
        >
          <MethodSelect
            label="What to calculate"
            choices={calculationMethods}
            value={draft.choice?.method ?? ""}
            onChange={(method) => {
              draft.choose(method);
              setVersion(version + 1);
            }}
          />
          <SpecForm
            key={version}
            fields={draft.fields}
            value={draft.value}
            path=""
            vocabulary={null}
            errors={{ ...failure?.fields, ...draft.errors }}
            onChange={draft.setValue}
          />
          <Button
            variant="default"
            size="sm"
            onClick={() => {
              draft.choose(draft.choice?.method ?? "");
              setVersion(version + 1);
            }}
          >
            Start again from the defaults
          </Button>
        </form>
        <div
          className={classes.results}
          aria-live="polite"
          aria-busy={report.isFetching}
          data-stale={report.isPlaceholderData || spec === null}
        >
          {spec === null && (
            <Notice tone="information">
              {`The answer appears when every field is filled in. Still open: ${Object.keys(draft.errors).join(", ")}.`}
            </Notice>
          )}
          {spec !== null && report.error !== null && (
            <FailureNotice error={report.error} title="These inputs have no answer" />
          )}
          {report.data !== undefined && report.error === null && <CalculationReportView report={report.data} />}
        </div>
      </div>
      <SavedCalculations
        spec={spec !== null && report.data !== undefined && report.error === null ? spec : null}
        onOpen={(saved) => {
          draft.setValue(saved);
          setVersion(version + 1);
        }}
      />
    </>
  );
}

/** Stands in for the inputs of a query that is not asked. */
const EMPTY = {} as CalculationSpec;

function readSpec(text: string | null): SpecRecord | null {
  if (text === null) return null;
  try {
    return specRecordSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
