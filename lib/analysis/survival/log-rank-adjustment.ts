import { diagnostic } from "../../errors/diagnostic.ts";
import { DomainError } from "../../errors/domain-error.ts";
import { choleskyDecompose, choleskySolve } from "../../numerics/cholesky.ts";
import type { CoxColumn } from "./fit-cox.ts";

/** Columns whose within-arm variation is below this share of their own are constant or determined. */
const COLLINEAR = 1e-9;

/**
 * What the covariates take off the log-rank score and its variance, both times n, given the derived outcomes
 * (METHODS.md eq. (V22)).
 */
export function covariateAdjustment(
  arm: ArrayLike<number>,
  all: readonly CoxColumn[],
  strata: ArrayLike<number> | undefined,
  n: number,
) {
  const cells = centredCells(arm, strata, n);
  const used = usableColumns(all, cells);
  const columns = used.map((j) => all[j]!.values);
  const p = columns.length;
  const cross = cells.arms.map((groups) => crossProducts(columns, groups));
  const factors = cross.map((matrix) => {
    const result = choleskyDecompose(matrix, p);
    if (!result.ok) throw tooFew(all[used[result.pivot]!]!.name);
    return result.factor;
  });
  const share = subjectsIn(cells.arms[1]!) / n;
  const covariance = pooledCovariance(columns, cells.strata);
  const shift = armShift(columns, cells.strata, arm);
  return {
    diagnostics: all
      .filter((_, j) => !used.includes(j))
      .map(({ name }) =>
        diagnostic(
          "warning",
          "column-left-out",
          `${name} is constant or determined by the other covariates within an arm; the test does not adjust for it.`,
          name,
        ),
      ),
    at: (outcome: Float64Array): { readonly score: number; readonly variance: number } => {
      if (p === 0) return { score: 0, variance: 0 };
      const [control, experimental] = cells.arms.map((groups, a) =>
        choleskySolve(factors[a]!, p, crossWith(columns, outcome, groups)),
      ) as [Float64Array, Float64Array];
      let score = 0;
      let variance = 0;
      for (let i = 0; i < p; i++) {
        score += shift.experimental[i]! * experimental[i]! - shift.control[i]! * control[i]!;
        for (let j = 0; j < p; j++)
          variance += (experimental[i]! + control[i]!) * covariance[i * p + j]! * (experimental[j]! + control[j]!);
      }
      return { score, variance: n * share * (1 - share) * variance };
    },
  };
}

interface Cells {
  /** Patients of each arm by stratum: [arm][stratum][patient]. */
  readonly arms: readonly (readonly (readonly number[])[])[];
  /** Patients of each stratum. */
  readonly strata: readonly (readonly number[])[];
}

function centredCells(arm: ArrayLike<number>, strata: ArrayLike<number> | undefined, n: number): Cells {
  const codes = new Map<number, number>();
  const arms: number[][][] = [[], []];
  const all: number[][] = [];
  for (let i = 0; i < n; i++) {
    const code = strata?.[i] ?? 0;
    let s = codes.get(code);
    if (s === undefined) {
      s = codes.size;
      codes.set(code, s);
      all.push([]);
      arms[0]!.push([]);
      arms[1]!.push([]);
    }
    all[s]!.push(i);
    arms[arm[i] === 1 ? 1 : 0]![s]!.push(i);
  }
  return { arms, strata: all };
}

const subjectsIn = (groups: readonly (readonly number[])[]) => groups.reduce((sum, group) => sum + group.length, 0);

function meanOver(values: ArrayLike<number>, group: readonly number[]): number {
  let sum = 0;
  for (const i of group) sum += values[i]!;
  return sum / group.length;
}

/** Σ (x − x̄)(x − x̄)ᵀ within the groups. */
function crossProducts(columns: readonly Float64Array[], groups: readonly (readonly number[])[]): Float64Array {
  const p = columns.length;
  const matrix = new Float64Array(p * p);
  for (const group of groups) {
    if (group.length === 0) continue;
    const means = columns.map((column) => meanOver(column, group));
    for (const i of group)
      for (let a = 0; a < p; a++)
        for (let b = 0; b < p; b++) matrix[a * p + b]! += (columns[a]![i]! - means[a]!) * (columns[b]![i]! - means[b]!);
  }
  return matrix;
}

function crossWith(
  columns: readonly Float64Array[],
  outcome: Float64Array,
  groups: readonly (readonly number[])[],
): Float64Array {
  const result = new Float64Array(columns.length);
  for (const group of groups) {
    if (group.length === 0) continue;
    columns.forEach((column, a) => {
      const mean = meanOver(column, group);
      for (const i of group) result[a]! += (column[i]! - mean) * outcome[i]!;
    });
  }
  return result;
}

/** Covariance of the covariates within strata, weighted by their sizes; strata of one patient have none. */
function pooledCovariance(columns: readonly Float64Array[], strata: Cells["strata"]): Float64Array {
  const p = columns.length;
  const large = strata.filter((group) => group.length > 1);
  const total = subjectsIn(large);
  const covariance = new Float64Array(p * p);
  for (const group of large) {
    const cross = crossProducts(columns, [group]);
    for (let k = 0; k < p * p; k++) covariance[k]! += (cross[k]! / (group.length - 1)) * (group.length / total);
  }
  return covariance;
}

/** Σ (x − x̄) over the patients of each arm, x̄ the mean of the stratum. */
function armShift(columns: readonly Float64Array[], strata: Cells["strata"], arm: ArrayLike<number>) {
  const control = new Float64Array(columns.length);
  const experimental = new Float64Array(columns.length);
  columns.forEach((column, a) => {
    for (const group of strata) {
      const mean = meanOver(column, group);
      for (const i of group) {
        if (arm[i] === 1) experimental[a]! += column[i]! - mean;
        else control[a]! += column[i]! - mean;
      }
    }
  });
  return { control, experimental };
}

/** Columns with variation of their own within both arms. */
function usableColumns(columns: readonly CoxColumn[], cells: Cells): number[] {
  const used: number[] = [];
  columns.forEach((_, candidate) => {
    const trial = [...used, candidate].map((j) => columns[j]!.values);
    const p = trial.length;
    const independent = cells.arms.every((groups) => {
      const matrix = crossProducts(trial, groups);
      const diagonal = matrix[p * p - 1]!;
      let whole = 0;
      for (const group of groups) for (const i of group) whole += trial[p - 1]![i]! ** 2;
      if (!(diagonal > COLLINEAR * COLLINEAR * whole)) return false;
      const result = choleskyDecompose(matrix, p);
      return result.ok && result.factor[p * p - 1]! ** 2 > COLLINEAR * diagonal;
    });
    if (independent) used.push(candidate);
  });
  return used;
}

function tooFew(name: string): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "covariates",
    received: name,
    requirement: "must not be determined by the other covariates within an arm",
    hint: "Leave it out.",
  });
}
