import { invalidInput } from "../../errors/domain-error.ts";
import { assertSample } from "./sample.ts";

/** Definition of a sample quantile, numbered as by Hyndman & Fan; 7 is R's default, 2 is SAS's (QNTLDEF=5). */
export type QuantileType = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

/**
 * Sample quantile (METHODS.md eq. (W10)).
 *
 * @param values - Sample, any order, at least one value.
 * @param probability - In [0, 1].
 * @param type - Definition; 7 by default.
 *
 * Source: Hyndman & Fan (1996), Am. Stat. 50:361–365.
 */
export function sampleQuantile(values: ArrayLike<number>, probability: number, type: QuantileType = 7): number {
  assertSample(values, "values", 1);
  if (!(probability >= 0 && probability <= 1)) throw invalidInput("probability", probability, "must lie in 0 … 1");
  const x = Float64Array.from(values).sort();
  const n = x.length;
  const at = (index: number) => x[Math.min(n, Math.max(1, index)) - 1]!;
  // A product that misses a whole number by rounding only counts as that number.
  const fuzz = 4 * Number.EPSILON;
  if (type <= 3) {
    const position = type === 3 ? n * probability - 0.5 : n * probability;
    const j = Math.floor(position + fuzz * n);
    const exact = Math.abs(position - j) <= fuzz * n;
    const weight = exact ? (type === 1 ? 0 : type === 2 ? 0.5 : j % 2 === 0 ? 0 : 1) : 1;
    return (1 - weight) * at(j) + weight * at(j + 1);
  }
  const [a, b] = PLOTTING_POSITIONS[type as keyof typeof PLOTTING_POSITIONS];
  const position = a + probability * (n + 1 - a - b);
  const j = Math.floor(position + fuzz);
  const rest = position - j;
  const weight = Math.abs(rest) < fuzz ? 0 : rest;
  return weight === 0 ? at(j) : weight === 1 ? at(j + 1) : (1 - weight) * at(j) + weight * at(j + 1);
}

const PLOTTING_POSITIONS = {
  4: [0, 1],
  5: [0.5, 0.5],
  6: [0, 0],
  7: [1, 1],
  8: [1 / 3, 1 / 3],
  9: [3 / 8, 3 / 8],
} as const;

/** Middle value, or the mean of the two middle ones. */
export function median(values: ArrayLike<number>): number {
  return sampleQuantile(values, 0.5, 7);
}
