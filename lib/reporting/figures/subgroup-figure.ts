import type { FrozenModel } from "../../progression/model-document.ts";
import type { ChartSpecification } from "../chart-specification.ts";
import { formatCount, formatPercent } from "../format-number.ts";
import { placeLabel } from "./figure-labels.ts";

/** Gain of the twin over baseline ANCOVA within subgroups of the historical patients, out of fold. */
export function subgroupFigure(
  model: Pick<FrozenModel, "endpoints" | "visits" | "evaluation">,
  endpointId: string,
  visitId: string,
): ChartSpecification {
  const rows = model.evaluation.subgroups.filter((row) => row.endpointId === endpointId && row.visitId === visitId);
  return {
    kind: "cartesian",
    title: `Gain in subgroups: ${placeLabel(model, { endpointId, visitId })}`,
    description:
      "Dots are estimates, lines 95 % bootstrap intervals; subgroups overlap and are not adjusted for multiplicity.",
    x: {
      title: "Reduction of squared error against baseline ANCOVA",
      unit: "proportion",
      scale: { kind: "linear", minimum: null, maximum: null },
    },
    y: {
      title: "",
      unit: "",
      scale: { kind: "category", categories: rows.map((row) => `${row.subgroup} (N = ${formatCount(row.patients)})`) },
    },
    layers: [
      { type: "rule", name: "no gain", role: "neutral", axis: "x", at: 0 },
      {
        type: "intervals",
        name: "twin",
        role: "twin",
        orientation: "horizontal",
        items: rows.map((row, at) => ({
          at,
          value: row.gain.value,
          lower: row.gain.lower,
          upper: row.gain.upper,
          label: formatPercent(row.gain.value),
        })),
      },
    ],
  };
}
