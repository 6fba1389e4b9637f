import { computeTwoMeans } from "../power/means/two-means.ts";
import type { CalculationReport } from "./calculation-report.ts";
import type { CalculationSpec } from "./calculation-spec.ts";
import { reportOfPower } from "./report-of-power.ts";

/**
 * Does one calculation.
 *
 * @throws DomainError that names the field of the specification, when the choices have no answer.
 */
export function calculate(spec: CalculationSpec): CalculationReport {
  switch (spec.method) {
    case "two-means":
      return reportOfPower(computeTwoMeans(spec));
  }
}
