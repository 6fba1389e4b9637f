import type { LongDataSet } from "../../../../lib/data/long-data-set.ts";
import { subjectTable } from "../../../../lib/data/subject-table.ts";
import { baselineFeatures, encodeFeatures } from "../../../../lib/progression/feature-encoding.ts";
import type { MemberTraining, PatientHistory } from "../../../../lib/progression/member.ts";

/** Training set of all patients of a data set, with all its covariates. */
export function memberTraining(data: LongDataSet): MemberTraining {
  const table = subjectTable(data);
  const features = baselineFeatures(data.endpoints, data.covariates);
  return {
    table,
    features,
    covariates: data.covariates,
    featureValues: encodeFeatures(table, features, data.covariates),
    weights: new Float64Array(table.count).fill(1),
  };
}

/** History of a patient with outcomes up to a number of visits; 0 = from baseline only. */
export function historyOf(training: MemberTraining, i: number, visits = 0): PatientHistory {
  const { table, features, featureValues } = training;
  const Q = features.length;
  const V = table.visits.length;
  const cells = table.endpoints.length * V;
  const observed = table.outcomes.slice(i * cells, (i + 1) * cells).map((value, j) => (j % V < visits ? value : NaN));
  return {
    features: featureValues.slice(i * Q, (i + 1) * Q),
    observed,
    days: Float64Array.from(observed, (value, j) =>
      Number.isNaN(value) ? table.visits[j % V]!.targetDay : table.days[i * cells + j]!,
    ),
  };
}
