import type { AnalysisReport, ResultTable } from "../analysis/analysis-report.ts";
import type { AnalysisResult } from "../analysis/analysis-result.ts";
import { measureName } from "./measure-name.ts";

interface EffectColumn {
  readonly title: string;
  readonly unit: string;
  readonly kind: ResultTable["columns"][number]["kind"];
  readonly cell: (effect: AnalysisReport["effects"][number]) => string | number | null;
}

/**
 * The effects of an analysis as a table. A ratio stands as a ratio with its interval beside the logarithm that was tested;
 * columns that no effect fills are left out.
 *
 * @param unit - Of estimates and limits; empty where they have none.
 */
export function effectTable({ effects }: AnalysisReport, unit = ""): ResultTable {
  const measures = [...new Set(effects.map(({ result }) => result.summaryMeasure))];
  const confidences = [...new Set(effects.map(({ result }) => result.interval.confidence))];
  const confidence = confidences.map((level) => `${Number((level * 100).toPrecision(6))} %`).join(", ");
  const someRatio = measures.some(isRatio);
  const number = (title: string, unit: string, cell: EffectColumn["cell"]): EffectColumn => ({
    title,
    unit,
    kind: "number",
    cell,
  });
  const onRatioScale = (result: AnalysisResult, value: number | null) =>
    value === null || !isRatio(result.summaryMeasure) ? value : Math.exp(value);
  const columns: EffectColumn[] = [
    { title: "Comparison", unit: "", kind: "text", cell: ({ label }) => label },
    ...(measures.length === 1
      ? []
      : [
          {
            title: "Measure",
            unit: "",
            kind: "text" as const,
            cell: ({ result }: AnalysisReport["effects"][number]) => measureName(result.summaryMeasure),
          },
        ]),
    number("Estimate", unit, ({ result }) => result.estimate),
    number("SE", unit, ({ result }) => result.standardError),
    ...(someRatio ? [number("Effect", "ratio", ({ result }) => onRatioScale(result, result.estimate))] : []),
    number("Lower", confidence, ({ result }) => onRatioScale(result, result.interval.lower)),
    number("Upper", confidence, ({ result }) => onRatioScale(result, result.interval.upper)),
    { title: "df", unit: "", kind: "degrees-of-freedom", cell: ({ result }) => result.degreesOfFreedom },
    number("Statistic", "", ({ result }) => result.testStatistic),
    { title: "p", unit: "two-sided", kind: "p-value", cell: ({ result }) => result.twoSidedPValue },
    { title: "p", unit: "one-sided", kind: "p-value", cell: ({ result }) => result.oneSidedPValue },
    { title: "N", unit: "", kind: "count", cell: ({ result }) => result.subjectsUsed },
  ];
  const filled = columns.filter(({ cell }) => effects.some((effect) => cell(effect) !== null));
  const scale = someRatio ? " Estimate and SE of a ratio are logarithms; its interval is on the ratio scale." : "";
  return {
    id: "effects",
    title: measures.length === 1 ? `Treatment effect: ${measureName(measures[0]!)}` : "Treatment effects",
    columns: filled.map(({ title, unit, kind }) => ({ title, unit, kind })),
    rows: effects.map((effect) => filled.map(({ cell }) => cell(effect))),
    note: `One-sided p-values point in the direction of benefit.${scale}`,
  };
}

const isRatio = (measure: string) => measure.startsWith("log-");
