import type { QualityReport } from "../../data/quality-document.ts";
import type { PlannedVisit } from "../../trial/visit-schedule.ts";
import type { ChartSpecification } from "../chart-specification.ts";
import { formatPercent } from "../format-number.ts";

/** Share of patients without a value, endpoint × visit; the baseline is the first column. */
export function missingnessFigure(quality: QualityReport, visits: readonly PlannedVisit[]): ChartSpecification {
  const patients = quality.missingness[0]?.patients ?? 0;
  const cell = (missing: number, of: number) =>
    of === 0 ? null : { value: missing / of, text: `${formatPercent(missing / of, 0)} (${missing})` };
  return {
    kind: "heat-map",
    title: "Missing values by endpoint and visit",
    description: "Share (count) of patients without a value; darker means more missing.",
    columns: ["baseline", ...visits.map((visit) => visit.label)],
    rows: quality.endpoints.map((endpoint) => endpoint.label),
    cells: quality.endpoints.map((endpoint) => [
      cell(endpoint.baselineMissing, patients),
      ...visits.map((visit) => {
        const row = quality.missingness.find(
          (entry) => entry.endpointId === endpoint.endpointId && entry.visitId === visit.id,
        );
        return row === undefined ? null : cell(row.patients - row.observed, row.patients);
      }),
    ]),
    valueTitle: "missing",
    domain: { minimum: 0, maximum: 1 },
  };
}
