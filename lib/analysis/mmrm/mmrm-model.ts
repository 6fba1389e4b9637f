import { DomainError } from "../../errors/domain-error.ts";
import { leastSquaresCoefficients, qrDecompose } from "../../numerics/qr.ts";
import type { Covariate } from "../covariate.ts";
import { type ModelDesign, type ModelTerm, modelDesign, occurringLevels } from "../model-design.ts";
import type { CovarianceStructure } from "./covariance-structure.ts";
import type { Convergence } from "./fit-covariance.ts";
import { type MmrmFit, tryMmrm } from "./fit-mmrm.ts";
import {
  type CoefficientCovariance,
  type ContrastEstimate,
  type DegreesOfFreedomMethod,
  type JointTest,
  type MmrmInference,
  mmrmInference,
} from "./mmrm-inference.ts";
import { type PreparedMeasures, prepareRepeatedMeasures } from "./repeated-measures.ts";

/** Rows and linear predictor of a repeated-measures model; every row complete. */
export interface MmrmModelData {
  /** Columns of the model by name, one value a row. */
  readonly variables: readonly Covariate[];
  readonly terms: readonly ModelTerm[];
  readonly intercept: boolean;
  readonly outcome: Float64Array;
  /** Index of the patient of each row, 0 … patientCount − 1. */
  readonly subject: ArrayLike<number>;
  readonly subjectCount: number;
  /** The visits; those without a row are left out. */
  readonly visit: Extract<Covariate, { kind: "categorical" }>;
  /** Levels with covariance matrices of their own. */
  readonly group?: Extract<Covariate, { kind: "categorical" }>;
  readonly weights?: ArrayLike<number>;
  /** Times of measurement, for the spatial structure. */
  readonly time?: ArrayLike<number>;
}

/** A structure that was tried, with what came of it. */
export interface StructureAttempt {
  readonly structure: CovarianceStructure;
  readonly convergence: Convergence;
  readonly parameterCount: number | null;
}

/** A fitted model with its linear predictor: estimates of any linear function of the coefficients. */
export interface MmrmModel {
  readonly design: ModelDesign;
  readonly fit: MmrmFit;
  readonly inference: MmrmInference;
  /** Every structure tried, the fitted one last. */
  readonly attempts: readonly StructureAttempt[];
  /** Names of the visits that occur, in the order of Σ. */
  readonly visitNames: readonly string[];
  readonly groupNames: readonly string[];
  /**
   * @param weights - Over all columns of the design.
   * @throws DomainError NOT_ESTIMABLE when the columns that were left out enter it.
   */
  readonly contrast: (weights: Float64Array) => ContrastEstimate;
  readonly joint: (contrasts: readonly Float64Array[]) => JointTest;
}

export interface MmrmModelOptions {
  /** Structures in the order in which they are tried; the next only when the one before did not converge. */
  readonly structures: readonly [CovarianceStructure, ...CovarianceStructure[]];
  readonly restricted: boolean;
  readonly degreesOfFreedom: DegreesOfFreedomMethod;
  readonly covariance: CoefficientCovariance;
}

/**
 * Fits the first structure of the ladder that converges (METHODS.md eq. (M1), (M13)).
 *
 * @throws DomainError NOT_CONVERGED when none does, with the reasons.
 */
