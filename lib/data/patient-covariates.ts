import type { Findings } from "./assembly-findings.ts";
import { levelCell } from "./cell-value.ts";
import type { MappedColumns } from "./check-mapping.ts";
import type { MappingSpec } from "./mapping-spec.ts";
import { onAnalysisScale } from "./measurement.ts";
import type { RecordTime } from "./patient-measurements.ts";
import type { PatientRows } from "./select-records.ts";
import type { SourceValues } from "./source-values.ts";

type CovariateValue = number | string | null;

/**
 * Covariates of a patient, in the order of the mapping: the last value recorded at baseline (flagged, or on or before
 * time zero), else the value that all records of the patient agree on. A covariate that is known only from later records
 * that differ is missing, because nothing measured after time zero may predict (METHODS.md (D8)).
 */
export function patientCovariates(
  patient: PatientRows,
  times: readonly RecordTime[],
  spec: MappingSpec,
  columns: MappedColumns,
  source: SourceValues,
  findings: Findings,
): CovariateValue[] {
  const missingText = new Set(spec.missingText);
  const atBaseline = times.filter((time) => time.baseline !== null).sort(byTimeThenFlag);
  return spec.covariates.map((covariate, p) => {
    const column = columns.covariates[p];
    if (column === undefined) return null;
    const valueIn = (row: number): CovariateValue => {
      if (covariate.type === "categorical") return levelCell(column, row, missingText);
      const cell = source.covariate(p, row);
      return cell.kind === "value" ? cell.value : null;
    };
    const known = (rows: readonly number[]) =>
      rows.map((row) => ({ row, value: valueIn(row) })).filter((each) => each.value !== null);
    const baseline = known(atBaseline.map((time) => time.row)).at(-1);
    const all = baseline === undefined ? known(patient.rows) : [baseline];
    const first = all[0];
    if (first === undefined || first.value === null) return null;
    if (all.some((each) => each.value !== first.value)) {
      findings.add(
        "covariate-after-baseline",
        { row: first.row, column: column.name },
        `Patient ${patient.id} has no value of ${covariate.label} at baseline, and later values differ; it is missing.`,
      );
      return null;
    }
    if (covariate.type === "categorical" || typeof first.value === "string") return first.value;
    const content = onAnalysisScale(first.value, covariate);
    if (content.kind === "measured") return content.value;
    findings.add(
      "covariate-out-of-range",
      { row: first.row, column: column.name },
      `The value ${first.value} of patient ${patient.id} is not admissible for ${covariate.label}; it was set missing.`,
    );
    return null;
  });
}

/** In order of day, records without a day first; flagged records last, so that they decide. */
function byTimeThenFlag(first: RecordTime, second: RecordTime): number {
  const flagged = Number(first.baseline === "flagged") - Number(second.baseline === "flagged");
  return (
    flagged ||
    (first.day ?? Number.NEGATIVE_INFINITY) - (second.day ?? Number.NEGATIVE_INFINITY) ||
    first.row - second.row
  );
}
