"use client";
import { useMemo } from "react";
import type { FrozenModel } from "../../../../lib/progression/model-document.ts";
import { endpointLabel, endpointUnit, visitLabel } from "../../../../lib/reporting/figures/figure-labels.ts";
import { observedMinusTwinFigure } from "../../../../lib/reporting/figures/observed-minus-twin-figure.ts";
import {
  decimalsForScale,
  formatCount,
  formatFixed,
  formatInterval,
  formatLimits,
  MISSING,
} from "../../../../lib/reporting/format-number.ts";
import { Chart } from "../../../_components/chart/chart.tsx";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { ChoiceBar } from "../../../_components/form/choice-bar.tsx";
import { ProvenanceNumber } from "../../../_components/provenance/provenance-number.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { DataTable } from "../../../_components/table/data-table.tsx";
import { useUrlValue } from "../../../_lib/url-state.ts";
import { armLabel, type TwinCohort, type Twins } from "./twin-cohort.ts";
import classes from "./twins.module.css";

type Difference = TwinCohort["observedMinusTwin"][number];

/** Observed minus twin by arm and visit: figure and table of the same numbers. */
export function CohortDifferences(props: { twins: Twins; cohort: TwinCohort; vocabulary: FrozenModel }) {
  const study = useStudy();
  const { cohort, vocabulary } = props;
  const [endpointId, setEndpointId] = useUrlValue("endpoint", cohort.primary.endpointId);
  const { arms } = study.specification;
  const figure = useMemo(
    () =>
      observedMinusTwinFigure(
        cohort.observedMinusTwin,
        { endpoints: vocabulary.endpoints, visits: vocabulary.visits, arms },
        endpointId,
      ),
    [cohort, vocabulary, arms, endpointId],
  );
  return (
    <Section
      title="Observed minus twin"
      side={
        <ChoiceBar
          label="Endpoint"
          value={endpointId}
          onChange={setEndpointId}
          choices={cohort.endpointIds.map((id) => ({ value: id, label: endpointLabel(vocabulary, id) }))}
        />
      }
      note="In the control arm the differences should lie around zero; where they do not, the trial's patients fare differently from history."
    >
      <Chart specification={figure} />
      <div style={{ marginTop: "0.75rem" }}>
        <DataTable
          caption={`Observed minus twin, ${endpointLabel(vocabulary, endpointId)}: mean with 95 % interval`}
          rows={cohort.observedMinusTwin.filter((row) => row.endpointId === endpointId)}
          rowKey={(row) => `${row.arm}:${row.visitId}`}
          maxHeight="24rem"
          columns={[
            { key: "visit", title: "Visit", render: (row) => visitLabel(vocabulary, row.visitId) },
            {
              key: "arm",
              title: "Arm",
              render: (row) => <span className={classes.arm}>{armLabel(study, row.arm)}</span>,
            },
            { key: "patients", title: "N", align: "right", render: (row) => formatCount(row.patients) },
            {
              key: "difference",
              title: "Observed minus twin",
              unit: unitAndLevel(endpointUnit(vocabulary, endpointId)),
              align: "right",
              render: (row) => <MeanDifference twins={props.twins} row={row} vocabulary={vocabulary} />,
            },
          ]}
        />
      </div>
    </Section>
  );
}

function unitAndLevel(unit: string): string {
  return unit === "" ? "(95 %)" : `${unit} (95 %)`;
}

function MeanDifference(props: { twins: Twins; row: Difference; vocabulary: FrozenModel }) {
  const study = useStudy();
  const { row, vocabulary, twins } = props;
  if (row.difference === null) return MISSING;
  const decimals = decimalsForScale(row.difference.upper - row.difference.lower);
  const unit = endpointUnit(vocabulary, row.endpointId);
  const place = `${endpointLabel(vocabulary, row.endpointId)}, ${visitLabel(vocabulary, row.visitId)}, ${armLabel(study, row.arm)}`;
  return (
    <ProvenanceNumber
      entry={{
        id: `difference.${row.arm}.${row.endpointId}.${row.visitId}`,
        title: `Observed minus twin: ${place}`,
        value: `${formatFixed(row.difference.value, decimals)} ${unit}`.trim(),
        uncertainty: `95 % interval ${formatLimits(row.difference, decimals)}, N = ${formatCount(row.patients)}`,
        method:
          "Mean over the patients observed at the visit of observed value minus the twin's mean from baseline only, with its Student t interval. Descriptive: not an estimate of the treatment effect.",
        inputs: [{ label: "Patients observed", value: formatCount(row.patients), source: "derived" }],
        identities: [
          { label: "Model (SHA-256)", value: twins.modelHash },
          ...(twins.document === null ? [] : [{ label: "Twins (SHA-256)", value: twins.document.hash }]),
        ],
      }}
    >
      {formatInterval(row.difference, decimals)}
    </ProvenanceNumber>
  );
}
