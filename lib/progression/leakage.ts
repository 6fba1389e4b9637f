import type { SubjectTable } from "../data/subject-table.ts";
import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { DomainError } from "../errors/domain-error.ts";
import { encodeFeatures, featureLabel } from "./feature-encoding.ts";
import type { BaselineFeature, GainAtVisit, TrainingSpec } from "./model-document.ts";

/** A baseline-only score rarely correlates more than this with the outcome, given baseline: look for leakage. */
export const LEAKAGE_WARNING = 0.5;
/** Above this, leakage is the likeliest explanation: training stops until somebody says why it is none. */
export const LEAKAGE_CRITICAL = 0.6;
/** Fewest patients for a single covariate to be judged: 0.6 by chance has a probability below 1e-4 then. */
export const MINIMUM_PATIENTS = 40;

/** A covariate that knows too much of an outcome. */
export interface LeakingCovariate {
  readonly feature: string;
  readonly outcome: string;
  /** Absolute partial correlation given the endpoint's own baseline value. */
  readonly correlation: number;
}

/**
 * Covariates whose partial correlation with some outcome, given the endpoint's own baseline value, exceeds 0.6 in absolute
 * value: found before anything is trained. METHODS.md, equation (P30).
 *
 * @param table - Training patients.
 * @param features - Features of the twin; baseline values of endpoints are not judged.
 * @param covariates - Covariates the features refer to.
 * @returns Each covariate once, at the outcome where it is largest; the largest first.
 */
export function leakingCovariates(
  table: SubjectTable,
  features: readonly BaselineFeature[],
  covariates: SubjectTable["covariates"],
): LeakingCovariate[] {
  const values = encodeFeatures(table, features, covariates);
  const Q = features.length;
  const E = table.endpoints.length;
  const V = table.visits.length;
  return features
    .flatMap((feature, q) => {
      if (feature.kind === "baseline-endpoint") return [];
      let correlation = 0;
      let worst = 0;
      for (let cell = 0; cell < E * V; cell++) {
        const rows: [number, number, number][] = [];
        for (let i = 0; i < table.count; i++) {
          const row: [number, number, number] = [
            values[i * Q + q]!,
            table.outcomes[i * E * V + cell]!,
            table.baseline[i * E + Math.floor(cell / V)]!,
          ];
          if (!row.some(Number.isNaN)) rows.push(row);
        }
        const r = rows.length < MINIMUM_PATIENTS ? 0 : Math.abs(partialCorrelation(rows));
        if (r > correlation) {
          correlation = r;
          worst = cell;
        }
      }
      if (!(correlation > LEAKAGE_CRITICAL)) return [];
      const outcome = `${table.endpoints[Math.floor(worst / V)]!.label} at ${table.visits[worst % V]!.label}`;
      return [{ feature: featureLabel(feature, table.endpoints, covariates), outcome, correlation }];
    })
    .sort((a, b) => b.correlation - a.correlation);
}

/**
 * Stops a training on covariates that know too much, unless it was acknowledged.
 *
 * @param leaking - From {@link leakingCovariates}.
 * @param training - Specification, with the acknowledgement if there is one.
 * @throws DomainError INVALID_INPUT naming every such covariate.
 */
export function refuseLeakingCovariates(
  leaking: readonly LeakingCovariate[],
  training: Pick<TrainingSpec, "acknowledgedLeakage">,
): void {
  if (leaking.length === 0 || training.acknowledgedLeakage !== undefined) return;
  refuse(
    leaking.map(
      ({ feature, outcome, correlation }) => `${feature} (partial correlation ${decimal(correlation)} with ${outcome})`,
    ),
    "Leave out covariates recorded after time zero or derived from the outcome",
  );
}

/**
 * Stops a training whose twin knows too much, unless it was acknowledged.
 *
 * @param gains - Out-of-fold figures of every endpoint and visit.
 * @param labelOf - Name of an endpoint and visit for the reader.
 * @param training - Specification, with the acknowledgement if there is one.
 * @throws DomainError INVALID_INPUT naming every endpoint and visit at fault.
 */
export function refuseLeakingTwin(
  gains: readonly GainAtVisit[],
  labelOf: (gain: GainAtVisit) => string,
  training: Pick<TrainingSpec, "acknowledgedLeakage">,
): void {
  const found = gains.filter(({ partialCorrelation: r }) => r.value > LEAKAGE_CRITICAL);
  if (found.length === 0 || training.acknowledgedLeakage !== undefined) return;
  refuse(
    found.map((gain) => `${labelOf(gain)} (partial correlation ${decimal(gain.partialCorrelation.value)})`),
    "Look for covariates recorded after time zero or derived from the outcome and leave them out",
  );
}

/**
 * Diagnostics for partial correlations too good to be true.
 *
 * @param gain - Out-of-fold figures.
 * @param what - Endpoint and visit for the reader.
 */
export function leakageDiagnostics(gain: GainAtVisit, what: string): Diagnostic[] {
  const r = gain.partialCorrelation.value;
  const concerns = `${gain.endpointId} @ ${gain.visitId}`;
  if (r > LEAKAGE_CRITICAL) {
    return [
      diagnostic(
        "critical",
        "leakage-likely",
        `The partial correlation of twin and outcome is ${decimal(r)} for ${what}; baseline data alone rarely exceed ${LEAKAGE_WARNING}. Check that no covariate was recorded after time zero or derived from the outcome before anything is planned on it.`,
        concerns,
      ),
    ];
  }
  if (r > LEAKAGE_WARNING) {
    return [
      diagnostic(
        "warning",
        "leakage-possible",
        `The partial correlation of twin and outcome is ${decimal(r)} for ${what}, above the ${LEAKAGE_WARNING} that baseline data usually reach. Check that every covariate was known at time zero.`,
        concerns,
      ),
    ];
  }
  return [];
}

function refuse(found: readonly string[], remedy: string): never {
  throw new DomainError("INVALID_INPUT", {
    argument: "training.acknowledgedLeakage",
    received: found.join("; "),
    requirement: `must say why this is no leak before a model with partial correlations above ${LEAKAGE_CRITICAL} is frozen`,
    hint: `Baseline data alone rarely exceed ${LEAKAGE_WARNING}. ${remedy}; or, if all were known at time zero, give the reason in this field and train again.`,
  });
}

/** Correlation of the first two of three variables given the third; 0 where one of them does not vary beside it. */
function partialCorrelation(rows: readonly (readonly [number, number, number])[]): number {
  const n = rows.length;
  const mean = [0, 1, 2].map((k) => rows.reduce((sum, row) => sum + row[k]!, 0) / n);
  const moment = (a: number, b: number) =>
    rows.reduce((sum, row) => sum + (row[a]! - mean[a]!) * (row[b]! - mean[b]!), 0);
  const zz = moment(2, 2);
  const given = (a: number, b: number) => moment(a, b) - (zz > 0 ? (moment(a, 2) * moment(b, 2)) / zz : 0);
  const scale = given(0, 0) * given(1, 1);
  return scale > 1e-12 * moment(0, 0) * moment(1, 1) ? given(0, 1) / Math.sqrt(scale) : 0;
}

function decimal(value: number): string {
  return value.toFixed(2);
}
