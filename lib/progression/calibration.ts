import type { z } from "zod";
import { studentTUpperQuantile } from "../numerics/student-t.ts";
import type { IntervalEstimate } from "../trial/interval.ts";
import { forecastScores } from "./forecast-scores.ts";
import type { ComparedPatients } from "./gain.ts";
import type { calibrationAtVisitSchema } from "./model-document.ts";

export type CalibrationAtVisit = z.infer<typeof calibrationAtVisitSchema>;

const LEVEL = 0.95;
const PIT_BINS = 10;
const GROUPS = 10;

/**
 * Calibration of held-out predictions: regression of observed on predicted (target slope 1, intercept 0), probability
 * integral transform, continuous ranked probability score. METHODS.md, equations (P14) and (P15).
 *
 * @param compared - At least 3 patients.
 * @param at - Endpoint and visit.
 * @returns Slope and intercept with t intervals on n − 2 degrees of freedom; CRPS in the endpoint's unit.
 */
export function calibrationAtVisit(
  compared: ComparedPatients,
  at: { readonly endpointId: string; readonly visitId: string },
): CalibrationAtVisit & { readonly pitKs: number } {
  const { observed, twin, twinVariance } = compared;
  const n = observed.length;
  const pit = new Float64Array(n);
  const histogram = new Array<number>(PIT_BINS).fill(0);
  let crps = 0;
  for (let i = 0; i < n; i++) {
    const scores = forecastScores(twin[i]!, Math.sqrt(twinVariance[i]!), null, observed[i]!);
    pit[i] = compared.twinPit?.[i] ?? scores.pit;
    histogram[Math.min(PIT_BINS - 1, Math.floor(PIT_BINS * pit[i]!))]!++;
    crps += compared.twinCrps?.[i] ?? scores.crps;
  }
  const { slope, intercept } = regressObservedOnPredicted(observed, twin);
  return {
    endpointId: at.endpointId,
    visitId: at.visitId,
    patients: n,
    slope,
    intercept,
    crps: crps / n,
    pitMean: pit.reduce((sum, u) => sum + u, 0) / n,
    pitKs: distanceFromUniform(pit),
    pitHistogram: histogram,
    groups: calibrationGroups(observed, twin),
  };
}

/** Largest distance between the empirical distribution of the values and the uniform on (0, 1). */
function distanceFromUniform(values: Float64Array): number {
  const sorted = values.slice().sort();
  let largest = 0;
  sorted.forEach((u, i) => {
    largest = Math.max(largest, (i + 1) / sorted.length - u, u - i / sorted.length);
  });
  return largest;
}

function regressObservedOnPredicted(
  observed: Float64Array,
  predicted: Float64Array,
): { slope: IntervalEstimate; intercept: IntervalEstimate } {
  const n = observed.length;
  const meanX = predicted.reduce((sum, x) => sum + x, 0) / n;
  const meanY = observed.reduce((sum, y) => sum + y, 0) / n;
  let sxx = 0;
  let sxy = 0;
  for (let i = 0; i < n; i++) {
    sxx += (predicted[i]! - meanX) ** 2;
    sxy += (predicted[i]! - meanX) * (observed[i]! - meanY);
  }
  // Predictions without spread: the slope is not defined; the flat line is what such predictions claim.
  const slope = sxx > 0 ? sxy / sxx : 0;
  const intercept = meanY - slope * meanX;
  let sse = 0;
  for (let i = 0; i < n; i++) sse += (observed[i]! - intercept - slope * predicted[i]!) ** 2;
  const residualVariance = sse / (n - 2);
  const t = studentTUpperQuantile((1 - LEVEL) / 2, n - 2);
  const slopeError = sxx > 0 ? Math.sqrt(residualVariance / sxx) : 0;
  const interceptError = Math.sqrt(residualVariance * (1 / n + (sxx > 0 ? meanX ** 2 / sxx : 0)));
  return { slope: around(slope, t * slopeError), intercept: around(intercept, t * interceptError) };
}

function around(value: number, margin: number): IntervalEstimate {
  return { value, lower: value - margin, upper: value + margin, level: LEVEL };
}

/** Ten groups of equal size by prediction (fewer when there are fewer than 20 patients). */
function calibrationGroups(observed: Float64Array, predicted: Float64Array): CalibrationAtVisit["groups"] {
  const n = observed.length;
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => predicted[a]! - predicted[b]! || a - b);
  const count = Math.max(1, Math.min(GROUPS, Math.floor(n / 2)));
  return Array.from({ length: count }, (_, g) => {
    const members = order.slice(Math.floor((g * n) / count), Math.floor(((g + 1) * n) / count));
    const size = members.length;
    const mean = members.reduce((sum, i) => sum + observed[i]!, 0) / size;
    const square = members.reduce((sum, i) => sum + (observed[i]! - mean) ** 2, 0);
    return {
      predicted: members.reduce((sum, i) => sum + predicted[i]!, 0) / size,
      observed: mean,
      standardError: size > 1 ? Math.sqrt(square / (size - 1) / size) : 0,
      patients: size,
    };
  });
}
