"use client";
import type { FrozenModel } from "../../../../../lib/progression/model-document.ts";
import { endpointLabel, endpointUnit, visitLabel } from "../../../../../lib/reporting/figures/figure-labels.ts";
import {
  decimalsForScale,
  formatFixed,
  formatLimits,
  formatPercent,
  MISSING,
} from "../../../../../lib/reporting/format-number.ts";
import { ChoiceBar } from "../../../../_components/form/choice-bar.tsx";
import { DataTable } from "../../../../_components/table/data-table.tsx";
import { useUrlValue } from "../../../../_lib/url-state.ts";
import type { TwinCohort } from "../twin-cohort.ts";
import type { PatientTwin } from "./twin-patient.ts";

/** Mean, bands and observed value at every visit, one endpoint at a time. */
export function CourseTable(props: { twin: PatientTwin; cohort: TwinCohort; vocabulary: FrozenModel }) {
  const { twin, cohort, vocabulary } = props;
  const [chosen, setEndpointId] = useUrlValue("endpoint", cohort.primary.endpointId);
  const endpointId = cohort.endpointIds.includes(chosen) ? chosen : cohort.primary.endpointId;
  const e = cohort.endpointIds.indexOf(endpointId);
  const unit = endpointUnit(vocabulary, endpointId);
  const deviations = twin.standardDeviation[e] ?? [];
  const decimals = decimalsForScale(Math.min(...deviations));
  return (
    <>
      <ChoiceBar
        label="Endpoint"
        value={endpointId}
        onChange={setEndpointId}
        choices={cohort.endpointIds.map((id) => ({ value: id, label: endpointLabel(vocabulary, id) }))}
      />
      <DataTable
        caption={`${endpointLabel(vocabulary, endpointId)}: twin from baseline only, and observed`}
        rows={cohort.visitIds.map((visitId, v) => ({ visitId, v }))}
        rowKey={(row) => row.visitId}
        columns={[
          { key: "visit", title: "Visit", render: (row) => visitLabel(vocabulary, row.visitId) },
          {
            key: "observed",
            title: "Observed",
            unit,
            align: "right",
            render: ({ v }) => {
              const value = twin.observed[e]?.[v] ?? null;
              return value === null ? MISSING : formatFixed(value, decimals);
            },
          },
          {
            key: "mean",
            title: "Twin",
            unit,
            align: "right",
            render: ({ v }) => formatFixed(twin.mean[e]?.[v] ?? Number.NaN, decimals),
          },
          {
            key: "sd",
            title: "SD",
            unit,
            align: "right",
            render: ({ v }) => formatFixed(deviations[v] ?? Number.NaN, decimals),
          },
          ...cohort.bandLevels.map((level, index) => ({
            key: `band${level}`,
            title: `${formatPercent(level, 0)} band`,
            unit,
            align: "right" as const,
            render: ({ v }: { visitId: string; v: number }) => {
              const band = twin.bands[e]?.[v]?.[index];
              return band === undefined ? MISSING : formatLimits(band, decimals);
            },
          })),
        ]}
      />
    </>
  );
}
