import type { FrozenModel } from "../../progression/model-document.ts";
import type { ChartSpecification } from "../chart-specification.ts";
import { placeLabel } from "./figure-labels.ts";

/** Histogram of the probability integral transform, out of fold; flat when the predictive distribution is right. */
export function pitFigure(
  model: Pick<FrozenModel, "endpoints" | "visits" | "evaluation">,
  endpointId: string,
  visitId: string,
): ChartSpecification {
  const calibration = model.evaluation.calibration.find(
    (row) => row.endpointId === endpointId && row.visitId === visitId,
  );
  const counts = calibration?.pitHistogram ?? [];
  const total = counts.reduce((sum, count) => sum + count, 0);
  const bins = Math.max(1, counts.length);
  return {
    kind: "cartesian",
    title: `Probability integral transform: ${placeLabel(model, { endpointId, visitId })}`,
    description:
      "Patients by the probability the twin gave to values below the observed one. The rule is the count expected when the twin's distribution is right.",
    x: {
      title: "Predicted probability of a value below the observed one",
      unit: "",
      scale: { kind: "linear", minimum: 0, maximum: 1 },
    },
    y: { title: "Patients", unit: "", scale: { kind: "linear", minimum: 0, maximum: null } },
    layers: [
      {
        type: "bars",
        name: "patients",
        role: "twin",
        items: counts.map((count, index): [number, number] => [(index + 0.5) / bins, count]),
      },
      { type: "rule", name: "expected", role: "neutral", axis: "y", at: total / bins },
    ],
  };
}
