"use client";
import { useQuery } from "@tanstack/react-query";
import type { FrozenModel } from "../../../../../lib/progression/model-document.ts";
import { endpointLabel, endpointUnit, visitLabel } from "../../../../../lib/reporting/figures/figure-labels.ts";
import { forecastStepsFigure } from "../../../../../lib/reporting/figures/forecast-steps-figure.ts";
import { decimalsForScale, formatFixed, formatSignificant } from "../../../../../lib/reporting/format-number.ts";
import type { ForecastSteps } from "../../../../../lib/twins/forecast-steps.ts";
import { Chart } from "../../../../_components/chart/chart.tsx";
import { Section } from "../../../../_components/feedback/page-header.tsx";
import { QueryGate } from "../../../../_components/feedback/query-gate.tsx";
import { DataTable } from "../../../../_components/table/data-table.tsx";
import { useTRPC } from "../../../../_lib/trpc.ts";

/** How the forecast of the primary outcome moved when each visit was added. */
export function ForecastStepsSection(props: {
  readonly twinSetId: string;
  readonly patientId: string;
  readonly vocabulary: FrozenModel;
}) {
  const { twinSetId, patientId, vocabulary } = props;
  const trpc = useTRPC();
  const steps = useQuery(trpc.twins.forecastSteps.queryOptions({ twinSetId, patientId }, { staleTime: 60_000 }));
  return (
    <Section
      title="What each visit changed"
      id="changes"
      note="Updated forecasts use visits after baseline; they never enter a score or a comparison."
    >
      <QueryGate query={steps}>{(data) => <Steps forecast={data} vocabulary={vocabulary} />}</QueryGate>
    </Section>
  );
}

function Steps({ forecast, vocabulary }: { forecast: ForecastSteps; vocabulary: FrozenModel }) {
  const rows = forecast.steps.flatMap(({ visitId, added }) =>
    visitId === null ? [] : added.map((value) => ({ ...value, visitId })),
  );
  if (rows.length === 0) return <p>Nothing was observed of this patient before the primary visit.</p>;
  const decimals = decimalsForScale(forecast.steps[0]?.standardDeviation ?? 1);
  const unit = endpointUnit(vocabulary, forecast.endpointId);
  return (
    <>
      <Chart specification={forecastStepsFigure(forecast, vocabulary, `Patient ${forecast.patientId}`)} />
      <DataTable
        caption="Values that each visit added, and what they changed"
        rows={rows}
        rowKey={(row) => `${row.visitId} ${row.endpointId}`}
        columns={[
          { key: "visit", title: "Visit", render: (row) => visitLabel(vocabulary, row.visitId) },
          { key: "endpoint", title: "Endpoint", render: (row) => endpointLabel(vocabulary, row.endpointId) },
          {
            key: "expected",
            title: "Expected before",
            align: "right",
            render: (row) => formatSignificant(row.expected, 4),
          },
          { key: "observed", title: "Observed", align: "right", render: (row) => formatSignificant(row.observed, 4) },
          {
            key: "change",
            title: "Changed the forecast by",
            unit,
            align: "right",
            render: (row) => formatFixed(row.change, decimals + 1),
          },
        ]}
      />
    </>
  );
}
