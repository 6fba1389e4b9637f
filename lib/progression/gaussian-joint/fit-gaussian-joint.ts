import type { SubjectTable } from "../../data/subject-table.ts";
import { DomainError } from "../../errors/domain-error.ts";
import type { Rng } from "../../numerics/rng.ts";
import type { Covariate } from "../../trial/covariate.ts";
import { encodeFeatures } from "../feature-encoding.ts";
import type { BaselineFeature, GaussianJointParameters, TrainingSpec } from "../model-document.ts";
import { bandMultipliers, predictionInflation } from "./band-calibration.ts";
import { createBaselineConditioner } from "./baseline-conditioner.ts";
import { COMPARISON_SETTINGS, type EmSettings, FINAL_SETTINGS, fitNormalByEm, type NormalParameters } from "./em.ts";
import { groupByMissingness, type PatternedData } from "./missing-patterns.ts";
import { choosePriorWeight, PRIOR_WEIGHTS, referenceFit } from "./prior-weight.ts";
import { type JointItem, structuredTarget } from "./shrinkage.ts";
import { type ColumnScale, columnScales, standardise, unstandardise } from "./standardise.ts";

/** Why a baseline feature could not enter the model. */
export interface OmittedFeature {
  readonly feature: BaselineFeature;
  readonly reason: "never-observed" | "constant";
}

export interface GaussianJointFit {
  readonly parameters: GaussianJointParameters;
  readonly omitted: readonly OmittedFeature[];
}

/** Fewest patients with an outcome for its mean and variance to be more than a guess. */
const MINIMUM_PER_OUTCOME = 3;
const SUPPORT_QUANTILE = 0.975;

/**
 * Gaussian joint model of baseline features and all planned outcomes, from patients of one treatment policy.
 *
 * Columns are standardised, the covariance is shrunk towards a structured target with a prior weight chosen by
 * cross-validation inside these patients (or given), and the parameters are put back on the analysis scale, so that
 * another unit of a column changes nothing but the unit. METHODS.md, equations (P1)–(P8).
 *
 * @param table - Training patients; every row is used.
 * @param features - Features wished for; those without information here are left out and reported.
 * @param covariates - Covariates the features refer to.
 * @param shrinkage - As in the training specification.
 * @param rng - Only for the inner folds that choose the prior weight.
 * @returns Parameters on the analysis scale, and the features left out.
 * @throws DomainError INSUFFICIENT_DATA when an outcome has fewer than three values or does not vary; NOT_ESTIMABLE when
 *   ν = 0 is asked for and the covariance is singular.
 */
export function fitGaussianJoint(
  table: SubjectTable,
  features: readonly BaselineFeature[],
  covariates: readonly Covariate[],
  shrinkage: TrainingSpec["shrinkage"],
  rng: Rng,
): GaussianJointFit {
  const columns = jointColumns(table, features, covariates);
  const { items, kept, omitted, scales } = columns;
  const weights = shrinkage.kind === "fixed" ? [shrinkage.priorWeight] : PRIOR_WEIGHTS;
  if (weights[0] === 0 && table.count <= items.length) throw tooFewForMaximumLikelihood(table.count, items.length);
  const standardised = standardise(columns.values, table.count, scales);
  const search = { values: standardised, count: table.count, featureCount: kept.length, items };
  const choice = choosePriorWeight(search, weights, rng);
  const parameters = fitAtWeight(columns, standardised, table.count, choice.weight, FINAL_SETTINGS, {
    predictionInflation: choice.heldOutResiduals.map(predictionInflation),
    bandMultipliers: choice.heldOutResiduals.map(bandMultipliers),
  });
  return { omitted, parameters };
}

/**
 * The same model fitted to part of its patients: prior weight, inflation and band multipliers are taken over, mean and
 * covariance estimated anew (to the tolerance of fits that are compared). For predictions of the patients left out.
 *
 * @param table - The part of the patients.
 * @param features - Features wished for; those without information here are left out.
 * @param covariates - Covariates the features refer to.
 * @param like - Fit to all patients.
 * @throws DomainError As {@link fitGaussianJoint}.
 */
