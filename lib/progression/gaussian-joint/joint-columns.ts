import type { SubjectTable } from "../../data/subject-table.ts";
import { DomainError } from "../../errors/domain-error.ts";
import type { Covariate } from "../../trial/covariate.ts";
import type { BaselineFeature } from "../baseline-feature.ts";
import { encodeFeatures } from "../feature-encoding.ts";
import type { JointItem } from "./shrinkage.ts";
import { type ColumnScale, columnScales } from "./standardise.ts";

/** Why a baseline feature could not enter the model. */
export interface OmittedFeature {
  readonly feature: BaselineFeature;
  readonly reason: "never-observed" | "constant";
}

/** Features with information, then outcomes, of the patients of a fit; analysis scale. */
export interface JointColumns {
  readonly features: readonly BaselineFeature[];
  readonly omitted: readonly OmittedFeature[];
  readonly count: number;
  /** Columns before the first outcome. */
  readonly featureCount: number;
  /** [n × D]; D = features + E·V. */
  readonly values: Float64Array;
  readonly items: readonly JointItem[];
  readonly scales: readonly ColumnScale[];
}

/** Fewest patients with an outcome for its mean and variance to be more than a guess. */
const MINIMUM_PER_OUTCOME = 3;

/**
 * Columns of the joint law of some patients.
 *
 * @param table - Patients; every row is used.
 * @param features - Features wished for; those without information here are left out.
 * @param covariates - Covariates the features refer to.
 * @throws DomainError INSUFFICIENT_DATA when an outcome has fewer than three values or does not vary.
 */
export function jointColumns(
  table: SubjectTable,
  features: readonly BaselineFeature[],
  covariates: readonly Covariate[],
): JointColumns {
  const wished = encodeFeatures(table, features, covariates);
  const { kept, omitted } = selectFeatures(wished, features, table.count);
  const chosen = kept.map((q) => features[q]!);
  const values = joinColumns(table, wished, features.length, kept);
  const items = jointItems(table, chosen);
  const scales = columnScales(values, table.count, items.length);
  refuseUninformativeOutcomes(table, scales, kept.length);
  return { features: chosen, omitted, count: table.count, featureCount: chosen.length, values, items, scales };
}

/**
 * Positions of the features that say something about some of these patients, and the others with the reason.
 *
 * @param values - [n × Q], NaN = missing.
 * @param features - [Q].
 * @param count - n.
 */
export function selectFeatures(
  values: Float64Array,
  features: readonly BaselineFeature[],
  count: number,
): { kept: number[]; omitted: OmittedFeature[] } {
  const scales = columnScales(values, count, features.length);
  const kept: number[] = [];
  const omitted: OmittedFeature[] = [];
  features.forEach((feature, q) => {
    const scale = scales[q]!;
    if (scale.count === 0) omitted.push({ feature, reason: "never-observed" });
    else if (!(scale.maximum > scale.minimum)) omitted.push({ feature, reason: "constant" });
    else kept.push(q);
  });
  return { kept, omitted };
}

/** [n × (Q + E·V)]: kept features, then outcomes. */
function joinColumns(table: SubjectTable, wished: Float64Array, width: number, kept: readonly number[]): Float64Array {
  const Q = kept.length;
  const outcomes = table.endpoints.length * table.visits.length;
  const D = Q + outcomes;
  const values = new Float64Array(table.count * D);
  for (let i = 0; i < table.count; i++) {
    for (let q = 0; q < Q; q++) values[i * D + q] = wished[i * width + kept[q]!]!;
    values.set(table.outcomes.subarray(i * outcomes, (i + 1) * outcomes), i * D + Q);
  }
  return values;
}

function jointItems(table: SubjectTable, features: readonly BaselineFeature[]): JointItem[] {
  const fromFeatures = features.map((feature): JointItem => {
    if (feature.kind !== "baseline-endpoint") return { kind: "characteristic" };
    return { kind: "course", endpoint: table.endpoints.findIndex((e) => e.id === feature.endpointId), day: 0 };
  });
  const fromOutcomes = table.endpoints.flatMap((_, endpoint) =>
    table.visits.map((visit): JointItem => ({ kind: "course", endpoint, day: visit.targetDay })),
  );
  return [...fromFeatures, ...fromOutcomes];
}

function refuseUninformativeOutcomes(table: SubjectTable, scales: readonly ColumnScale[], Q: number): void {
  const V = table.visits.length;
  const problems = scales.slice(Q).flatMap((scale, k) => {
    const place = `${table.endpoints[Math.floor(k / V)]!.label} at ${table.visits[k % V]!.label}`;
    if (scale.count < MINIMUM_PER_OUTCOME) return [`${place} (${scale.count} values)`];
    if (!(scale.maximum > scale.minimum)) return [`${place} (the same value in all ${scale.count} patients)`];
    return [];
  });
  if (problems.length === 0) return;
  throw new DomainError("INSUFFICIENT_DATA", {
    argument: "data",
    received: problems.join("; "),
    requirement: `must hold at least ${MINIMUM_PER_OUTCOME} different patients' values of every endpoint at every visit`,
    hint: "Leave out the endpoint or the visit, or check its mapping and window.",
  });
}
