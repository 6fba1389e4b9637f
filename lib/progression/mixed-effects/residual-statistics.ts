import { choleskyInPlace, forwardSubstitute } from "../../numerics/cholesky.ts";
import type { CourseData } from "./course-data.ts";

/** Residual correlation within a patient, METHODS.md, equation (ME4). */
export type ResidualKind = "independent" | "ornstein-uhlenbeck" | "ornstein-uhlenbeck-with-noise";

/** Per patient S = UᵀR⁻¹U of U = [W y], and log |R|. */
export interface ResidualStatistics {
  /** w = K + 2: functions of time with the constant, and the outcome last. */
  readonly width: number;
  /** [n × w × w]. */
  readonly products: Float64Array;
  /** [n]. */
  readonly logDeterminants: Float64Array;
}

/** Room for the statistics of so many patients. */
export function emptyResidualStatistics(patients: number, width: number): ResidualStatistics {
  return {
    width,
    products: new Float64Array(patients * width * width),
    logDeterminants: new Float64Array(patients),
  };
}

/**
 * Computes the statistics at one residual correlation.
 *
 * @param design - [N × (w − 1)] from `timeDesign`.
 * @param rate - Decay of the Ornstein–Uhlenbeck part.
 * @param noiseShare - Share of white noise in the residual variance.
 * @returns False when residuals of one patient determine one another.
 */
export function residualStatisticsInto(
  data: CourseData,
  design: Float64Array,
  kind: ResidualKind,
  rate: number,
  noiseShare: number,
  out: ResidualStatistics,
): boolean {
  const { starts, time, values, longest } = data;
  const w = out.width;
  const functions = w - 1;
  const columns = new Float64Array(w * longest);
  const factor = kind === "ornstein-uhlenbeck-with-noise" ? new Float64Array(longest * longest) : null;
  for (let i = 0; i + 1 < starts.length; i++) {
    const first = starts[i]!;
    const n = starts[i + 1]! - first;
    for (let j = 0; j < functions; j++)
      for (let k = 0; k < n; k++) columns[j * n + k] = design[(first + k) * functions + j]!;
    for (let k = 0; k < n; k++) columns[functions * n + k] = values[first + k]!;
    let half = 0;
    if (factor !== null) {
      half = denseFactor(time, first, n, rate, noiseShare, factor);
      if (Number.isNaN(half)) return false;
      for (let j = 0; j < w; j++) forwardSubstitute(factor, n, columns, j * n);
    } else if (kind === "ornstein-uhlenbeck") {
      for (let k = n - 1; k > 0; k--) {
        const gap = rate * (time[first + k]! - time[first + k - 1]!);
        const rest = -Math.expm1(-2 * gap);
        if (!(rest > 1e-14)) return false;
        const before = Math.exp(-gap);
        const scale = 1 / Math.sqrt(rest);
        half += 0.5 * Math.log(rest);
        for (let j = 0; j < w; j++)
          columns[j * n + k] = (columns[j * n + k]! - before * columns[j * n + k - 1]!) * scale;
      }
    }
    out.logDeterminants[i] = 2 * half;
    const base = i * w * w;
    for (let a = 0; a < w; a++) {
      for (let b = 0; b <= a; b++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += columns[a * n + k]! * columns[b * n + k]!;
        out.products[base + a * w + b] = sum;
        out.products[base + b * w + a] = sum;
      }
    }
  }
  return true;
}

/** Cholesky factor of R of one patient; returns ½ log |R|, NaN when R is not positive definite. */
function denseFactor(
  time: Float64Array,
  first: number,
  n: number,
  rate: number,
  noiseShare: number,
  factor: Float64Array,
): number {
  for (let a = 0; a < n; a++) {
    factor[a * n + a] = 1;
    for (let b = 0; b < a; b++)
      factor[a * n + b] = (1 - noiseShare) * Math.exp(-rate * (time[first + a]! - time[first + b]!));
  }
  if (choleskyInPlace(factor, n) !== -1) return Number.NaN;
  let half = 0;
  for (let k = 0; k < n; k++) half += Math.log(factor[k * n + k]!);
  return half;
}
