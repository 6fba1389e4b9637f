import { featureReader, type KnownFeatures } from "./feature-law.ts";
import type { EndpointCourse, MixedEffectsParameters } from "./mixed-effects-parameters.ts";
import { crossCovariance, residualCorrelation } from "./residual-process.ts";
import { timeBasisInto, timeBasisSize } from "./time-basis.ts";

/** Normal law of all outcomes of a patient given baseline features; order e·V + v, analysis scale. */
export interface OutcomeLaw {
  readonly mean: Float64Array;
  /** [E·V × E·V]. */
  readonly covariance: Float64Array;
}

/** Makes the law of the outcomes from features (NaN = missing) and days. */
export interface OutcomeLaws {
  mean(features: Float64Array, days: Float64Array): Float64Array;
  law(features: Float64Array, days: Float64Array): OutcomeLaw;
}

/**
 * Law of the outcomes of a new patient, missing features integrated out. METHODS.md, equations (ME7) and (ME8).
 *
 * @param parameters - As trained.
 */
export function outcomeLaws(parameters: MixedEffectsParameters): OutcomeLaws {
  const { courses, visits: V, daysPerUnit } = parameters;
  const read = featureReader(parameters.features);
  const sizes = courses.map(({ knots }) => timeBasisSize(knots) + 1);
  const association = associations(parameters);
  const times = (days: Float64Array, e: number) => days.subarray(e * V, (e + 1) * V).map((day) => day / daysPerUnit);
  const designOf = (e: number, time: Float64Array): Float64Array => {
    const size = sizes[e]!;
    const design = new Float64Array(V * size);
    for (let v = 0; v < V; v++) {
      design[v * size] = 1;
      timeBasisInto(courses[e]!.knots, time[v]!, design, v * size + 1);
    }
    return design;
  };
  const meanInto = (known: KnownFeatures, e: number, design: Float64Array, into: Float64Array): void => {
    const { columns, coefficients, centre, deviation } = courses[e]!;
    const size = sizes[e]!;
    for (let v = 0; v < V; v++) {
      let sum = 0;
      for (let c = 0; c < columns.length; c++) {
        const { predictor, basis } = columns[c]!;
        sum += coefficients[c]! * (predictor === 0 ? 1 : known.values[predictor - 1]!) * design[v * size + basis]!;
      }
      into[e * V + v] = centre + deviation * sum;
    }
  };
  return {
    mean(features, days) {
      const known = read(features);
      const mean = new Float64Array(courses.length * V);
      courses.forEach((_, e) => {
        meanInto(known, e, designOf(e, times(days, e)), mean);
      });
      return mean;
    },
    law(features, days) {
      const known = read(features);
      const M = courses.length * V;
      const mean = new Float64Array(M);
      const covariance = new Float64Array(M * M);
      const time = courses.map((_, e) => times(days, e));
      const designs = courses.map((_, e) => designOf(e, time[e]!));
      courses.forEach((course, e) => {
        meanInto(known, e, designs[e]!, mean);
        addCoefficients(course, known, designs[e]!, sizes[e]!, V, e, M, covariance);
      });
      for (let e = 0; e < courses.length; e++) {
        for (let f = 0; f <= e; f++) {
          addRandomEffects(association.random(e, f), courses, designs, sizes, V, e, f, M, covariance);
          addResiduals(association.residual(e, f), courses, time, V, e, f, M, covariance);
        }
      }
      addMissingFeatures(courses, known, designs, sizes, V, M, covariance);
      for (let a = 0; a < M; a++) for (let b = 0; b < a; b++) covariance[b * M + a] = covariance[a * M + b]!;
      return { mean, covariance };
    },
  };
}

/** Covariances of random effects, [q_e × q_f] = L_e C_ef L_fᵀ, and correlations of residuals of pairs of endpoints. */
function associations({ courses, randomCorrelation, residualCorrelation: noise }: MixedEffectsParameters) {
  const E = courses.length;
  const first = courses.map((_, e) => courses.slice(0, e).reduce((sum, { randomEffects }) => sum + randomEffects, 0));
  const R = courses.reduce((sum, { randomEffects }) => sum + randomEffects, 0);
  const random = Array.from({ length: E * E }, (_, k) => {
    const e = Math.floor(k / E);
    const f = k % E;
    const [a, b] = [courses[e]!, courses[f]!];
    const out = new Float64Array(a.randomEffects * b.randomEffects);
    for (let i = 0; i < a.randomEffects; i++)
      for (let j = 0; j < b.randomEffects; j++)
        for (let k1 = 0; k1 < a.randomEffects; k1++)
          for (let k2 = 0; k2 < b.randomEffects; k2++)
            out[i * b.randomEffects + j]! +=
              a.randomFactor[i * a.randomEffects + k1]! *
              randomCorrelation[(first[e]! + k1) * R + first[f]! + k2]! *
              b.randomFactor[j * b.randomEffects + k2]!;
    return out;
  });
  return {
    random: (e: number, f: number) => random[e * E + f]!,
    residual: (e: number, f: number) => noise[e * E + f]!,
  };
}

