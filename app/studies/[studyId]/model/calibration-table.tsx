import type { FrozenModel } from "../../../../lib/progression/model-document.ts";
import { endpointUnit, visitLabel } from "../../../../lib/reporting/figures/figure-labels.ts";
import {
  formatCount,
  formatFixed,
  formatInterval,
  formatSignificant,
  MISSING,
} from "../../../../lib/reporting/format-number.ts";
import { DataTable } from "../../../_components/table/data-table.tsx";

/** Slope, intercept, CRPS and PIT per visit. */
export function CalibrationTable(props: { model: FrozenModel; endpointId: string }) {
  const unit = endpointUnit(props.model, props.endpointId);
  return (
    <DataTable
      caption="Calibration, out of fold: regression of observed on predicted (target slope 1, intercept 0)"
      rows={props.model.evaluation.calibration.filter((row) => row.endpointId === props.endpointId)}
      rowKey={(row) => row.visitId}
      columns={[
        { key: "visit", title: "Visit", render: (row) => visitLabel(props.model, row.visitId) },
        { key: "patients", title: "N", align: "right", render: (row) => formatCount(row.patients) },
        {
          key: "slope",
          title: "Slope",
          unit: "(95 %)",
          align: "right",
          render: (row) => formatInterval(row.slope, 3),
        },
        {
          key: "intercept",
          title: "Intercept",
          unit: `${unit} (95 %)`,
          align: "right",
          render: (row) => formatInterval(row.intercept, 3),
        },
        { key: "crps", title: "CRPS", unit, align: "right", render: (row) => formatSignificant(row.crps, 3) },
        { key: "pit", title: "Mean PIT", unit: "(0.5)", align: "right", render: (row) => formatFixed(row.pitMean, 3) },
        {
          key: "ks",
          title: "KS distance",
          align: "right",
          render: (row) => (row.pitKs === null ? MISSING : formatFixed(row.pitKs, 3)),
        },
      ]}
    />
  );
}
