import type { AnalysisResult, SummaryMeasure } from "../../analysis/analysis-result.ts";
import { measureName } from "../../trial-analysis/measure-name.ts";
import type { ChartSpecification } from "../chart-specification.ts";
import { formatSignificant } from "../format-number.ts";

/** One effect of one analysis. */
export interface LabelledEffect {
  readonly label: string;
  readonly result: Pick<AnalysisResult, "estimate" | "interval" | "summaryMeasure">;
}

/** Estimates with their intervals, one row an effect, the null marked; effects must be on one scale. */
export function effectsFigure(measure: SummaryMeasure, effects: readonly LabelledEffect[]): ChartSpecification {
  const bounded = effects.map(({ result: { estimate, interval } }, at) => ({
    at,
    value: estimate,
    lower: interval.lower ?? estimate,
    upper: interval.upper ?? estimate,
    label: formatSignificant(estimate, 3),
  }));
  return {
    kind: "cartesian",
    title: "Effects of the planned analyses",
    description: "Dots are estimates, lines their confidence intervals; an interval without a limit ends at its dot.",
    x: {
      title: `Effect (${measureName(measure)}), experimental against control`,
      unit: "",
      scale: { kind: "linear", minimum: null, maximum: null },
    },
    y: { title: "", unit: "", scale: { kind: "category", categories: effects.map(({ label }) => label) } },
    layers: [
      { type: "rule", name: "null", role: "neutral", axis: "x", at: measure === "probability-index" ? 0.5 : 0 },
      { type: "intervals", name: "estimate", role: "experimental", orientation: "horizontal", items: bounded },
    ],
  };
}
