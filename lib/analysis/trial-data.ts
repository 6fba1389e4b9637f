import type { Covariate } from "./covariate.ts";

/** A continuous variable followed over the planned visits. */
export interface TrialEndpoint {
  readonly id: string;
  readonly label: string;
  readonly unit: string;
  /** Direction of benefit of a larger value. */
  readonly benefit: "higher" | "lower";
  /** Value at each planned visit, row-major [patient · visit]; NaN when missing. */
  readonly values: Float64Array;
  /** Day of measurement, row-major [patient · visit]; NaN when missing. */
  readonly days: Float64Array;
  /** Value before treatment, [patient]; NaN when missing. */
  readonly baseline: Float64Array;
}

/** A score computed from the twins: control mean at an endpoint and visit from baseline only. */
export interface TrialScore {
  readonly endpointId: string;
  readonly visitId: string;
  /** [patient]; NaN for a patient without a twin. */
  readonly mean: Float64Array;
  /** Predictive variance, [patient]. */
  readonly variance: Float64Array;
}

/** A terminal or intercurrent event with the end of follow-up, one a patient. */
export interface TrialFollowUp {
  /** Last day at which the patient is known to have been followed, [patient]; NaN when unknown. */
  readonly lastDay: Float64Array;
  /** First day of each kind of event, [patient]; NaN when it was not seen. */
  readonly eventDay: ReadonlyMap<string, Float64Array>;
}

/**
 * What the analyses of a trial work on: one entry a patient, in one fixed order, arms coded with the control first. Made
 * from a data set and its twins; a spec names columns, never positions.
 */
export interface TrialData {
  readonly patientIds: readonly string[];
  /** Names of the arms; index 0 is the control. */
  readonly armNames: readonly string[];
  /** Index into `armNames`, [patient]. */
  readonly arm: Int32Array;
  readonly visits: readonly { readonly id: string; readonly label: string; readonly day: number }[];
  readonly endpoints: readonly TrialEndpoint[];
  /** Baseline covariates by name, [patient]. */
  readonly covariates: readonly Covariate[];
  readonly scores: readonly TrialScore[];
  readonly followUp: TrialFollowUp;
}
