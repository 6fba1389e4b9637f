import { choleskyInPlace, choleskyInverseInto } from "../../numerics/cholesky.ts";
import type { MixedModelLayout, ResidualStructure } from "./mixed-model-data.ts";
import { type Pattern, triangleSize } from "./pattern-statistics.ts";
import type { RelativeFactor } from "./relative-factor.ts";
import { type CorrelationDerivatives, correlationAt, correlationDerivatives } from "./residual-correlation.ts";
import { pairIndex, type VarianceMoments } from "./variance-moments.ts";

/**
 * The sums of {@link VarianceMoments} for any residual correlation, group by group with the whole V (METHODS.md
 * eq. (L9)).
 *
 * @param covariance - G of the scaled random effects, shape [q · q].
 * @param residualVariance - σ².
 * @param search - Unbounded variables of the residual correlation.
 */
export function denseMoments(
  layout: MixedModelLayout,
  patterns: readonly Pattern[],
  structure: RelativeFactor,
  residual: ResidualStructure,
  covariance: Float64Array,
  residualVariance: number,
  search: ArrayLike<number>,
): VarianceMoments {
  const width = layout.p + 1;
  const step = triangleSize(width);
  const variances = structure.entries.length;
  const m = variances + 1 + search.length;
  const pairCount = triangleSize(m);
  const first = new Float64Array(m * step);
  const pairs = new Float64Array(pairCount * step);
  const second = new Float64Array(pairCount * step);
  const traces = new Float64Array(m);
  const tracePairs = new Float64Array(pairCount);
  const traceSecond = new Float64Array(pairCount);
  const longest = patterns.reduce((most, { n }) => Math.max(most, n), 0);
  const room = longest * longest;
  const inverse = new Float64Array(room);
  const scratch = new Float64Array(room);
  const derivatives = Array.from({ length: m }, () => new Float64Array(room));
  const curvatures = new Map<number, Float64Array>();
  for (const index of curvedPairs(variances, search.length)) curvatures.set(index, new Float64Array(room));
  const weighted = Array.from({ length: m }, () => new Float64Array(room));
  const sandwich = Array.from({ length: m }, () => new Float64Array(room));
  const product = new Float64Array(room);
  const columns = new Float64Array(longest * width);
  const image = new Float64Array(longest);

  for (const { n, members } of patterns) {
    const rows = layout.groups[members[0]!]!.rows;
    fillDerivatives(layout, rows, structure, residual, residualVariance, search, derivatives, curvatures);
    fillCovariance(layout, rows, residual, covariance, residualVariance, search, scratch);
    if (choleskyInPlace(scratch, n) !== -1) {
      // Without V⁻¹ there is no curvature; the verdict on convergence must see that.
      traces.fill(Number.NaN);
      tracePairs.fill(Number.NaN);
      break;
    }
    choleskyInverseInto(scratch, n, inverse);
    for (let k = 0; k < m; k++) {
      multiplyInto(inverse, derivatives[k]!, n, weighted[k]!);
      multiplyInto(weighted[k]!, inverse, n, sandwich[k]!);
      traces[k]! += members.length * diagonalSum(weighted[k]!, n);
      addForms(layout, members, sandwich[k]!, n, columns, image, first, k * step);
      for (let l = 0; l <= k; l++) {
        const pair = pairIndex(k, l);
        tracePairs[pair]! += members.length * transposedDot(weighted[k]!, weighted[l]!, n);
        // W V_k W V_l W; its quadratic forms see the symmetric part only.
        multiplyInto(weighted[k]!, sandwich[l]!, n, product);
        addForms(layout, members, product, n, columns, image, pairs, pair * step);
        const curvature = curvatures.get(pair);
        if (curvature !== undefined) {
          multiplyInto(inverse, curvature, n, scratch);
          traceSecond[pair]! += members.length * diagonalSum(scratch, n);
          multiplyInto(scratch, inverse, n, product);
          addForms(layout, members, product, n, columns, image, second, pair * step);
        }
      }
    }
  }
  return { m, width, first, pairs, second, traces, tracePairs, traceSecond };
}

/** Pairs of parameters in which V is not linear: (σ², correlation) and (correlation, correlation). */
function curvedPairs(variances: number, correlations: number): number[] {
  const found: number[] = [];
  for (let k = 1; k <= correlations; k++)
    for (let l = 0; l <= k; l++) found.push(pairIndex(variances + k, variances + l));
  return found;
}

