import { choleskyInPlace, forwardSubstitute } from "../../numerics/cholesky.ts";
import type { CourseColumn } from "./course-columns.ts";
import type { CourseData } from "./course-data.ts";
import type { KnownFeatures } from "./feature-law.ts";
import type { ResidualStatistics } from "./residual-statistics.ts";

/** What missing features add to the covariance of one patient, as W F FᵀWᵀ σ²; null where nothing is missing. */
export interface UnknownPart {
  /** [functions × m] F. */
  readonly factor: Float64Array;
  readonly size: number;
}

/**
 * Part of every patient's covariance that comes from missing features: F Fᵀ σ² = Γ C Γᵀ, Γ the effects of the missing
 * features on the functions of time, C their covariance given the others. METHODS.md, equation (ME3).
 *
 * @param known - Features of every patient of the table.
 * @param variance - σ² that the likelihood is relative to.
 * @returns One entry per patient of the data; null when nobody misses a feature.
 */
export function unknownParts(
  data: CourseData,
  known: readonly KnownFeatures[],
  columns: readonly CourseColumn[],
  coefficients: Float64Array,
  functions: number,
  variance: number,
): (UnknownPart | null)[] | null {
  let any = false;
  const parts = Array.from(data.patients, (patient): UnknownPart | null => {
    const { missing, covariance } = known[patient]!;
    const m = missing.length;
    if (m === 0) return null;
    const root = covariance.slice();
    if (choleskyInPlace(root, m) !== -1) return null;
    any = true;
    const effects = new Float64Array(functions * m);
    columns.forEach(({ predictor, basis }, c) => {
      const a = missing.indexOf(predictor - 1);
      if (a >= 0) effects[basis * m + a]! += coefficients[c]!;
    });
    const factor = new Float64Array(functions * m);
    for (let k = 0; k < functions; k++)
      for (let b = 0; b < m; b++) {
        for (let a = b; a < m; a++) factor[k * m + b]! += effects[k * m + a]! * root[a * m + b]!;
        factor[k * m + b]! /= Math.sqrt(variance);
      }
    return { factor, size: m };
  });
  return any ? parts : null;
}

/** Replaces R by R + W F FᵀWᵀ in the statistics: S ← S − SF(I + FᵀSF)⁻¹FᵀS. */
export function absorbUnknownParts(parts: readonly (UnknownPart | null)[], statistics: ResidualStatistics): void {
  const { width: w, products, logDeterminants } = statistics;
  const functions = w - 1;
  parts.forEach((part, i) => {
    if (part === null) return;
    const { factor, size: m } = part;
    const base = i * w * w;
    // Rows j of the transpose: (FᵀS)ᵀ, so that every column of FᵀS lies in one piece.
    const half = new Float64Array(w * m);
    for (let j = 0; j < w; j++)
      for (let a = 0; a < m; a++)
        for (let k = 0; k < functions; k++) half[j * m + a]! += products[base + j * w + k]! * factor[k * m + a]!;
    const inner = new Float64Array(m * m);
    for (let a = 0; a < m; a++) {
      inner[a * m + a] = 1;
      for (let b = 0; b <= a; b++)
        for (let k = 0; k < functions; k++) inner[a * m + b]! += factor[k * m + a]! * half[k * m + b]!;
    }
    if (choleskyInPlace(inner, m) !== -1) return;
    for (let a = 0; a < m; a++) logDeterminants[i]! += 2 * Math.log(inner[a * m + a]!);
    for (let j = 0; j < w; j++) forwardSubstitute(inner, m, half, j * m);
    for (let j = 0; j < w; j++)
      for (let l = 0; l < w; l++)
        for (let a = 0; a < m; a++) products[base + j * w + l]! -= half[j * m + a]! * half[l * m + a]!;
  });
}