export function fitMmrmModel(data: MmrmModelData, options: MmrmModelOptions): MmrmModel {
  const design = modelDesign(data.variables, data.terms, {
    intercept: data.intercept,
    rowCount: data.outcome.length,
  });
  const rows = rowMajor(design);
  const visits = occurringLevels(data.visit);
  const visitAt = new Map(visits.map((level, at) => [level, at]));
  const groups = data.group === undefined ? [] : occurringLevels(data.group);
  const groupOf = new Int32Array(data.subjectCount);
  if (data.group !== undefined)
    for (let i = 0; i < design.rowCount; i++) groupOf[data.subject[i]!] = groups.indexOf(data.group.codes[i]!);
  const spatial = options.structures.includes("spatial-exponential");
  const common = {
    rowCount: design.rowCount,
    columnCount: design.columns.length,
    design: rows,
    outcome: data.outcome,
    subject: data.subject,
    subjectCount: data.subjectCount,
    visit: Int32Array.from({ length: design.rowCount }, (_, i) => visitAt.get(data.visit.codes[i]!)!),
    visitCount: visits.length,
    ...(data.group === undefined ? {} : { group: groupOf, groupCount: groups.length }),
    ...(data.weights === undefined ? {} : { weights: data.weights }),
  };
  const needsPatterns = options.structures.some((structure) => structure !== "spatial-exponential");
  const byVisit = needsPatterns ? prepareRepeatedMeasures(common) : null;
  const byTime = spatial ? prepareRepeatedMeasures({ ...common, time: data.time ?? [] }) : null;

  const attempts: StructureAttempt[] = [];
  for (const structure of options.structures) {
    const outcome = tryMmrm(structure === "spatial-exponential" ? byTime! : byVisit!, {
      structure,
      restricted: options.restricted,
    });
    if (!outcome.ok) {
      attempts.push({ structure, convergence: outcome.convergence, parameterCount: null });
      continue;
    }
    const { fit } = outcome;
    attempts.push({ structure, convergence: fit.convergence, parameterCount: fit.theta.length });
    const inference = mmrmInference(fit, {
      degreesOfFreedom: options.degreesOfFreedom,
      covariance: options.covariance,
      design: { columnCount: design.columns.length, values: rows, subject: data.subject },
    });
    const estimable = estimableWeights(design, rows, fit.prepared);
    return {
      design,
      fit,
      inference,
      attempts,
      visitNames: visits.map((level) => data.visit.levels[level]!),
      groupNames: groups.map((level) => data.group!.levels[level]!),
      contrast: (weights) => inference.contrast(estimable(weights)),
      joint: (contrasts) => inference.joint(contrasts.map(estimable)),
    };
  }
  throw new DomainError("NOT_CONVERGED", {
    argument: "structure",
    received: attempts.map(({ structure }) => structure).join(", "),
    requirement: `must be estimable from the data, but ${reasonsOf(attempts)}`,
    hint: "Add a structure with fewer parameters to the fallback list, or leave out visits with few patients.",
  });
}

/** Why each structure failed; structures that failed alike stand together. */
function reasonsOf(attempts: MmrmModel["attempts"]): string {
  const byReason = new Map<string, string[]>();
  for (const { structure, convergence } of attempts)
    byReason.set(convergence.reason, [...(byReason.get(convergence.reason) ?? []), structure]);
  return [...byReason].map(([reason, structures]) => `${structures.join(", ")}: ${reason}`).join("; ");
}

function rowMajor(design: ModelDesign): Float64Array {
  const { rowCount, columns } = design;
  const values = new Float64Array(rowCount * columns.length);
  columns.forEach((column, j) => {
    for (let i = 0; i < rowCount; i++) values[i * columns.length + j] = column.values[i]!;
  });
  return values;
}

/** A linear function is estimable when the left-out columns enter it as they follow from the others. */
const ESTIMABILITY_TOLERANCE = 1e-8;

function estimableWeights(
  design: ModelDesign,
  rows: Float64Array,
  prepared: PreparedMeasures,
): (weights: Float64Array) => Float64Array {
  const { independentColumns, dependentColumns } = prepared;
  const restrict = (weights: Float64Array) => Float64Array.from(independentColumns, (column) => weights[column]!);
  if (dependentColumns.length === 0) return restrict;
  const qr = qrDecompose(rows, design.rowCount, design.columns.length);
  const follows = dependentColumns.map((column) => leastSquaresCoefficients(qr, design.columns[column]!.values));
  return (weights) => {
    const kept = restrict(weights);
    dependentColumns.forEach((column, d) => {
      const implied = kept.reduce((sum, weight, j) => sum + weight * follows[d]![j]!, 0);
      if (Math.abs(implied - weights[column]!) > ESTIMABILITY_TOLERANCE * Math.max(1, Math.abs(implied)))
        throw new DomainError("NOT_ESTIMABLE", {
          argument: "contrast",
          received: design.columns[column]!.name,
          requirement: "must not depend on a combination of covariates that does not occur in the data",
          hint: "Leave out the covariate or interaction, or merge its categories.",
        });
    });
    return kept;
  };
}
