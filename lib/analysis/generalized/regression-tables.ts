import { normalUpperQuantile, normalUpperTail } from "../../numerics/normal.ts";
import type { ResultTable } from "../analysis-report.ts";
import type { GlmFit } from "./fit-glm.ts";
import type { MarginalMeans } from "./marginal-means.ts";

const number = (title: string, unit = "") => ({ title, unit, kind: "number" as const });
const percent = (confidence: number) => `${Number((confidence * 100).toPrecision(6))} %`;

/** Responders, observed and standardised risk of each arm. */
export function standardisedRiskTable(
  armNames: readonly string[],
  arm: Int32Array,
  response: Float64Array,
  { means, covariance }: MarginalMeans,
  confidence: number,
): ResultTable {
  const z = normalUpperQuantile((1 - confidence) / 2);
  const arms = armNames.length;
  return {
    id: "standardised-risks",
    title: "Risk by arm",
    columns: [
      { title: "Arm", unit: "", kind: "text" },
      { title: "N", unit: "", kind: "count" },
      { title: "With outcome", unit: "", kind: "count" },
      { title: "Observed", unit: "", kind: "proportion" },
      { title: "Standardised", unit: "", kind: "proportion" },
      number("SE"),
      { title: "Lower", unit: percent(confidence), kind: "proportion" },
      { title: "Upper", unit: percent(confidence), kind: "proportion" },
    ],
    rows: armNames.map((name, code) => {
      let n = 0;
      let events = 0;
      arm.forEach((own, i) => {
        if (own !== code) return;
        n++;
        events += response[i]!;
      });
      const se = Math.sqrt(Math.max(0, covariance[code * arms + code]!));
      const mean = means[code]!;
      return [name, n, events, events / n, mean, se, Math.max(0, mean - z * se), Math.min(1, mean + z * se)];
    }),
    note: "Standardised: mean predicted risk if every patient analysed had been on the arm.",
  };
}

/** Coefficients of a regression with Wald tests and, on the ratio scale, intervals. */
export function coefficientTable(
  fit: GlmFit,
  covariance: Float64Array,
  confidence: number,
  ratio: "odds ratio" | "rate ratio",
): ResultTable {
  const z = normalUpperQuantile((1 - confidence) / 2);
  const hasRatio = fit.family.link === "logit" || fit.family.link === "log";
  return {
    id: "coefficients",
    title: "Coefficients of the model",
    columns: [
      { title: "Column", unit: "", kind: "text" },
      number("Estimate"),
      number("SE"),
      number("z"),
      { title: "p", unit: "two-sided", kind: "p-value" },
      ...(hasRatio ? [number(ratio), number("Lower", percent(confidence)), number("Upper", percent(confidence))] : []),
    ],
    rows: fit.columnNames.map((name, j) => {
      const estimate = fit.coefficients[j]!;
      const se = Math.sqrt(covariance[j * fit.rank + j]!);
      const ratios = [Math.exp(estimate), Math.exp(estimate - z * se), Math.exp(estimate + z * se)];
      return [
        name,
        estimate,
        se,
        estimate / se,
        2 * normalUpperTail(Math.abs(estimate / se)),
        ...(hasRatio ? ratios.map((value) => (Number.isFinite(value) ? value : null)) : []),
      ];
    }),
    note: "",
  };
}