/** Uncertainty of the fixed effects at the features, missing ones at their expectation. */
function addCoefficients(
  course: EndpointCourse,
  known: KnownFeatures,
  design: Float64Array,
  size: number,
  V: number,
  e: number,
  M: number,
  covariance: Float64Array,
): void {
  const { columns, coefficientCovariance } = course;
  const p = columns.length;
  // Covariance of the coefficient of each function of time, features given: a [size × size] matrix.
  const ofBasis = new Float64Array(size * size);
  const x = Float64Array.from(columns, ({ predictor }) => (predictor === 0 ? 1 : known.values[predictor - 1]!));
  for (let c = 0; c < p; c++)
    for (let d = 0; d < p; d++)
      ofBasis[columns[c]!.basis * size + columns[d]!.basis]! += x[c]! * x[d]! * coefficientCovariance[c * p + d]!;
  const scale = course.deviation * course.deviation;
  for (let v = 0; v < V; v++)
    for (let u = 0; u <= v; u++)
      covariance[(e * V + v) * M + e * V + u]! +=
        scale * bilinear(design, v * size, size, ofBasis, size, design, u * size);
}

function addRandomEffects(
  between: Float64Array,
  courses: readonly EndpointCourse[],
  designs: readonly Float64Array[],
  sizes: readonly number[],
  V: number,
  e: number,
  f: number,
  M: number,
  covariance: Float64Array,
): void {
  const [a, b] = [courses[e]!, courses[f]!];
  const scale = a.deviation * b.deviation;
  for (let v = 0; v < V; v++)
    for (let u = 0; u < V; u++)
      covariance[(e * V + v) * M + f * V + u]! +=
        scale *
        bilinear(designs[e]!, v * sizes[e]!, a.randomEffects, between, b.randomEffects, designs[f]!, u * sizes[f]!);
}

function addResiduals(
  correlation: number,
  courses: readonly EndpointCourse[],
  time: readonly Float64Array[],
  V: number,
  e: number,
  f: number,
  M: number,
  covariance: Float64Array,
): void {
  if (correlation === 0) return;
  const [a, b] = [courses[e]!, courses[f]!];
  const scale = a.deviation * b.deviation;
  for (let v = 0; v < V; v++) {
    for (let u = 0; u < V; u++) {
      const s = time[e]![v]!;
      const t = time[f]![u]!;
      const value =
        e === f
          ? a.residual.variance * (v === u ? 1 : residualCorrelation(a.residual, s, t))
          : correlation * crossCovariance(a.residual, b.residual, s, t, v === u);
      covariance[(e * V + v) * M + f * V + u]! += scale * value;
    }
  }
}

/** B C Bᵀ with B the derivative of all outcomes by the missing features. */
function addMissingFeatures(
  courses: readonly EndpointCourse[],
  known: KnownFeatures,
  designs: readonly Float64Array[],
  sizes: readonly number[],
  V: number,
  M: number,
  covariance: Float64Array,
): void {
  const m = known.missing.length;
  if (m === 0) return;
  const position = new Map([...known.missing].map((q, a) => [q, a]));
  const slopes = new Float64Array(M * m);
  courses.forEach(({ columns, coefficients, deviation }, e) => {
    columns.forEach(({ predictor, basis }, c) => {
      const a = position.get(predictor - 1);
      if (a === undefined) return;
      for (let v = 0; v < V; v++)
        slopes[(e * V + v) * m + a]! += deviation * coefficients[c]! * designs[e]![v * sizes[e]! + basis]!;
    });
  });
  for (let k = 0; k < M; k++)
    for (let l = 0; l <= k; l++)
      covariance[k * M + l]! += bilinear(slopes, k * m, m, known.covariance, m, slopes, l * m);
}

/** aᵀ B c for parts of arrays. */
function bilinear(
  a: Float64Array,
  atA: number,
  rows: number,
  matrix: Float64Array,
  columns: number,
  c: Float64Array,
  atC: number,
): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    let inner = 0;
    for (let j = 0; j < columns; j++) inner += matrix[i * columns + j]! * c[atC + j]!;
    sum += a[atA + i]! * inner;
  }
  return sum;
}
