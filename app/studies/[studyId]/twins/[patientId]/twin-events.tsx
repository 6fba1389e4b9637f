"use client";
import { useMemo } from "react";
import type { FrozenModel } from "../../../../../lib/progression/model-document.ts";
import { visitLabel } from "../../../../../lib/reporting/figures/figure-labels.ts";
import { twinEventsFigure } from "../../../../../lib/reporting/figures/twin-events-figure.ts";
import { formatPercent, MISSING } from "../../../../../lib/reporting/format-number.ts";
import type { TwinEvents } from "../../../../../lib/twins/twin-document.ts";
import { Chart } from "../../../../_components/chart/chart.tsx";
import { Section } from "../../../../_components/feedback/page-header.tsx";
import { DataTable } from "../../../../_components/table/data-table.tsx";

/** When the twin's course is expected to end, and by what. */
export function TwinEventsSection(props: { events: TwinEvents; vocabulary: FrozenModel; patientId: string }) {
  const { events, vocabulary, patientId } = props;
  const figure = useMemo(
    () => twinEventsFigure(events, vocabulary.visits, `Patient ${patientId}`),
    [events, vocabulary, patientId],
  );
  const percent = (value: number | undefined) => (value === undefined ? MISSING : formatPercent(value, 1));
  return (
    <Section title="Events" id="events" note="From baseline only, under control.">
      <Chart specification={figure} />
      <DataTable
        caption="Chances by visit"
        captionHidden
        rows={vocabulary.visits.map(({ id }, v) => ({ id, v }))}
        rowKey={(row) => row.id}
        columns={[
          { key: "visit", title: "Visit", render: (row) => visitLabel(vocabulary, row.id) },
          { key: "free", title: "Event-free", align: "right", render: ({ v }) => percent(events.eventFree[v]) },
          ...events.incidence.map(({ kind, cumulative }) => ({
            key: `kind:${kind}`,
            title: kind,
            align: "right" as const,
            render: ({ v }: { id: string; v: number }) => percent(cumulative[v]),
          })),
        ]}
      />
    </Section>
  );
}
