"use client";
import { gainProgram, HELD_OUT_FILE } from "../../../../lib/progression/gain-program.ts";
import type { FrozenModel, GainAtVisit } from "../../../../lib/progression/model-document.ts";
import { endpointUnit, placeLabel } from "../../../../lib/reporting/figures/figure-labels.ts";
import {
  decimalsForScale,
  formatCount,
  formatFixed,
  formatInterval,
  formatPercent,
  formatPercentInterval,
} from "../../../../lib/reporting/format-number.ts";
import { ProvenanceNumber } from "../../../_components/provenance/provenance-number.tsx";
import { DataTable, type TableColumn } from "../../../_components/table/data-table.tsx";
import { modelProvenance } from "./model-provenance.ts";

/** Gain, partial correlation and R², each gain with its provenance; `heldOut` is the address of the out-of-fold predictions. */
export function GainTable({ model, heldOut }: { model: FrozenModel; heldOut: string | null }) {
  const columns: readonly TableColumn<GainAtVisit>[] = [
    {
      key: "place",
      title: "Endpoint, visit",
      render: (row) => <span className="one-line">{placeLabel(model, row)}</span>,
    },
    { key: "patients", title: "N", align: "right", render: (row) => formatCount(row.patients) },
    {
      key: "gain",
      title: "Gain of the twin",
      unit: "(95 %)",
      align: "right",
      render: (row) => <Gain model={model} row={row} heldOut={heldOut} />,
    },
    {
      key: "correlation",
      title: "Partial correlation",
      unit: "(95 %)",
      align: "right",
      render: (row) => formatInterval(row.partialCorrelation, 3),
    },
    {
      key: "covariates",
      title: "All-covariate ANCOVA",
      unit: "(95 %)",
      align: "right",
      render: (row) => formatPercentInterval(row.allCovariateAncovaGain),
    },
    { key: "claimed", title: "Gain claimed", render: (row) => (row.gainClaimed ? "yes" : "no") },
    {
      key: "rSquared",
      title: "R² of ANCOVA",
      unit: "(95 %)",
      align: "right",
      render: (row) => formatInterval(row.variance.rSquaredAncova, 3),
    },
    {
      key: "rSquaredScore",
      title: "with the score",
      unit: "(95 %)",
      align: "right",
      render: (row) => formatInterval(row.variance.rSquaredWithScore, 3),
    },
  ];
  return (
    <DataTable
      caption="Gain over ANCOVA on baseline value and strata, out of fold"
      columns={columns}
      rows={model.evaluation.gain}
      rowKey={(row) => `${row.endpointId}:${row.visitId}`}
    />
  );
}

function Gain({ model, row, heldOut }: { model: FrozenModel; row: GainAtVisit; heldOut: string | null }) {
  const place = placeLabel(model, row);
  const decimals = decimalsForScale(row.variance.standardDeviation);
  return (
    <ProvenanceNumber
      entry={{
        ...modelProvenance(model),
        id: `gain.${row.endpointId}.${row.visitId}`,
        title: `Gain of the twin: ${place}`,
        value: formatPercent(row.gain.value),
        uncertainty: `with its 95 % patient-bootstrap interval: ${formatPercentInterval(row.gain)}, N = ${formatCount(row.patients)}`,
        method:
          "1 − SSE(twin) / SSE(ANCOVA on baseline value and strata), both predicted out of fold for the same patients in the same folds. Negative when the twin predicts worse. A gain is claimed only when the lower limits of gain and partial correlation both exceed 0.",
        inputs: [
          {
            label: "SD of the outcome",
            value: `${formatFixed(row.variance.standardDeviation, decimals)} ${endpointUnit(model, row.endpointId)}`,
            source: "derived",
          },
          { label: "R² of ANCOVA", value: formatInterval(row.variance.rSquaredAncova, 3), source: "derived" },
          {
            label: "R² of ANCOVA + score",
            value: formatInterval(row.variance.rSquaredWithScore, 3),
            source: "derived",
          },
          { label: "Partial correlation", value: formatInterval(row.partialCorrelation, 3), source: "derived" },
        ],
        ...(heldOut === null
          ? {}
          : {
              code: gainProgram(row, model.training.bootstrapReplicates),
              codeData: { fileName: HELD_OUT_FILE, href: heldOut },
              downloads: [{ label: "Download the out-of-fold predictions (CSV)", href: heldOut }],
            }),
      }}
    >
      {formatPercentInterval(row.gain)}
    </ProvenanceNumber>
  );
}
