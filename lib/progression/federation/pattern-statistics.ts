import { z } from "zod";
import {
  commonPrefix,
  compareByRank,
  type MissingPattern,
  type PatternedData,
  scatterRoot,
} from "../gaussian-joint/missing-patterns.ts";
import type { ColumnScale } from "../gaussian-joint/standardise.ts";
import type { TravellingView } from "./travelling-view.ts";

/** Count, mean and scatter about the mean of the patients of one missing pattern: what a normal law needs of them. */
export const patternCellSchema = z.object({
  /** [o] positions of the items observed, ascending. */
  observed: z.array(z.number().int().nonnegative()),
  /** Whole where no noise was added. */
  patients: z.number().nonnegative(),
  /** [o] analysis scale. */
  mean: z.array(z.number()),
  /** [o (o + 1)/2] lower triangle by rows of Σ (z − z̄)(z − z̄)ᵀ. */
  scatter: z.array(z.number()),
});
export type PatternCell = z.infer<typeof patternCellSchema>;

/**
 * Statistics of every cell of a view. METHODS.md, equation (FE4).
 *
 * @param columns - D.
 */
export function patternStatistics({ values, cells }: TravellingView, columns: number): PatternCell[] {
  return cells.map(({ observed, rows }) => {
    const n = rows.length;
    const mean = observed.map((j) => rows.reduce((sum, i) => sum + values[i * columns + j]!, 0) / n);
    const scatter = new Array<number>((observed.length * (observed.length + 1)) / 2).fill(0);
    for (const i of rows) {
      let place = 0;
      for (let a = 0; a < observed.length; a++) {
        const x = values[i * columns + observed[a]!]! - mean[a]!;
        for (let b = 0; b <= a; b++) scatter[place++]! += x * (values[i * columns + observed[b]!]! - mean[b]!);
      }
    }
    return { observed: [...observed], patients: n, mean, scatter };
  });
}

/**
 * Cells of several sites as one set of cells, each pattern once. METHODS.md, equation (FE5).
 *
 * @param sites - Cells of every site.
 */
export function pooledCells(sites: readonly (readonly PatternCell[])[]): PatternCell[] {
  const found = new Map<string, PatternCell>();
  for (const cell of sites.flat()) {
    const key = cell.observed.join(",");
    const other = found.get(key);
    found.set(key, other === undefined ? cell : joined(other, cell));
  }
  return [...found.values()].filter(({ patients, observed }) => patients > 0 && observed.length > 0);
}

/** Chan, Golub & LeVeque (1983), American Statistician 37:242–247. */
function joined(a: PatternCell, b: PatternCell): PatternCell {
  const patients = a.patients + b.patients;
  const difference = b.mean.map((value, k) => value - a.mean[k]!);
  const between = (a.patients * b.patients) / patients;
  const scatter: number[] = [];
  for (let k = 0; k < difference.length; k++)
    for (let l = 0; l <= k; l++) {
      const place = scatter.length;
      scatter.push(a.scatter[place]! + b.scatter[place]! + between * difference[k]! * difference[l]!);
    }
  const mean = a.mean.map((value, k) => value + (b.patients / patients) * difference[k]!);
  return { observed: a.observed, patients, mean, scatter };
}

/**
 * The same patients with fewer columns, renumbered.
 *
 * @param kept - Positions of the columns that stay, ascending.
 */
export function withColumns(cells: readonly PatternCell[], kept: readonly number[]): PatternCell[] {
  const position = new Map(kept.map((j, k) => [j, k]));
  const reduced = cells.map((cell): PatternCell => {
    const places = [...cell.observed.keys()].filter((a) => position.has(cell.observed[a]!));
    return {
      observed: places.map((a) => position.get(cell.observed[a]!)!),
      patients: cell.patients,
      mean: places.map((a) => cell.mean[a]!),
      scatter: places.flatMap((a, k) => places.slice(0, k + 1).map((b) => cell.scatter[(a * (a + 1)) / 2 + b]!)),
    };
  });
  return pooledCells([reduced]);
}

/** Count, mean and SD (divisor n) of one column over cells. */
export interface ColumnMoments {
  readonly count: number;
  readonly mean: number;
  readonly deviation: number;
}

/** A spread below this part of the mean is rounding error of a constant column. */
const CONSTANT = 1e-13;

/** Moments of every column of D; SD 0 for a constant column. */
export function columnMoments(cells: readonly PatternCell[], columns: number): ColumnMoments[] {
  return Array.from({ length: columns }, (_, j) => {
    const own = withColumns(cells, [j])[0];
    if (own === undefined) return { count: 0, mean: 0, deviation: 0 };
    const mean = own.mean[0]!;
    const deviation = Math.sqrt(Math.max(0, own.scatter[0]!) / own.patients);
    return { count: own.patients, mean, deviation: deviation > CONSTANT * Math.abs(mean) ? deviation : 0 };
  });
}

/** Cells with every column minus its centre, divided by its deviation. */
export function standardisedCells(
  cells: readonly PatternCell[],
  scales: readonly Pick<ColumnScale, "mean" | "deviation">[],
): PatternCell[] {
  return cells.map((cell) => {
    const by = cell.observed.map((j) => scales[j]!);
    let place = 0;
    return {
      ...cell,
      mean: cell.mean.map((value, a) => (value - by[a]!.mean) / by[a]!.deviation),
      scatter: by.flatMap((a, k) =>
        by.slice(0, k + 1).map((b) => cell.scatter[place++]! / (a.deviation * b.deviation)),
      ),
    };
  });
}

/**
 * Cells as the E-step of the joint model takes them: the same as grouping the patients themselves.
 *
 * @param cells - Standardised.
 * @param columns - D.
 */
export function patternedData(cells: readonly PatternCell[], columns: number): PatternedData {
  const D = columns;
  const absent = new Float64Array(D);
  for (const { observed, patients } of cells) {
    const has = new Set(observed);
    for (let j = 0; j < D; j++) if (!has.has(j)) absent[j]! += patients;
  }
  const order = Array.from({ length: D }, (_, j) => j).sort((a, b) => absent[b]! - absent[a]! || a - b);
  const rank = new Int32Array(D);
  order.forEach((item, position) => {
    rank[item] = position;
  });
  const completeScatter = new Float64Array(D * D);
  let count = 0;
  let previous: Int32Array = new Int32Array(0);
  const sorted = cells
    .map((cell) => {
      const has = new Set(cell.observed);
      const missing = Int32Array.from(order.filter((j) => !has.has(j)));
      return { cell, missing };
    })
    .sort((a, b) => compareByRank(a.missing, b.missing, rank));
  const patterns = sorted.map(({ cell, missing }): MissingPattern => {
    const o = cell.observed.length;
    const scatter = new Float64Array(o * o);
    let place = 0;
    for (let a = 0; a < o; a++) for (let b = 0; b <= a; b++) scatter[a * o + b] = cell.scatter[place++]!;
    const root = scatterRoot(scatter, o);
    const shared = commonPrefix(previous, missing);
    previous = missing;
    count += cell.patients;
    if (missing.length === 0) completeScatter.set(scatter);
    return {
      count: cell.patients,
      observed: Int32Array.from(cell.observed),
      missing,
      shared,
      mean: Float64Array.from(cell.mean),
      root,
      rows: root.length / o,
      scatter,
    };
  });
  return { dimension: D, count, patients: Math.round(count), patterns, completeScatter };
}
