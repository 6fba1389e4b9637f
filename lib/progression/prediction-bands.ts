import { BAND_LEVELS } from "./gaussian-joint/band-calibration.ts";

/** Numbers per outcome in an array of bands: lower and upper limit of every level of {@link BAND_LEVELS}. */
export const BAND_WIDTH = 2 * BAND_LEVELS.length;

/**
 * Bands mean ± half width.
 *
 * @param mean - [cells].
 * @param halfWidths - [cells × 3].
 * @returns [cells × 3 × 2] lower and upper limit per level.
 */
export function symmetricBands(mean: Float64Array, halfWidths: Float64Array): Float64Array {
  const levels = BAND_LEVELS.length;
  const bands = new Float64Array(2 * halfWidths.length);
  halfWidths.forEach((half, k) => {
    const centre = mean[Math.floor(k / levels)]!;
    bands[2 * k] = centre - half;
    bands[2 * k + 1] = centre + half;
  });
  return bands;
}

/**
 * Whether a value lies inside a band, limits included.
 *
 * @param bands - [cells × 3 × 2].
 * @param cell - Position of the outcome.
 * @param level - Position in {@link BAND_LEVELS}.
 * @param value - Observed outcome.
 */
export function bandHolds(bands: Float64Array, cell: number, level: number, value: number): boolean {
  const at = cell * BAND_WIDTH + 2 * level;
  return value >= bands[at]! && value <= bands[at + 1]!;
}
