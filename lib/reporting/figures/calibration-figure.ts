import type { FrozenModel } from "../../progression/model-document.ts";
import type { ChartSpecification } from "../chart-specification.ts";
import { endpointLabel, endpointUnit, placeLabel } from "./figure-labels.ts";

/** 97.5 % point of the normal distribution: half width of a 95 % interval in standard errors. */
const NORMAL_975 = 1.959963984540054;

/** Mean observed against mean predicted outcome in groups of equal size, out of fold, with the identity line. */
export function calibrationFigure(
  model: Pick<FrozenModel, "endpoints" | "visits" | "evaluation">,
  endpointId: string,
  visitId: string,
): ChartSpecification {
  const calibration = model.evaluation.calibration.find(
    (row) => row.endpointId === endpointId && row.visitId === visitId,
  );
  const groups = calibration?.groups ?? [];
  const unit = endpointUnit(model, endpointId);
  const label = endpointLabel(model, endpointId);
  return {
    kind: "cartesian",
    title: `Calibration: ${placeLabel(model, { endpointId, visitId })}`,
    description:
      "Each mark is a tenth of the patients by predicted value: mean observed with 95 % interval. On the dashed line prediction and outcome agree.",
    x: { title: `Predicted ${label}`, unit, scale: { kind: "linear", minimum: null, maximum: null } },
    y: { title: `Observed ${label}`, unit, scale: { kind: "linear", minimum: null, maximum: null } },
    layers: [
      { type: "diagonal", name: "observed = predicted", role: "neutral" },
      {
        type: "intervals",
        name: "tenths of the patients",
        role: "twin",
        orientation: "vertical",
        items: groups.map((group) => ({
          at: group.predicted,
          value: group.observed,
          lower: group.observed - NORMAL_975 * group.standardError,
          upper: group.observed + NORMAL_975 * group.standardError,
          label: "",
        })),
      },
    ],
  };
}
