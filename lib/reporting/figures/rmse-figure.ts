import type { FrozenModel, GainAtVisit } from "../../progression/model-document.ts";
import type { ChartRole, ChartSpecification } from "../chart-specification.ts";
import { endpointLabel, endpointUnit, visitLabel } from "./figure-labels.ts";

const METHODS: readonly { key: keyof GainAtVisit["rmse"]; name: string; role: ChartRole }[] = [
  { key: "lastValueCarriedForward", name: "last value carried forward", role: "history" },
  { key: "meanChange", name: "mean change", role: "warning" },
  { key: "baselineAncova", name: "baseline ANCOVA", role: "control" },
  { key: "allCovariateAncova", name: "ANCOVA on all covariates", role: "neutral" },
  { key: "twin", name: "twin", role: "twin" },
];

/** Root mean squared prediction error of the twin and of the plain methods on the same folds, by visit. */
export function rmseFigure(
  model: Pick<FrozenModel, "endpoints" | "visits" | "evaluation">,
  endpointId: string,
): ChartSpecification {
  const rows = model.evaluation.gain.filter((row) => row.endpointId === endpointId);
  return {
    kind: "cartesian",
    title: `Prediction error by method: ${endpointLabel(model, endpointId)}`,
    description:
      "Out-of-fold root mean squared error; every method predicted the same patients in the same folds. Lower is better.",
    x: {
      title: "Visit",
      unit: "",
      scale: { kind: "category", categories: rows.map((row) => visitLabel(model, row.visitId)) },
    },
    y: {
      title: "Root mean squared error",
      unit: endpointUnit(model, endpointId),
      scale: { kind: "linear", minimum: 0, maximum: null },
    },
    layers: METHODS.map(({ key, name, role }) => ({
      type: "line" as const,
      name,
      role,
      dashed: false,
      markers: true,
      points: rows.map((row, index): [number, number] => [index, row.rmse[key]]),
    })),
  };
}
