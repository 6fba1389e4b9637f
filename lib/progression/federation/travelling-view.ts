import { DomainError } from "../../errors/domain-error.ts";

/** Patients of one site that have the same items in the view. */
export interface ViewCell {
  /** Positions of the items, ascending. */
  readonly observed: readonly number[];
  /** Positions of the patients, ascending. */
  readonly rows: readonly number[];
}

/** A site's data as far as sums over them may leave it. */
export interface TravellingView {
  /** [n × D], NaN where missing or left out. */
  readonly values: Float64Array;
  readonly cells: readonly ViewCell[];
  /** Values left out, and patients left out altogether, so that no cell is too small. */
  readonly leftOut: { readonly values: number; readonly patients: number };
}

export interface ViewRules {
  readonly minimum: number;
  readonly patterns: "merge" | "refuse";
  /** Columns of the indicators of each categorical covariate. */
  readonly levelGroups: readonly (readonly number[])[];
}

interface Cell {
  items: Uint8Array;
  rows: number[];
}

/**
 * The view of a site's data that every answer is computed from: each missing pattern in it has at least the minimum number
 * of patients, and in no column of a pattern do fewer patients than that differ from the rest. Since all sums are over
 * unions of these patterns, no difference of two answers is over fewer patients either. METHODS.md, equations (FE2), (FE3).
 *
 * @param values - [n × D] row-major, NaN = missing; not changed.
 * @param columns - D.
 * @param rules - Minimum, and whether values are left out or the site declines.
 * @throws DomainError INSUFFICIENT_DATA where patterns are too small and must not be joined, or nothing is left.
 */
export function travellingView(values: Float64Array, columns: number, rules: ViewRules): TravellingView {
  const D = columns;
  const start = cellsOf(values, D).filter(({ items }) => items.includes(1));
  const offending = start.filter(
    (cell) => cell.rows.length < rules.minimum || sparseColumns(values, D, cell, rules).length > 0,
  );
  if (offending.length > 0 && rules.patterns === "refuse") {
    throw new DomainError("INSUFFICIENT_DATA", {
      argument: "data",
      received: `${offending.length} of ${start.length} missing patterns`,
      requirement: `must have at least ${rules.minimum} patients in every missing pattern, or none who differ from the rest`,
      hint: 'Agree on a plan with "patterns": "merge", which leaves values out, or on fewer covariates and visits.',
    });
  }
  const cells = settle(start, values, D, rules);
  if (cells.length === 0) {
    throw new DomainError("INSUFFICIENT_DATA", {
      argument: "data",
      received: values.length / D,
      requirement: `must have at least ${rules.minimum} patients with values in common`,
      hint: "This site cannot take part with these endpoints, visits and covariates.",
    });
  }
  const view = new Float64Array(values.length).fill(Number.NaN);
  let kept = 0;
  for (const { items, rows } of cells) {
    kept += rows.length;
    for (const i of rows) for (let j = 0; j < D; j++) if (items[j] === 1) view[i * D + j] = values[i * D + j]!;
  }
  let dropped = 0;
  for (let k = 0; k < values.length; k++) if (Number.isNaN(view[k]!) && !Number.isNaN(values[k]!)) dropped++;
  const observed = start.reduce((sum, { rows }) => sum + rows.length, 0);
  return {
    values: view,
    cells: cells
      .map(({ items, rows }) => ({
        observed: Array.from(items.keys()).filter((j) => items[j] === 1),
        rows: rows.sort((a, b) => a - b),
      }))
      .sort((a, b) => a.rows[0]! - b.rows[0]!),
    leftOut: { values: dropped, patients: observed - kept },
  };
}

function cellsOf(values: Float64Array, D: number): Cell[] {
  const found = new Map<string, Cell>();
  for (let i = 0; i < values.length / D; i++) {
    const items = Uint8Array.from({ length: D }, (_, j) => (Number.isNaN(values[i * D + j]!) ? 0 : 1));
    join(found, { items, rows: [i] });
  }
  return [...found.values()];
}

