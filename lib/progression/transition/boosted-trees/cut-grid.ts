/** Cells of the grid that finds a value's place among the cuts. */
const CELLS = 512;

/** Ascending cuts of one feature, with a grid over their range: a value's place is found without a search. */
export interface CutGrid {
  /** [cuts + 1] ascending; the last is infinite. */
  readonly cuts: Float64Array;
  readonly low: number;
  readonly cellsPerUnit: number;
  /** [CELLS] number of cuts in the cells before this one. */
  readonly before: Uint8Array;
}

/**
 * Grid of the cuts of a feature.
 *
 * @param cuts - Distinct finite numbers, ascending; at most 255.
 */
export function cutGrid(cuts: readonly number[]): CutGrid {
  const low = cuts[0] ?? 0;
  const range = (cuts.at(-1) ?? 0) - low;
  const cellsPerUnit = range > 0 && Number.isFinite(CELLS / range) ? CELLS / range : 0;
  const grid = { cuts: Float64Array.from([...cuts, Number.POSITIVE_INFINITY]), low, cellsPerUnit };
  const before = new Uint8Array(CELLS);
  // The cell never decreases with the value, so a cut in an earlier cell than a value's lies below the value.
  for (const cut of cuts) for (let cell = cellOf(grid, cut) + 1; cell < CELLS; cell++) before[cell]!++;
  return { ...grid, before };
}

/**
 * Places of values: how many cuts of a grid lie below each.
 *
 * @param values - [count]
 * @param into - [count]
 * @returns False when a value is missing (NaN); then `into` is not complete.
 */
export function placesInGrid(grid: CutGrid, values: Float64Array, count: number, into: Uint8Array): boolean {
  const { cuts, before } = grid;
  for (let m = 0; m < count; m++) {
    const x = values[m]!;
    if (Number.isNaN(x)) return false;
    let place = before[cellOf(grid, x)]!;
    while (x > cuts[place]!) place++;
    into[m] = place;
  }
  return true;
}

/**
 * As `placesInGrid` for a few cuts: comparing with each of them, four at a time and without a branch, is quicker than the grid.
 *
 * @param cuts - Any order.
 */
export function placesAmongFew(
  cuts: readonly number[],
  values: Float64Array,
  count: number,
  into: Uint8Array,
): boolean {
  let known = 1;
  for (let k = 0; k < cuts.length; k += 4) {
    const a = cuts[k]!;
    const b = cuts[k + 1] ?? Number.POSITIVE_INFINITY;
    const c = cuts[k + 2] ?? Number.POSITIVE_INFINITY;
    const d = cuts[k + 3] ?? Number.POSITIVE_INFINITY;
    if (k === 0) {
      for (let m = 0; m < count; m++) {
        const x = values[m]!;
        known &= +(x <= Number.POSITIVE_INFINITY);
        into[m] = +(x > a) + +(x > b) + +(x > c) + +(x > d);
      }
    } else {
      for (let m = 0; m < count; m++) {
        const x = values[m]!;
        into[m]! += +(x > a) + +(x > b) + +(x > c) + +(x > d);
      }
    }
  }
  return known === 1;
}

function cellOf({ low, cellsPerUnit }: Pick<CutGrid, "low" | "cellsPerUnit">, x: number): number {
  const at = (x - low) * cellsPerUnit;
  return at > 0 ? (at < CELLS ? at | 0 : CELLS - 1) : 0;
}
