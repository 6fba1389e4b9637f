import { choleskyDecompose, choleskyInverse, choleskySolve } from "../../numerics/cholesky.ts";
import { symmetricEigen } from "../../numerics/symmetric-eigen.ts";
import { type CourseData, timeDesign } from "./course-data.ts";
import type { CourseFit } from "./fit-course.ts";
import { crossCovariance, residualCorrelation } from "./residual-process.ts";
import { timeBasisSize } from "./time-basis.ts";

/** How endpoints of one patient go together beyond their features. METHODS.md, equation (ME10). */
export interface EndpointAssociation {
  /** [R × R] correlation of the standard random effects of all endpoints, R = Σ q. */
  readonly randomCorrelation: number[];
  /** [E × E] correlation of the driving noises of the residuals. */
  readonly residualCorrelation: number[];
  /** Largest standard error of an element before shrinkage, under independence. */
  readonly standardError: number;
}

/** One endpoint as fitted, with its observations. */
export interface FittedCourse {
  readonly data: CourseData;
  readonly fit: Pick<CourseFit, "spec" | "solution">;
}

/** Sums over patients from which the association of two endpoints is estimated. */
export interface PairMoments {
  /** [m] score of each component of the cross-covariance, m = q_e q_f + 1. */
  readonly score: Float64Array;
  /** [m × m]. */
  readonly information: Float64Array;
}

/** Smallest eigenvalue that a matrix of correlations keeps. */
const MARGIN = 0.02;

/**
 * No association.
 *
 * @param sizes - [E] number of random effects of each endpoint.
 */
export function independentEndpoints(sizes: readonly number[]): EndpointAssociation {
  const R = sizes.reduce((sum, size) => sum + size, 0);
  return { randomCorrelation: identity(R), residualCorrelation: identity(sizes.length), standardError: 0 };
}

/**
 * Estimates the association by moments: the score equations of the cross-covariances at independence (MIVQUE), pair by
 * pair, shrunk towards independence by the positive-part James–Stein factor, and all pairs together scaled down where
 * needed for a positive definite matrix.
 */
export function estimateAssociation(courses: readonly FittedCourse[], patientCount: number): EndpointAssociation {
  const sizes = courses.map(({ fit }) => fit.spec.randomEffects);
  return associationOf(sizes, allPairMoments(courses, patientCount), patientCount);
}

/**
 * Sums of every pair of endpoints, (1, 0), (2, 0), (2, 1), …
 *
 * @param patientCount - Patients of the table that the courses' positions refer to.
 */
export function allPairMoments(courses: readonly FittedCourse[], patientCount: number): PairMoments[] {
  const whitened = courses.map((course) => whitenedPatients(course, patientCount));
  return courses.flatMap((_, e) =>
    courses.slice(0, e).map((__, f) => pairMoments(whitened[e]!, whitened[f]!, courses[e]!, courses[f]!)),
  );
}

/**
 * The association from the sums of all pairs.
 *
 * @param sizes - [E] number of random effects of each endpoint.
 * @param pairs - In the order of {@link allPairMoments}.
 * @param patientCount - Patients summed over.
 */
export function associationOf(
  sizes: readonly number[],
  pairs: readonly PairMoments[],
  patientCount: number,
): EndpointAssociation {
  const { randomCorrelation, residualCorrelation: noise } = independentEndpoints(sizes);
  const E = sizes.length;
  const first = sizes.map((_, e) => sizes.slice(0, e).reduce<number>((sum, size) => sum + size, 0));
  const R = sizes.reduce<number>((sum, size) => sum + size, 0);
  let standardError = 0;
  let pair = 0;
  for (let e = 0; e < E; e++) {
    for (let f = 0; f < e; f++) {
      const found = pairAssociation(pairs[pair++]!, patientCount);
      if (found === null) continue;
      standardError = Math.max(standardError, found.standardError);
      for (let k = 0; k < sizes[e]!; k++) {
        for (let l = 0; l < sizes[f]!; l++) {
          const value = found.values[k * sizes[f]! + l]!;
          randomCorrelation[(first[e]! + k) * R + first[f]! + l] = value;
          randomCorrelation[(first[f]! + l) * R + first[e]! + k] = value;
        }
      }
      noise[e * E + f] = noise[f * E + e] = found.values[sizes[e]! * sizes[f]!]!;
    }
  }
  return {
    randomCorrelation: positiveDefinite(randomCorrelation, R),
    residualCorrelation: positiveDefinite(noise, E),
    standardError,
  };
}

