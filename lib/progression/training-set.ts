import { type SubjectTable, selectSubjects } from "../data/subject-table.ts";
import type { Covariate } from "../trial/covariate.ts";
import { encodeFeatures } from "./feature-encoding.ts";
import { type OmittedFeature, selectFeatures } from "./gaussian-joint/fit-gaussian-joint.ts";
import type { MemberTraining, PatientHistory } from "./member.ts";
import type { BaselineFeature } from "./model-document.ts";

/** Patients of one training, with the features that say something about some of them. */
export interface TrainingSet {
  readonly training: MemberTraining;
  readonly omitted: readonly OmittedFeature[];
}

/**
 * What every member is trained on: features that are missing or the same in all of these patients are left out, so that
 * all members of a stack know the same ones.
 *
 * @param table - Training patients.
 * @param features - Features wished for.
 * @param covariates - Covariates the features refer to.
 */
export function trainingSet(
  table: SubjectTable,
  features: readonly BaselineFeature[],
  covariates: readonly Covariate[],
): TrainingSet {
  const wished = encodeFeatures(table, features, covariates);
  const { kept, omitted } = selectFeatures(wished, features, table.count);
  const Q = kept.length;
  const featureValues = new Float64Array(table.count * Q);
  for (let i = 0; i < table.count; i++) {
    for (let q = 0; q < Q; q++) featureValues[i * Q + q] = wished[i * features.length + kept[q]!]!;
  }
  return {
    omitted,
    training: {
      table,
      features: kept.map((q) => features[q]!),
      covariates,
      featureValues,
      weights: new Float64Array(table.count).fill(1),
    },
  };
}

/**
 * Some of the patients of a training set, with features chosen anew.
 *
 * @param training - Training set.
 * @param rows - Positions of the patients.
 */
export function trainingSubset(training: MemberTraining, rows: Int32Array): MemberTraining {
  const weights = Float64Array.from(rows, (i) => training.weights[i]!);
  const subset = trainingSet(selectSubjects(training.table, rows), training.features, training.covariates).training;
  return { ...subset, weights };
}

/**
 * Histories of patients as a model trained on other patients sees them.
 *
 * @param table - n patients.
 * @param features - The model's features.
 * @param covariates - The model's covariates.
 * @param through - Number of planned visits whose outcomes are known; 0 for a twin.
 * @returns Function from a position to the patient's history; arrays are fresh.
 */
export function histories(
  table: SubjectTable,
  features: readonly BaselineFeature[],
  covariates: readonly Covariate[],
  through = 0,
): (patient: number) => PatientHistory {
  const encoded = encodeFeatures(table, features, covariates);
  const Q = features.length;
  const V = table.visits.length;
  const cells = table.endpoints.length * V;
  return (i) => {
    const observed = new Float64Array(cells).fill(Number.NaN);
    const days = new Float64Array(cells);
    for (let cell = 0; cell < cells; cell++) {
      const value = table.outcomes[i * cells + cell]!;
      const known = cell % V < through && !Number.isNaN(value);
      if (known) observed[cell] = value;
      days[cell] = known ? table.days[i * cells + cell]! : table.visits[cell % V]!.targetDay;
    }
    return { features: encoded.slice(i * Q, (i + 1) * Q), observed, days };
  };
}
