/** Features of all rows cut into bins, so that a split is found by counting. */
export interface FeatureBins {
  readonly rows: number;
  readonly features: number;
  /** [features × rows] bin of each value; MISSING_BIN for a missing one. */
  readonly bins: Uint8Array;
  /** [features] ascending cuts: bin b holds values above cut b − 1 and up to cut b. */
  readonly cuts: readonly Float64Array[];
}

export const MISSING_BIN = 255;
const MAXIMUM_BINS = 32;

/**
 * Bins of equal numbers of rows, at most 32 a feature; cuts lie halfway between values. METHODS.md, equation (TM9).
 *
 * @param values - [features × rows], NaN = missing.
 */
export function binFeatures(values: Float64Array, features: number, rows: number): FeatureBins {
  const bins = new Uint8Array(features * rows);
  const cuts: Float64Array[] = [];
  for (let f = 0; f < features; f++) {
    const column = values.subarray(f * rows, (f + 1) * rows);
    const own = cutsOf(column);
    cuts.push(own);
    for (let r = 0; r < rows; r++) bins[f * rows + r] = binOf(own, column[r]!);
  }
  return { rows, features, bins, cuts };
}

function cutsOf(column: Float64Array): Float64Array {
  const sorted = column.filter((value) => !Number.isNaN(value)).sort();
  const cuts: number[] = [];
  let previous = 0;
  for (let b = 1; b < MAXIMUM_BINS; b++) {
    // The first change of value at or after the quantile: a value with many rows is one bin.
    let position = Math.max(previous + 1, Math.round((b * sorted.length) / MAXIMUM_BINS));
    while (position < sorted.length && sorted[position] === sorted[position - 1]) position++;
    if (position >= sorted.length) break;
    cuts.push(0.5 * (sorted[position - 1]! + sorted[position]!));
    previous = position;
  }
  return Float64Array.from(cuts);
}

function binOf(cuts: Float64Array, value: number): number {
  if (Number.isNaN(value)) return MISSING_BIN;
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= cuts[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}