/** What the moments need of one patient's observations of one endpoint. */
interface WhitenedPatient {
  readonly n: number;
  readonly time: Float64Array;
  readonly visit: Int32Array;
  /** V⁻¹ (y − Xβ), [n]. */
  readonly weighted: Float64Array;
  /** V⁻¹, [n × n]. */
  readonly inverse: Float64Array;
  /** Z L, [n × q]. */
  readonly loadings: Float64Array;
}

function whitenedPatients({ data, fit }: FittedCourse, patientCount: number): (WhitenedPatient | null)[] {
  const { spec, solution } = fit;
  const width = timeBasisSize(spec.knots) + 1;
  const design = timeDesign(data, spec.knots);
  const out = new Array<WhitenedPatient | null>(patientCount).fill(null);
  data.patients.forEach((patient, i) => {
    const from = data.starts[i]!;
    const n = data.starts[i + 1]! - from;
    const q = spec.randomEffects;
    const time = data.time.subarray(from, from + n);
    const loadings = new Float64Array(n * q);
    const residual = new Float64Array(n);
    for (let k = 0; k < n; k++) {
      for (let a = 0; a < q; a++)
        for (let b = 0; b < q; b++)
          loadings[k * q + a]! += design[(from + k) * width + b]! * solution.randomFactor[b * q + a]!;
      residual[k] = data.values[from + k]!;
      spec.columns.forEach(({ predictor, basis }, c) => {
        residual[k]! -=
          solution.coefficients[c]! *
          data.predictors[i * data.predictorCount + predictor]! *
          design[(from + k) * width + basis]!;
      });
    }
    const covariance = new Float64Array(n * n);
    for (let k = 0; k < n; k++) {
      for (let l = 0; l <= k; l++) {
        const correlation = k === l ? 1 : residualCorrelation(solution.residual, time[k]!, time[l]!);
        let sum = solution.residual.variance * correlation;
        for (let a = 0; a < q; a++) sum += loadings[k * q + a]! * loadings[l * q + a]!;
        covariance[k * n + l] = sum;
      }
    }
    const factored = choleskyDecompose(covariance, n);
    if (!factored.ok) return;
    out[patient] = {
      n,
      time,
      visit: data.visit.subarray(from, from + n),
      weighted: choleskySolve(factored.factor, n, residual),
      inverse: choleskyInverse(factored.factor, n),
      loadings,
    };
  });
  return out;
}

function pairMoments(
  left: readonly (WhitenedPatient | null)[],
  right: readonly (WhitenedPatient | null)[],
  a: FittedCourse,
  b: FittedCourse,
): PairMoments {
  const [q, r] = [a.fit.spec.randomEffects, b.fit.spec.randomEffects];
  const size = q * r + 1;
  const score = new Float64Array(size);
  const information = new Float64Array(size * size);
  for (let i = 0; i < left.length; i++) {
    const x = left[i];
    const y = right[i];
    if (x === null || x === undefined || y === null || y === undefined) continue;
    addMoments(x, y, q, r, a, b, score, information);
  }
  return { score, information };
}

