import type { FrozenModel } from "../../progression/model-document.ts";
import type { ChartSpecification } from "../chart-specification.ts";
import { formatPercent } from "../format-number.ts";
import { placeLabel } from "./figure-labels.ts";

const DODGE = 0.2;

/**
 * Gain over ANCOVA on baseline value and strata, of the twin and of ANCOVA on all covariates: out-of-fold
 * 1 − SSE/SSE(ANCOVA) with bootstrap intervals, one row per endpoint × visit, zero marked.
 */
export function gainFigure(model: Pick<FrozenModel, "endpoints" | "visits" | "evaluation">): ChartSpecification {
  const rows = model.evaluation.gain;
  const items = (
    pick: (row: (typeof rows)[number]) => { value: number; lower: number; upper: number },
    offset: number,
  ) =>
    rows.map((row, index) => {
      const { value, lower, upper } = pick(row);
      return { at: index + offset, value, lower, upper, label: formatPercent(value) };
    });
  return {
    kind: "cartesian",
    title: "Gain over baseline ANCOVA, out of fold",
    description:
      "Dots are estimates, lines 95 % bootstrap intervals. Right of zero: smaller squared error than ANCOVA on baseline value and strata.",
    x: {
      title: "Reduction of squared error against baseline ANCOVA",
      unit: "proportion",
      scale: { kind: "linear", minimum: null, maximum: null },
    },
    y: { title: "", unit: "", scale: { kind: "category", categories: rows.map((row) => placeLabel(model, row)) } },
    layers: [
      { type: "rule", name: "no gain", role: "neutral", axis: "x", at: 0 },
      {
        type: "intervals",
        name: "twin",
        role: "twin",
        orientation: "horizontal",
        items: items((row) => row.gain, -DODGE),
      },
      {
        type: "intervals",
        name: "ANCOVA on all covariates",
        role: "neutral",
        orientation: "horizontal",
        items: items((row) => row.allCovariateAncovaGain, DODGE),
      },
    ],
  };
}