export function refitGaussianJoint(
  table: SubjectTable,
  features: readonly BaselineFeature[],
  covariates: readonly Covariate[],
  like: GaussianJointParameters,
): GaussianJointParameters {
  const columns = jointColumns(table, features, covariates);
  const standardised = standardise(columns.values, table.count, columns.scales);
  return fitAtWeight(columns, standardised, table.count, like.priorWeight, COMPARISON_SETTINGS, like);
}

/** Features with information, then outcomes, of the patients of a fit. */
interface JointColumns {
  readonly features: readonly BaselineFeature[];
  readonly kept: readonly number[];
  readonly omitted: readonly OmittedFeature[];
  /** [n × D]. */
  readonly values: Float64Array;
  readonly items: readonly JointItem[];
  readonly scales: readonly ColumnScale[];
}

function jointColumns(
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
  return { features: chosen, kept, omitted, values, items, scales };
}

function fitAtWeight(
  columns: JointColumns,
  standardised: Float64Array,
  count: number,
  weight: number,
  settings: EmSettings,
  calibration: Pick<GaussianJointParameters, "predictionInflation" | "bandMultipliers">,
): GaussianJointParameters {
  const { items, scales } = columns;
  const Q = columns.kept.length;
  const grouped = groupByMissingness(standardised, items.length);
  const reference = referenceFit(grouped);
  const target = structuredTarget(reference.covariance, items);
  const fit = fitNormalByEm(grouped, { weight, target }, reference, settings);
  const joint = unstandardise(fit, scales);
  return {
    kind: "gaussian-joint",
    features: [...columns.features],
    mean: Array.from(joint.mean),
    covariance: Array.from(joint.covariance),
    priorWeight: weight,
    patients: grouped.count,
    iterations: fit.iterations,
    converged: fit.converged,
    logLikelihood: fit.logLikelihood - logJacobian(grouped, scales),
    featureRanges: scales.slice(0, Q).map(({ minimum, maximum }) => ({ minimum, maximum })),
    supportLimit: supportLimit(columns.values, count, Q, joint),
    outcomeCounts: scales.slice(Q).map((scale) => scale.count),
    predictionInflation: [...calibration.predictionInflation],
    bandMultipliers: calibration.bandMultipliers.map((row) => [...row]),
  };
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

/** log|dz/dx| of the standardisation over all observed values. */
function logJacobian(data: PatternedData, scales: readonly ColumnScale[]): number {
  let sum = 0;
  for (const pattern of data.patterns) {
    for (const j of pattern.observed) sum += pattern.count * Math.log(scales[j]!.deviation);
  }
  return sum;
}

/** 97.5 % quantile (linear interpolation) of the squared distances of the training patients. */
function supportLimit(values: Float64Array, count: number, Q: number, joint: NormalParameters): number {
  const D = joint.mean.length;
  const conditioner = createBaselineConditioner(joint.mean, joint.covariance, Q);
  const distances = new Float64Array(count);
  for (let i = 0; i < count; i++) distances[i] = conditioner.squaredDistance(values.subarray(i * D, i * D + Q));
  distances.sort();
  const position = SUPPORT_QUANTILE * (count - 1);
  const below = Math.floor(position);
  const lower = distances[below]!;
  const upper = distances[Math.min(below + 1, count - 1)]!;
  return lower + (position - below) * (upper - lower);
}

function tooFewForMaximumLikelihood(patients: number, dimension: number): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "shrinkage.priorWeight",
    received: 0,
    requirement: `must be positive with ${patients} patients and ${dimension} items (maximum likelihood needs more patients than items)`,
    hint: "Let the prior weight be chosen, or leave out covariates.",
  });
}
