import { choleskyInPlace, choleskySolveInPlace } from "../../numerics/cholesky.ts";

/** Rows of a penalised regression. Columns of group −1 are not penalised. */
export interface RidgeRows {
  readonly rows: number;
  readonly columns: number;
  /** [rows × columns] */
  readonly design: Float64Array;
  readonly response: Float64Array;
  /** [rows] weight ≥ 0. */
  readonly weights: Float64Array;
  /** [rows] fold 0 … folds − 1; all rows of a patient in one fold. */
  readonly fold: Int32Array;
  readonly folds: number;
  /** [columns] group of the penalty, or −1. */
  readonly groups: Int32Array;
  readonly groupCount: number;
}

export interface RidgeFit {
  /** [columns] */
  readonly coefficients: Float64Array;
  /** [folds × columns] learnt without the fold, with the same penalties. */
  readonly foldCoefficients: Float64Array;
  /** [groups] λ: half the penalty is λ · (total weight) · Σ s²β², s² the variance of the column. */
  readonly penalties: Float64Array;
  /** [rows] prediction by the coefficients from all rows. */
  readonly fitted: Float64Array;
  /** [folds × rows] predictions by the coefficients learnt without each fold. */
  readonly foldFitted: Float64Array;
}

/** Common penalties tried first, then factors on each group in turn. */
const COMMON_PENALTIES = [1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1, 3, 10];
const GROUP_STEPS = [10, 0.1, 3, 1 / 3];
const STRONGEST = 1e4;
const WEAKEST = 1e-7;
/** Penalty of a column that is not penalised: keeps a column without rows of its own from making the system singular. */
const STABILISER = 1e-9;

/** Weighted cross-products of one set of rows. */
interface CrossProducts {
  readonly gram: Float64Array;
  readonly right: Float64Array;
  square: number;
  weight: number;
}

/**
 * Ridge regression with penalties by group of columns, chosen by cross-validation by patient. METHODS.md, equation (TM3).
 *
 * A common penalty is chosen from a grid, then each group's is moved up or down while the held-out squared error falls. All
 * comparisons come from the cross-products of the folds, so the rows are read once.
 */
export function fitRidge(data: RidgeRows): RidgeFit {
  const { columns: p, folds, groupCount } = data;
  const byFold = Array.from({ length: folds }, (_, k) => crossProducts(data, k));
  const total = sumOf(byFold, p);
  const variances = columnVariances(data, total);
  const training = byFold.map((part) => difference(total, part));
  const loss = (penalties: Float64Array): number => {
    let sum = 0;
    for (let k = 0; k < folds; k++) {
      if (byFold[k]!.weight === 0) continue;
      sum += squaredError(byFold[k]!, solve(training[k]!, data, variances, penalties), p);
    }
    return sum;
  };
  const penalties = choosePenalties(groupCount, loss);
  const coefficients = solve(total, data, variances, penalties);
  const foldCoefficients = new Float64Array(folds * p);
  for (let k = 0; k < folds; k++) foldCoefficients.set(solve(training[k]!, data, variances, penalties), k * p);
  const foldFitted = new Float64Array(folds * data.rows);
  for (let k = 0; k < folds; k++) {
    foldFitted.set(predictions(data, foldCoefficients.subarray(k * p, (k + 1) * p)), k * data.rows);
  }
  return { coefficients, foldCoefficients, penalties, fitted: predictions(data, coefficients), foldFitted };
}

/**
 * Ridge regression with penalties known from elsewhere: no rows are left out.
 *
 * @param data - Rows; folds are not used.
 * @param penalties - [groups] as in {@link RidgeFit}.
 */
export function fitRidgeWith(data: RidgeRows, penalties: readonly number[]): Pick<RidgeFit, "coefficients" | "fitted"> {
  const all = crossProducts(data, null);
  const coefficients = solve(all, data, columnVariances(data, all), Float64Array.from(penalties));
  return { coefficients, fitted: predictions(data, coefficients) };
}

function predictions({ rows, columns: p, design }: RidgeRows, coefficients: Float64Array): Float64Array {
  const fitted = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    let sum = 0;
    for (let j = 0; j < p; j++) sum += design[r * p + j]! * coefficients[j]!;
    fitted[r] = sum;
  }
  return fitted;
}

