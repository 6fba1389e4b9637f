import type { Diagnostic } from "../errors/diagnostic.ts";
import type { Findings } from "./assembly-findings.ts";
import { type LongDataSet, type MissingReason, missingReasonSchema } from "./long-data-set.ts";
import type { QualityReport } from "./quality-document.ts";
import type { AppliedConversion } from "./unit-mapping.ts";

export interface QualitySource {
  readonly sourceRows: number;
  readonly flow: QualityReport["flow"];
  readonly findings: Findings;
  readonly conversions: readonly AppliedConversion[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Makes the median absolute deviation estimate the standard deviation of a normal distribution: 1/Φ⁻¹(3/4). */
const MAD_TO_SD = 1.4826;
/** Distance from the median, in such standard deviations, from which a value counts as outlier. */
const OUTLIER_DISTANCE = 5;

/**
 * The data-quality report of an assembled data set: flow from file to patients, arms, ranges with units, missingness by
 * endpoint and visit with its reasons, covariates, events, outliers, and every finding with its place.
 */
export function buildQualityReport(data: LongDataSet, source: QualitySource): QualityReport {
  const { findings } = source;
  return {
    format: "understudy-quality/1",
    sourceRows: source.sourceRows,
    rowsUsed: findings.rowsUsed,
    flow: source.flow,
    arms: data.arms.map((arm) => ({
      armId: arm.id,
      label: arm.label,
      role: arm.role,
      patients: data.patients.filter((patient) => patient.arm === arm.id).length,
    })),
    studies: tally(data.patients.map((patient) => patient.study)).map(([study, patients]) => ({ study, patients })),
    endpoints: data.endpoints.map((endpoint, e) => {
      const baseline = data.patients.map((patient) => patient.baseline[e] ?? null);
      const visits = data.patients.flatMap((patient) =>
        (patient.outcomes[e] ?? []).flatMap((cell) => ("value" in cell ? [cell.value] : [])),
      );
      const values = [...baseline.filter((value) => value !== null), ...visits];
      return {
        endpointId: endpoint.id,
        label: endpoint.label,
        unit: endpoint.unit,
        ...summarise(values),
        outOfRange: findings.count("out-of-range", endpoint.id),
        outliers: countOutliers(values),
        baselineMissing: baseline.filter((value) => value === null).length,
      };
    }),
    missingness: data.endpoints.flatMap((endpoint, e) =>
      data.visits.map((visit, v) => ({ endpointId: endpoint.id, visitId: visit.id, ...missingness(data, e, v) })),
    ),
    covariates: data.covariates.map((covariate, p) => ({
      covariateId: covariate.id,
      label: covariate.label,
      summary: summariseCovariate(data, p),
    })),
    events: tally(data.patients.flatMap((patient) => [...new Set(patient.events.map((event) => event.kind))])).map(
      ([kind, patients]) => ({ kind, patients }),
    ),
    ...(source.conversions.length === 0 ? {} : { conversions: [...source.conversions] }),
    duplicates: findings.rowCount("duplicate"),
    unscheduled: findings.rowCount("unscheduled"),
    problems: [...findings.listed],
    diagnostics: [...source.diagnostics],
  };
}

function missingness(data: LongDataSet, e: number, v: number) {
  const reasons = new Map<MissingReason, number>();
  let observed = 0;
  for (const patient of data.patients) {
    const cell = patient.outcomes[e]?.[v];
    if (cell === undefined) continue;
    if ("value" in cell) observed++;
    else reasons.set(cell.missing, (reasons.get(cell.missing) ?? 0) + 1);
  }
  return {
    patients: data.patients.length,
    observed,
    reasons: missingReasonSchema.options.flatMap((reason) =>
      reasons.has(reason) ? [{ reason, count: reasons.get(reason) ?? 0 }] : [],
    ),
  };
}

function summariseCovariate(data: LongDataSet, p: number): QualityReport["covariates"][number]["summary"] {
  const covariate = data.covariates[p];
  const values = data.patients.map((patient) => patient.covariates[p] ?? null);
  const missing = values.filter((value) => value === null).length;
  if (covariate?.type !== "categorical") {
    return {
      type: "continuous",
      unit: covariate?.unit ?? "",
      ...summarise(values.filter((value) => typeof value === "number")),
      missing,
    };
  }
  return {
    type: "categorical",
    levels: covariate.levels.map((level) => ({ level, patients: values.filter((value) => value === level).length })),
    missing,
  };
}

/** Range, mean and standard deviation (divisor n − 1); null where there are too few values. */
function summarise(values: readonly number[]) {
  if (values.length === 0) return { minimum: null, maximum: null, mean: null, standardDeviation: null };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    minimum: values.reduce((least, value) => Math.min(least, value)),
    maximum: values.reduce((most, value) => Math.max(most, value)),
    mean,
    standardDeviation: values.length < 2 ? null : Math.sqrt(squares / (values.length - 1)),
  };
}

/** Values further than 5 × 1.4826 × MAD from the median; none when more than half of the values are equal (MAD 0). */
function countOutliers(values: readonly number[]): number {
  const centre = median(values);
  const spread = MAD_TO_SD * median(values.map((value) => Math.abs(value - centre)));
  return spread > 0 ? values.filter((value) => Math.abs(value - centre) > OUTLIER_DISTANCE * spread).length : 0;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((first, second) => first - second);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

function tally(names: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts];
}
