import type { SubjectTable } from "../../data/subject-table.ts";
import { DomainError } from "../../errors/domain-error.ts";
import type { Rng } from "../../numerics/rng.ts";
import type { Covariate } from "../../trial/covariate.ts";
import type { Endpoint } from "../../trial/endpoint.ts";
import type { BaselineFeature, GaussianJointParameters, TrainingSpec } from "../model-document.ts";
import { bandMultipliers, predictionInflation } from "./band-calibration.ts";
import { createBaselineConditioner } from "./baseline-conditioner.ts";
import { type CurvatureChoice, chooseCurvature } from "./choose-curvature.ts";
import { workingColumns } from "./curvature.ts";
import {
  COMPARISON_SETTINGS,
  type EmResult,
  type EmSettings,
  FINAL_SETTINGS,
  fitNormalByEm,
  type NormalParameters,
} from "./em.ts";
import type { CurvedLaw } from "./gaussian-joint-parameters.ts";
import { standardisedColumns } from "./held-out-performance.ts";
import { type JointColumns, jointColumns, type OmittedFeature } from "./joint-columns.ts";
import { groupByMissingness, type PatternedData } from "./missing-patterns.ts";
import {
  choosePriorWeight,
  effectiveCounts,
  PRIOR_WEIGHTS,
  referenceFit,
  type StandardisedData,
} from "./prior-weight.ts";
import { structuredTarget } from "./shrinkage.ts";
import { type ColumnScale, unstandardise } from "./standardise.ts";
import type { EndpointBounds } from "./transform-candidates.ts";

export { type OmittedFeature, selectFeatures } from "./joint-columns.ts";

export interface GaussianJointFit {
  readonly parameters: GaussianJointParameters;
  readonly omitted: readonly OmittedFeature[];
}

/** What else a fit may be asked for. */
export interface GaussianJointRefinements {
  /** [n] weights of the patients' likelihood, mean 1; alike when absent. */
  readonly weights?: Float64Array;
  /** `chosen`: scales of endpoints and curves of features where held-out patients ask for them; `none` when absent. */
  readonly curvature?: "chosen" | "none";
}

const SUPPORT_QUANTILE = 0.975;

/**
 * Gaussian joint model of baseline features and all planned outcomes, from patients of one treatment policy.
 *
 * Columns are standardised, the covariance is shrunk towards a structured target with a prior weight chosen by
 * cross-validation inside these patients (or given), and the parameters are put back on the analysis scale, so that
 * another unit of a column changes nothing but the unit. METHODS.md, equations (P1)–(P9), (P25)–(P28).
 *
 * @param table - Training patients; every row is used.
 * @param features - Features wished for; those without information here are left out and reported.
 * @param covariates - Covariates the features refer to.
 * @param shrinkage - As in the training specification.
 * @param rng - Only for the inner folds that choose the prior weight.
 * @param refinements - Weights, and whether the model may be curved.
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
  refinements: GaussianJointRefinements = {},
): GaussianJointFit {
  const columns = jointColumns(table, features, covariates);
  const { items, omitted } = columns;
  const grid = shrinkage.kind === "fixed" ? [shrinkage.priorWeight] : PRIOR_WEIGHTS;
  if (grid[0] === 0 && table.count <= items.length) throw tooFewForMaximumLikelihood(table.count, items.length);
  const data = standardisedColumns(columns, refinements.weights);
  const choice = choosePriorWeight(data, grid, rng);
  const calibration = {
    predictionInflation: choice.heldOutResiduals.map(predictionInflation),
    bandMultipliers: choice.heldOutResiduals.map(bandMultipliers),
  };
  const linear = linearParameters(columns, data, choice.weight, FINAL_SETTINGS, calibration);
  if (refinements.curvature !== "chosen") return { omitted, parameters: linear };
  const bounds = table.endpoints.map(analysisBounds);
  const curvature = chooseCurvature(columns, bounds, choice, refinements.weights);
  if (curvature === null) return { omitted, parameters: linear };
  const curved = fitCurved(columns, curvature, grid, rng.fork("curved"), refinements.weights);
  return { omitted, parameters: { ...linear, curved } };
}

/**
 * The same model fitted to part of its patients: prior weight, inflation, band multipliers, scales and curves are taken
 * over, mean and covariance estimated anew (to the tolerance of fits that are compared). For predictions of the patients
 * left out.
 *
 * @param table - The part of the patients.
 * @param features - Features wished for; those without information here are left out.
 * @param covariates - Covariates the features refer to.
 * @param like - Fit to all patients.
 * @param weights - Of the patients of the part; alike when absent.
 * @throws DomainError As {@link fitGaussianJoint}.
 */
