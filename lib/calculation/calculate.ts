import { reportDesign } from "../design/report-design.ts";
import { reportInterimAnalysis } from "../design/report-interim-analysis.ts";
import { reportSampleSizeReestimation } from "../design/report-sample-size-reestimation.ts";
import { reportSequentialMeans } from "../design/report-sequential-means.ts";
import { reportSequentialRates } from "../design/report-sequential-rates.ts";
import { reportSurvivalDesign } from "../design/report-survival-design.ts";
import { reportMultiplicity } from "../multiplicity/report-multiplicity.ts";
import { computePower } from "../power/compute-power.ts";
import { computeSurvival } from "../power/survival/survival-power.ts";
import { withSasNotExecuted } from "../program-code/sas-not-executed.ts";
import type { CalculationReport } from "./calculation-report.ts";
import type { CalculationSpec } from "./calculation-spec.ts";
import { reportOfPower } from "./report-of-power.ts";

/**
 * Does one calculation.
 *
 * @throws DomainError that names the field of the specification, when the choices have no answer.
 */
export function calculate(spec: CalculationSpec): CalculationReport {
  const report = reportOf(spec);
  return { ...report, code: withSasNotExecuted(report.code) };
}

function reportOf(spec: CalculationSpec): CalculationReport {
  switch (spec.method) {
    case "survival":
      return reportOfPower(computeSurvival(spec));
    case "group-sequential-design":
      return reportDesign(spec);
    case "sequential-means":
      return reportOfPower(reportSequentialMeans(spec));
    case "sequential-rates":
      return reportOfPower(reportSequentialRates(spec));
    case "group-sequential-survival":
      return reportOfPower(reportSurvivalDesign(spec));
    case "interim-analysis":
      return reportInterimAnalysis(spec);
    case "sample-size-reestimation":
      return reportSampleSizeReestimation(spec);
    case "multiplicity":
      return reportMultiplicity(spec);
    default:
      return reportOfPower(computePower(spec));
  }
}
