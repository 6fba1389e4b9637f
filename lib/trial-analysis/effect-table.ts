import type { AnalysisReport, ResultTable } from "../analysis/analysis-report.ts";
import { measureName } from "./measure-name.ts";

/** The effects of an analysis as a table; ratios stand on their own scale beside the logarithm they were computed on. */
export function effectTable(report: AnalysisReport): ResultTable {
  const confidence = Math.round((report.effects[0]?.result.interval.confidence ?? 0.95) * 1000) / 10;
  const ratios = report.effects.some(({ result }) => isRatio(result.summaryMeasure));
  const number = { unit: "", kind: "number" as const };
  return {
    id: "effects",
    title: "Treatment effect",
    columns: [
      { title: "Comparison", unit: "", kind: "text" },
      { title: "Measure", unit: "", kind: "text" },
      { ...number, title: "Estimate" },
      { ...number, title: "SE" },
      { ...number, title: "Lower", unit: `${confidence} %` },
      { ...number, title: "Upper", unit: `${confidence} %` },
      ...(ratios
        ? [
            { ...number, title: "Ratio" },
            { ...number, title: "Ratio, lower" },
            { ...number, title: "Ratio, upper" },
          ]
        : []),
      { title: "df", unit: "", kind: "degrees-of-freedom" },
      { ...number, title: "Statistic" },
      { title: "p", unit: "two-sided", kind: "p-value" },
      { title: "p", unit: "one-sided", kind: "p-value" },
      { title: "N", unit: "", kind: "count" },
    ],
    rows: report.effects.map(({ label, result }) => {
      const ratio = (value: number | null) =>
        value === null || !isRatio(result.summaryMeasure) ? null : Math.exp(value);
      return [
        label,
        measureName(result.summaryMeasure),
        result.estimate,
        result.standardError,
        result.interval.lower,
        result.interval.upper,
        ...(ratios ? [ratio(result.estimate), ratio(result.interval.lower), ratio(result.interval.upper)] : []),
        result.degreesOfFreedom,
        result.testStatistic,
        result.twoSidedPValue,
        result.oneSidedPValue,
        result.subjectsUsed,
      ];
    }),
    note: "One-sided p-values point in the direction of benefit. Without degrees of freedom the reference is the standard normal, or the test is exact.",
  };
}

const isRatio = (measure: string) => measure.startsWith("log-");