export function refitGaussianJoint(
  table: SubjectTable,
  features: readonly BaselineFeature[],
  covariates: readonly Covariate[],
  like: GaussianJointParameters,
  weights?: Float64Array,
): GaussianJointParameters {
  const columns = jointColumns(table, features, covariates);
  const data = standardisedColumns(columns, weights);
  const linear = linearParameters(columns, data, like.priorWeight, COMPARISON_SETTINGS, like);
  // A feature that says nothing in this part moves the positions that curves refer to.
  if (like.curved === undefined || columns.features.length !== like.features.length) return linear;
  const working = workingColumns(columns, like.curved);
  const curved = curvedLaw(
    working,
    standardisedColumns(working, weights),
    like.curved.priorWeight,
    COMPARISON_SETTINGS,
    like.curved,
  );
  return { ...linear, curved };
}

type Calibration = Pick<GaussianJointParameters, "predictionInflation" | "bandMultipliers">;

function linearParameters(
  columns: JointColumns,
  data: StandardisedData,
  weight: number,
  settings: EmSettings,
  calibration: Calibration,
): GaussianJointParameters {
  const { scales } = columns;
  const Q = columns.featureCount;
  const { grouped, fit } = fitAtWeight(data, weight, settings);
  const joint = unstandardise(fit, scales);
  return {
    kind: "gaussian-joint",
    features: [...columns.features],
    mean: Array.from(joint.mean),
    covariance: Array.from(joint.covariance),
    priorWeight: weight,
    patients: grouped.patients,
    iterations: fit.iterations,
    converged: fit.converged,
    logLikelihood: fit.logLikelihood - logJacobian(grouped, scales),
    featureRanges: scales.slice(0, Q).map(({ minimum, maximum }) => ({ minimum, maximum })),
    supportLimit: supportLimit(columns.values, columns.count, Q, joint),
    outcomeCounts: Array.from(effectiveCounts(data, everybody(data))),
    predictionInflation: [...calibration.predictionInflation],
    bandMultipliers: calibration.bandMultipliers.map((row) => [...row]),
  };
}

function fitCurved(
  columns: JointColumns,
  { curvature, steps }: CurvatureChoice,
  grid: readonly number[],
  rng: Rng,
  weights: Float64Array | undefined,
): CurvedLaw {
  const working = workingColumns(columns, curvature);
  const data = standardisedColumns(working, weights);
  const choice = choosePriorWeight(data, grid, rng);
  return curvedLaw(working, data, choice.weight, FINAL_SETTINGS, {
    transforms: [...curvature.transforms],
    terms: [...curvature.terms],
    steps: [...steps],
    predictionInflation: choice.heldOutResiduals.map(predictionInflation),
    bandMultipliers: choice.heldOutResiduals.map(bandMultipliers),
  });
}

function curvedLaw(
  working: JointColumns,
  data: StandardisedData,
  weight: number,
  settings: EmSettings,
  like: Pick<CurvedLaw, "transforms" | "terms" | "steps" | "predictionInflation" | "bandMultipliers">,
): CurvedLaw {
  const { fit } = fitAtWeight(data, weight, settings);
  const joint = unstandardise(fit, working.scales);
  return {
    transforms: like.transforms,
    terms: like.terms,
    featureEndpoints: working.items
      .slice(0, working.features.length)
      .map((item) => (item.kind === "course" ? item.endpoint : null)),
    mean: Array.from(joint.mean),
    covariance: Array.from(joint.covariance),
    priorWeight: weight,
    iterations: fit.iterations,
    converged: fit.converged,
    outcomeCounts: Array.from(effectiveCounts(data, everybody(data))),
    predictionInflation: like.predictionInflation,
    bandMultipliers: like.bandMultipliers,
    steps: like.steps,
  };
}

/** Mean and covariance of the standardised columns at one prior weight. */
function fitAtWeight(
  data: StandardisedData,
  weight: number,
  settings: EmSettings,
): { grouped: PatternedData; fit: EmResult } {
  const grouped = groupByMissingness(data.values, data.items.length, undefined, data.weights);
  const reference = referenceFit(grouped);
  const target = structuredTarget(reference.covariance, data.items);
  return { grouped, fit: fitNormalByEm(grouped, { weight, target }, reference, settings) };
}

function everybody(data: StandardisedData): Int32Array {
  return Int32Array.from({ length: data.count }, (_, i) => i);
}

/** Admissible values on the analysis scale. */
function analysisBounds({ scale, sourceRange }: Endpoint): EndpointBounds {
  const onScale = (value: number | null) => {
    if (value === null || scale === "identity") return value;
    return value > 0 ? Math.log(value) : null;
  };
  return { minimum: onScale(sourceRange.minimum), maximum: onScale(sourceRange.maximum) };
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
