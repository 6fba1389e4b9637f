import { studentTUpperQuantile } from "../numerics/student-t.ts";
import type { IntervalEstimate } from "../trial/interval.ts";

const LEVEL = 0.95;

/**
 * Mean with its two-sided 95 % t interval.
 *
 * @param values - n values in one unit.
 * @returns Null when n < 2: one value says nothing about its own spread.
 */
export function meanInterval(values: Float64Array): IntervalEstimate | null {
  const n = values.length;
  if (n < 2) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const margin = studentTUpperQuantile((1 - LEVEL) / 2, n - 1) * Math.sqrt(square / (n - 1) / n);
  return { value: mean, lower: mean - margin, upper: mean + margin, level: LEVEL };
}