/** V = σ² R + Z G Zᵀ of one group, shape [n · n]. */
export function fillCovariance(
  layout: MixedModelLayout,
  rows: Int32Array,
  residual: ResidualStructure,
  covariance: Float64Array,
  residualVariance: number,
  search: ArrayLike<number>,
  out: Float64Array,
): void {
  const { q, randomBasis, time } = layout;
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = residualVariance;
      if (i !== j)
        sum *= time === null ? 0 : correlationAt(residual, search, Math.abs(time[rows[i]!]! - time[rows[j]!]!));
      for (let a = 0; a < q; a++)
        for (let b = 0; b < q; b++)
          sum += randomBasis[rows[i]! * q + a]! * covariance[a * q + b]! * randomBasis[rows[j]! * q + b]!;
      out[i * n + j] = sum;
      out[j * n + i] = sum;
    }
  }
}

function fillDerivatives(
  layout: MixedModelLayout,
  rows: Int32Array,
  { entries }: RelativeFactor,
  residual: ResidualStructure,
  residualVariance: number,
  search: ArrayLike<number>,
  derivatives: readonly Float64Array[],
  curvatures: ReadonlyMap<number, Float64Array>,
): void {
  const { q, randomBasis, time } = layout;
  const n = rows.length;
  const v = entries.length;
  const at: CorrelationDerivatives = { x: 0, y: 0, xx: 0, xy: 0, yy: 0 };
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const here = i * n + j;
      for (let k = 0; k < v; k++) {
        const { row, column } = entries[k]!;
        const zi = rows[i]! * q;
        const zj = rows[j]! * q;
        derivatives[k]![here] =
          randomBasis[zi + row]! * randomBasis[zj + column]! +
          (row === column ? 0 : randomBasis[zi + column]! * randomBasis[zj + row]!);
      }
      const gap = time === null ? 0 : Math.abs(time[rows[i]!]! - time[rows[j]!]!);
      derivatives[v]![here] = i === j ? 1 : time === null ? 0 : correlationAt(residual, search, gap);
      if (search.length === 0) continue;
      if (i === j) at.x = at.y = at.xx = at.xy = at.yy = 0;
      else correlationDerivatives(residual, search, gap, at);
      derivatives[v + 1]![here] = residualVariance * at.x;
      curvatures.get(pairIndex(v + 1, v))![here] = at.x;
      curvatures.get(pairIndex(v + 1, v + 1))![here] = residualVariance * at.xx;
      if (search.length < 2) continue;
      derivatives[v + 2]![here] = residualVariance * at.y;
      curvatures.get(pairIndex(v + 2, v))![here] = at.y;
      curvatures.get(pairIndex(v + 2, v + 1))![here] = residualVariance * at.xy;
      curvatures.get(pairIndex(v + 2, v + 2))![here] = residualVariance * at.yy;
    }
  }
}

/** Adds Tᵀ M T of every member, upper triangle of the symmetric part. */
function addForms(
  layout: MixedModelLayout,
  members: readonly number[],
  matrix: Float64Array,
  n: number,
  columns: Float64Array,
  image: Float64Array,
  out: Float64Array,
  offset: number,
): void {
  const width = layout.p + 1;
  for (const member of members) {
    const { rows } = layout.groups[member]!;
    for (let k = 0; k < n; k++)
      for (let j = 0; j < width; j++) columns[j * n + k] = layout.fixedBasis[rows[k]! * width + j]!;
    for (let i = 0; i < width; i++) {
      // image = ½ (M + Mᵀ) t_i
      for (let k = 0; k < n; k++) {
        let sum = 0;
        for (let l = 0; l < n; l++) sum += (matrix[k * n + l]! + matrix[l * n + k]!) * columns[i * n + l]!;
        image[k] = 0.5 * sum;
      }
      const row = offset + i * width - (i * (i - 1)) / 2 - i;
      for (let j = i; j < width; j++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += image[k]! * columns[j * n + k]!;
        out[row + j]! += sum;
      }
    }
  }
}

function multiplyInto(a: Float64Array, b: Float64Array, n: number, out: Float64Array): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a[i * n + k]! * b[k * n + j]!;
      out[i * n + j] = sum;
    }
  }
}

function diagonalSum(a: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += a[i * n + i]!;
  return sum;
}

/** tr A B */
function transposedDot(a: Float64Array, b: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sum += a[i * n + j]! * b[j * n + i]!;
  return sum;
}
