import { DomainError } from "../../errors/domain-error.ts";
import type { CovarianceStructure } from "../mmrm/covariance-structure.ts";
import { fitMmrm, type MmrmFit } from "../mmrm/fit-mmrm.ts";
import { type PreparedMeasures, prepareRepeatedMeasures, withoutSubject } from "../mmrm/repeated-measures.ts";
import type { ImputationStrategy } from "./imputation-strategy.ts";

/** A trial ready for imputation: every patient at every visit. */
export interface ImputationData {
  readonly patientCount: number;
  readonly visitCount: number;
  readonly armCount: number;
  /** [patient]; 0 is the control. */
  readonly arm: Int32Array;
  /** [patient · visit]; NaN where it is to be imputed. */
  readonly outcome: Float64Array;
  /** Index of the first visit after the intercurrent event; visitCount without one, [patient]. */
  readonly firstAfter: Int32Array;
  /** What is assumed after the event, [arm]. */
  readonly strategy: readonly ImputationStrategy[];
  /** Arm that serves as reference, [arm]. */
  readonly reference: Int32Array;
  readonly columnCount: number;
  /** Names of the columns of the linear predictor. */
  readonly columnNames: readonly string[];
  /** Linear predictor in the patient's own arm, [patient · visit · column]. */
  readonly ownDesign: Float64Array;
  /** The same in the reference arm of the patient's arm. */
  readonly referenceDesign: Float64Array;
  readonly structure: CovarianceStructure;
  /** Whether each arm has a covariance of its own. */
  readonly covarianceByArm: boolean;
  readonly restricted: boolean;
}

/** Mean and covariance from which values are imputed. */
export interface ImputationParameters {
  /** [column]; 0 for columns that depend on others. */
  readonly coefficients: Float64Array;
  /** Covariance over the visits of each arm, [arm][visit · visit]. */
  readonly covariances: readonly Float64Array[];
}

/** Whether an observed value informs the imputation model: not after an event with a strategy other than MAR. */
export function informsModel(data: ImputationData, patient: number, visit: number): boolean {
  return (
    Number.isFinite(data.outcome[patient * data.visitCount + visit]!) &&
    (visit < data.firstAfter[patient]! || data.strategy[data.arm[patient]!] === "MAR")
  );
}

/**
 * Rows of the mixed model for repeated measures from which values are imputed (METHODS.md eq. (D7)).
 *
 * @param patients - Patients in the sample, by index, possibly several times (a bootstrap sample); all when left out. The
 *   subject numbers of the result are positions in this list.
 * @throws DomainError INSUFFICIENT_DATA for a visit without values; NOT_ESTIMABLE for a category that only patients without
 *   values have.
 */
export function prepareImputationModel(data: ImputationData, patients?: ArrayLike<number>): PreparedMeasures {
  const { visitCount: m, columnCount: p } = data;
  const size = patients?.length ?? data.patientCount;
  const rows: number[] = [];
  const subjects: number[] = [];
  for (let s = 0; s < size; s++) {
    const patient = patients?.[s] ?? s;
    for (let visit = 0; visit < m; visit++) {
      if (!informsModel(data, patient, visit)) continue;
      rows.push(patient * m + visit);
      subjects.push(s);
    }
  }
  const design = new Float64Array(rows.length * p);
  const outcome = new Float64Array(rows.length);
  rows.forEach((row, i) => {
    for (let j = 0; j < p; j++) design[i * p + j] = data.ownDesign[row * p + j]!;
    outcome[i] = data.outcome[row]!;
  });
  return prepareRepeatedMeasures({
    rowCount: rows.length,
    columnCount: p,
    design,
    outcome,
    subject: subjects,
    subjectCount: size,
    visit: rows.map((row) => row % m),
    visitCount: m,
    ...(data.covarianceByArm
      ? {
          group: Int32Array.from({ length: size }, (_, s) => data.arm[patients?.[s] ?? s]!),
          groupCount: data.armCount,
        }
      : {}),
  });
}

/** A fit of the imputation model with what refits need. */
export interface ImputationFit {
  readonly prepared: PreparedMeasures;
  readonly fit: MmrmFit;
  readonly parameters: ImputationParameters;
}

/**
 * Fits the imputation model.
 *
 * @param start - Covariance parameters of a fit to nearly the same data.
 * @throws DomainError as `prepareImputationModel`, and NOT_CONVERGED.
 */
export function fitImputationModel(
  data: ImputationData,
  prepared: PreparedMeasures,
  start?: Float64Array,
): ImputationFit {
  const fit = fitMmrm(prepared, {
    structure: data.structure,
    restricted: data.restricted,
    ...(start === undefined ? {} : { start }),
  });
  return { prepared, fit, parameters: imputationParameters(data, fit.prepared, fit.coefficients, fit.covariances) };
}

/** Coefficients of the independent columns and covariances of the groups, by column and arm. */
export function imputationParameters(
  data: ImputationData,
  prepared: PreparedMeasures,
  coefficients: Float64Array,
  covariances: readonly Float64Array[],
): ImputationParameters {
  const all = new Float64Array(data.columnCount);
  prepared.independentColumns.forEach((column, j) => {
    all[column] = coefficients[j]!;
  });
  const byArm = Array.from({ length: data.armCount }, (_, arm) => covariances[data.covarianceByArm ? arm : 0]!);
  return { coefficients: all, covariances: byArm };
}

/** The model refitted without one patient; the same fit for a patient without values. */
export function refitWithout(data: ImputationData, full: ImputationFit, patient: number): ImputationParameters {
  let informs = false;
  for (let visit = 0; visit < data.visitCount; visit++) informs ||= informsModel(data, patient, visit);
  if (!informs) return full.parameters;
  return fitImputationModel(data, withoutSubject(full.prepared, patient), full.fit.theta).parameters;
}

/**
 * Refuses a model in which some patient to be imputed has a category that was never observed: its effect is unknown.
 *
 * @throws DomainError NOT_ESTIMABLE naming the column.
 */
export function assertImputable(data: ImputationData, prepared: PreparedMeasures): void {
  const { patientCount, visitCount: m, columnCount: p } = data;
  for (const column of prepared.dependentColumns) {
    let inModel = false;
    let imputed = false;
    for (let row = 0; row < patientCount * m; row++) {
      const used = data.ownDesign[row * p + column] !== 0 || data.referenceDesign[row * p + column] !== 0;
      if (!used) continue;
      if (informsModel(data, Math.floor(row / m), row % m)) inModel = true;
      else imputed = true;
    }
    if (imputed && !inModel)
      throw new DomainError("NOT_ESTIMABLE", {
        argument: "covariates",
        received: data.columnNames[column] ?? column,
        requirement: "must be observed with an outcome to impute patients who have it",
        hint: "Leave out the covariate, or join its rare categories.",
      });
  }
}