function join(into: Map<string, Cell>, cell: Cell): void {
  const key = String.fromCharCode(...cell.items);
  const same = into.get(key);
  if (same === undefined) into.set(key, cell);
  else same.rows.push(...cell.rows);
}

/** Leaves values out until no cell is small and no column sparse. */
function settle(start: readonly Cell[], values: Float64Array, D: number, rules: ViewRules): Cell[] {
  let cells = start.map(({ items, rows }) => ({ items, rows: [...rows] }));
  for (;;) {
    cells = joinSmall(cells, D, rules.minimum);
    let changed = false;
    const next = new Map<string, Cell>();
    for (const cell of cells) {
      const sparse = sparseColumns(values, D, cell, rules);
      if (sparse.length > 0) changed = true;
      const items = cell.items.slice();
      for (const j of sparse) items[j] = 0;
      join(next, { items, rows: cell.rows });
    }
    cells = [...next.values()].filter(({ items }) => items.includes(1));
    if (!changed) return cells;
  }
}

/**
 * Joins the smallest cell with the one where fewest values are lost, or leaves its patients out where that loses fewer, until
 * every cell is large enough.
 */
function joinSmall(given: readonly Cell[], D: number, minimum: number): Cell[] {
  const cells = new Map<string, Cell>();
  for (const cell of given) join(cells, cell);
  while (cells.size > 0) {
    const list = [...cells.entries()];
    const [key, smallest] = list.reduce((best, entry) => (entry[1].rows.length < best[1].rows.length ? entry : best));
    if (smallest.rows.length >= minimum) break;
    let partner: [string, Cell] | null = null;
    let least = smallest.rows.length * smallest.items.reduce((sum, is) => sum + is, 0);
    for (const entry of list) {
      if (entry[0] === key) continue;
      const lost = valuesLost(smallest, entry[1], D);
      if (lost <= least) {
        least = lost;
        partner = entry;
      }
    }
    cells.delete(key);
    if (partner === null) continue;
    const [otherKey, other] = partner;
    cells.delete(otherKey);
    const items = smallest.items.map((is, j) => is & other.items[j]!);
    join(cells, { items, rows: [...smallest.rows, ...other.rows] });
  }
  return [...cells.values()];
}

function valuesLost(a: Cell, b: Cell, D: number): number {
  let onlyA = 0;
  let onlyB = 0;
  for (let j = 0; j < D; j++) {
    if (a.items[j] === 1 && b.items[j] === 0) onlyA++;
    if (b.items[j] === 1 && a.items[j] === 0) onlyB++;
  }
  return onlyA * a.rows.length + onlyB * b.rows.length;
}

/** Columns of a cell in which some patients, but fewer than the minimum, differ from the rest. */
function sparseColumns(values: Float64Array, D: number, { items, rows }: Cell, rules: ViewRules): number[] {
  const few = (count: number) => count > 0 && count < rules.minimum;
  const grouped = new Set(rules.levelGroups.flat());
  const sparse: number[] = [];
  for (const group of rules.levelGroups) {
    if (items[group[0]!] !== 1) continue;
    const counts = group.map((j) => rows.reduce((sum, i) => sum + values[i * D + j]!, 0));
    const reference = rows.length - counts.reduce((sum, count) => sum + count, 0);
    if ([...counts, reference].some(few)) sparse.push(...group);
  }
  for (let j = 0; j < D; j++) {
    if (items[j] !== 1 || grouped.has(j)) continue;
    const counts = new Map<number, number>();
    let most = 0;
    for (const i of rows) {
      const count = (counts.get(values[i * D + j]!) ?? 0) + 1;
      counts.set(values[i * D + j]!, count);
      most = Math.max(most, count);
    }
    if (most > rows.length / 2 && few(rows.length - most)) sparse.push(j);
  }
  return sparse;
}
