"use client";
import { useMemo } from "react";
import type { QualityReport } from "../../../../../lib/data/quality-document.ts";
import { missingnessFigure } from "../../../../../lib/reporting/figures/missingness-figure.ts";
import type { PlannedVisit } from "../../../../../lib/trial/visit-schedule.ts";
import { Chart } from "../../../../_components/chart/chart.tsx";
import { Diagnostics } from "../../../../_components/feedback/diagnostics.tsx";
import { Section } from "../../../../_components/feedback/page-header.tsx";
import { ConversionTable } from "./conversion-table.tsx";
import { MissingReasons } from "./missing-reasons.tsx";
import { ProblemTable } from "./problem-table.tsx";
import { CovariateSummary, EndpointRanges, FlowTable, QualityCounts } from "./quality-tables.tsx";

/** The data-quality report: caveats, flow, arms, missingness, ranges, covariates, faults. */
export function QualityReportView(props: {
  quality: QualityReport;
  visits: readonly PlannedVisit[];
  fileName: string;
}) {
  const { quality, visits } = props;
  const figure = useMemo(() => missingnessFigure(quality, visits), [quality, visits]);
  return (
    <>
      <Diagnostics items={quality.diagnostics} label="Caveats about the data" />
      <Section
        title="Counts"
        note="A row is used when one of its values enters the data set. Of the others, those inside a visit window held no value, or gave way to a nearer row of the same visit."
      >
        <QualityCounts quality={quality} />
      </Section>
      <Section title="From rows to patients" note="Who was left out at which step, and why.">
        <FlowTable quality={quality} />
      </Section>
      {quality.conversions !== undefined && (
        <Section
          title="Units converted"
          note="Values that did not stand in the unit of their endpoint or characteristic."
        >
          <ConversionTable conversions={quality.conversions} />
        </Section>
      )}
      <Section title="Missing values">
        <Chart specification={figure} />
        <MissingReasons quality={quality} visits={visits} />
      </Section>
      <Section
        title="Ranges of the endpoints"
        note="On the analysis scale; outliers lie more than 5 robust SDs from the median."
      >
        <EndpointRanges quality={quality} />
      </Section>
      <Section title="Baseline characteristics">
        <CovariateSummary quality={quality} />
      </Section>
      <Section title="Faults of the file">
        <ProblemTable problems={quality.problems} omitted={0} fileName={props.fileName} />
      </Section>
    </>
  );
}