function choosePenalties(groups: number, loss: (penalties: Float64Array) => number): Float64Array {
  let best: Float64Array = new Float64Array(groups);
  let lowest = Number.POSITIVE_INFINITY;
  const tryPenalties = (candidate: Float64Array): boolean => {
    const value = loss(candidate);
    // A gain in the last digits is no reason for a weaker penalty.
    if (!(value < lowest - 1e-9 * Math.abs(lowest)) && lowest !== Number.POSITIVE_INFINITY) return false;
    best = candidate;
    lowest = value;
    return true;
  };
  for (const common of [...COMMON_PENALTIES].reverse()) tryPenalties(new Float64Array(groups).fill(common));
  if (groups === 1) return best;
  for (let round = 0; round < 2; round++) {
    for (let g = 0; g < groups; g++) {
      for (const step of GROUP_STEPS) {
        for (;;) {
          const candidate = best.slice();
          candidate[g] = best[g]! * step;
          if (candidate[g]! > STRONGEST || candidate[g]! < WEAKEST || !tryPenalties(candidate)) break;
        }
      }
    }
  }
  return best;
}

/** Of the rows of fold k, or of all. */
function crossProducts(data: RidgeRows, k: number | null): CrossProducts {
  const { columns: p, design, response, weights, fold } = data;
  const result = { gram: new Float64Array(p * p), right: new Float64Array(p), square: 0, weight: 0 };
  const { gram, right } = result;
  for (let r = 0; r < data.rows; r++) {
    if (k !== null && fold[r] !== k) continue;
    const w = weights[r]!;
    const y = response[r]!;
    const at = r * p;
    result.square += w * y * y;
    result.weight += w;
    for (let i = 0; i < p; i++) {
      const x = w * design[at + i]!;
      if (x === 0) continue;
      right[i]! += x * y;
      const row = i * p;
      for (let j = 0; j <= i; j++) gram[row + j]! += x * design[at + j]!;
    }
  }
  return result;
}

function sumOf(parts: readonly CrossProducts[], p: number): CrossProducts {
  const total = { gram: new Float64Array(p * p), right: new Float64Array(p), square: 0, weight: 0 };
  for (const part of parts) {
    for (let i = 0; i < p * p; i++) total.gram[i]! += part.gram[i]!;
    for (let i = 0; i < p; i++) total.right[i]! += part.right[i]!;
    total.square += part.square;
    total.weight += part.weight;
  }
  return total;
}

function difference(total: CrossProducts, part: CrossProducts): CrossProducts {
  return {
    gram: total.gram.map((value, i) => value - part.gram[i]!),
    right: total.right.map((value, i) => value - part.right[i]!),
    square: total.square - part.square,
    weight: total.weight - part.weight,
  };
}

/** [p] weighted variance about the mean; 0 for a column that does not vary. Mean square for columns without penalty. */
function columnVariances(data: RidgeRows, total: CrossProducts): Float64Array {
  const { columns: p, design, weights, groups } = data;
  const variances = new Float64Array(p);
  for (let j = 0; j < p; j++) {
    const meanSquare = total.gram[j * p + j]! / total.weight;
    if (groups[j]! < 0) {
      variances[j] = meanSquare;
      continue;
    }
    let sum = 0;
    for (let r = 0; r < data.rows; r++) sum += weights[r]! * design[r * p + j]!;
    const variance = meanSquare - (sum / total.weight) ** 2;
    variances[j] = variance > 1e-10 * meanSquare ? variance : 0;
  }
  return variances;
}

function solve(
  { gram, right, weight }: CrossProducts,
  { columns: p, groups }: RidgeRows,
  variances: Float64Array,
  penalties: Float64Array,
): Float64Array {
  const active: number[] = [];
  for (let j = 0; j < p; j++) if (variances[j]! > 0) active.push(j);
  const a = active.length;
  const work = new Float64Array(a * a);
  const solution = new Float64Array(a);
  for (let i = 0; i < a; i++) {
    const row = active[i]!;
    for (let j = 0; j <= i; j++) work[i * a + j] = gram[row * p + active[j]!]!;
    const penalty = groups[row]! < 0 ? STABILISER : Math.max(STABILISER, penalties[groups[row]!]!);
    work[i * a + i]! += penalty * weight * variances[row]!;
    solution[i] = right[row]!;
  }
  const coefficients = new Float64Array(p);
  if (choleskyInPlace(work, a) !== -1) return coefficients;
  choleskySolveInPlace(work, a, solution);
  active.forEach((j, i) => {
    coefficients[j] = solution[i]!;
  });
  return coefficients;
}

/** Σ w (y − xᵀβ)² from the cross-products. */
function squaredError({ gram, right, square }: CrossProducts, coefficients: Float64Array, p: number): number {
  let sum = square;
  for (let i = 0; i < p; i++) {
    const b = coefficients[i]!;
    if (b === 0) continue;
    let inner = 0;
    for (let j = 0; j < i; j++) inner += gram[i * p + j]! * coefficients[j]!;
    sum += b * (2 * inner + gram[i * p + i]! * b - 2 * right[i]!);
  }
  return sum;
}