function pairAssociation(
  { score, information }: PairMoments,
  patientCount: number,
): { values: Float64Array; standardError: number } | null {
  const size = score.length;
  const active = [...score.keys()].filter((m) => information[m * size + m]! > 1e-8 * patientCount);
  const m = active.length;
  if (m === 0) return null;
  const reduced = Float64Array.from(active.flatMap((k) => active.map((l) => information[k * size + l]!)));
  for (let k = 0; k < m; k++) reduced[k * m + k]! *= 1 + 1e-8;
  const factored = choleskyDecompose(reduced, m);
  if (!factored.ok) return null;
  const right0 = Float64Array.from(active, (k) => score[k]!);
  const solved = choleskySolve(factored.factor, m, right0);
  const inverse = choleskyInverse(factored.factor, m);
  let distance = 0;
  for (let k = 0; k < m; k++) distance += solved[k]! * right0[k]!;
  const kept = Math.max(0, 1 - m / distance);
  const values = new Float64Array(size);
  let standardError = 0;
  active.forEach((k, at) => {
    values[k] = Math.min(1, Math.max(-1, solved[at]! * kept));
    standardError = Math.max(standardError, Math.sqrt(inverse[at * m + at]!));
  });
  return { values, standardError };
}

/** Score aᵀSb of each component S of the cross-covariance, and information tr(V_x⁻¹ S V_y⁻¹ S′ᵀ) of each two. */
function addMoments(
  x: WhitenedPatient,
  y: WhitenedPatient,
  q: number,
  r: number,
  a: FittedCourse,
  b: FittedCourse,
  score: Float64Array,
  information: Float64Array,
): void {
  const size = q * r + 1;
  const parts: Float64Array[] = [];
  for (let k = 0; k < q; k++) {
    for (let l = 0; l < r; l++) {
      const part = new Float64Array(x.n * y.n);
      for (let s = 0; s < x.n; s++)
        for (let t = 0; t < y.n; t++) part[s * y.n + t] = x.loadings[s * q + k]! * y.loadings[t * r + l]!;
      parts.push(part);
    }
  }
  const noise = new Float64Array(x.n * y.n);
  for (let s = 0; s < x.n; s++)
    for (let t = 0; t < y.n; t++)
      noise[s * y.n + t] = crossCovariance(
        a.fit.solution.residual,
        b.fit.solution.residual,
        x.time[s]!,
        y.time[t]!,
        x.visit[s] === y.visit[t],
      );
  parts.push(noise);
  const carried = parts.map((part) => sandwich(x.inverse, x.n, part, y.inverse, y.n));
  for (let m = 0; m < size; m++) {
    for (let s = 0; s < x.n; s++)
      for (let t = 0; t < y.n; t++) score[m]! += x.weighted[s]! * parts[m]![s * y.n + t]! * y.weighted[t]!;
    for (let l = 0; l <= m; l++) {
      let sum = 0;
      for (let k = 0; k < x.n * y.n; k++) sum += carried[m]![k]! * parts[l]![k]!;
      information[m * size + l]! += sum;
      if (l !== m) information[l * size + m]! += sum;
    }
  }
}

/** A M B for symmetric A [n × n], B [k × k]. */
function sandwich(a: Float64Array, n: number, matrix: Float64Array, b: Float64Array, k: number): Float64Array {
  const half = new Float64Array(n * k);
  for (let i = 0; i < n; i++)
    for (let l = 0; l < n; l++) {
      const factor = a[i * n + l]!;
      for (let j = 0; j < k; j++) half[i * k + j]! += factor * matrix[l * k + j]!;
    }
  const out = new Float64Array(n * k);
  for (let i = 0; i < n; i++)
    for (let l = 0; l < k; l++) {
      const factor = half[i * k + l]!;
      for (let j = 0; j < k; j++) out[i * k + j]! += factor * b[l * k + j]!;
    }
  return out;
}

/** The correlation matrix with its off-diagonal scaled down until the smallest eigenvalue is at least {@link MARGIN}. */
function positiveDefinite(correlation: number[], size: number): number[] {
  if (size < 2) return correlation;
  const smallest = symmetricEigen(Float64Array.from(correlation), size).values[size - 1]! - 1;
  if (1 + smallest >= MARGIN) return correlation;
  const kept = (1 - MARGIN) / -smallest;
  return correlation.map((value, k) => (k % (size + 1) === 0 ? value : value * kept));
}

function identity(size: number): number[] {
  return Array.from({ length: size * size }, (_, k) => (k % (size + 1) === 0 ? 1 : 0));
}
