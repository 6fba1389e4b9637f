import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { qrDecompose } from "../../numerics/qr.ts";

/** A named column of a design, one value a row. */
export interface NamedColumn {
  readonly name: string;
  readonly values: Float64Array;
}

/**
 * How residuals of one group are correlated (METHODS.md eq. (L2)):
 * - `independent`;
 * - `continuous-autoregressive`: φ^|t − s|, φ in (0, 1) (Ornstein–Uhlenbeck process; `corCAR1`, SAS `SP(POW)`);
 * - `autoregressive`: φ^|t − s| for whole-numbered t, φ in (−1, 1) (`corAR1`).
 * With a measurement error a share of the residual variance is independent (nugget).
 */
export type ResidualStructure =
  | { readonly kind: "independent" }
  | { readonly kind: "continuous-autoregressive"; readonly measurementError: boolean }
  | { readonly kind: "autoregressive"; readonly measurementError: boolean };

/** Long data of a mixed model: one row an observation, every value known. */
export interface MixedModelData {
  readonly outcome: Float64Array;
  /** Code of the group (patient) of each row; any distinct whole numbers, rows in any order. */
  readonly group: ArrayLike<number>;
  /** Columns of the fixed effects, the intercept included where there is one. */
  readonly fixed: readonly NamedColumn[];
  /** Columns of the random effects; effects of one block are correlated, those of different blocks are independent. */
  readonly random: readonly (readonly NamedColumn[])[];
  /** Time of each row; needed unless residuals are independent. */
  readonly time: Float64Array | null;
}

/** Rows of one group: positions in the data, ordered by time where there is one. */
export interface GroupRows {
  readonly code: number;
  readonly rows: Int32Array;
}

/**
 * The data as the likelihood uses them: the fixed design replaced by an orthonormal basis Q of its columns, X = Q R, the
 * outcome by its least-squares residual, random columns divided by their root mean square. None of this changes the
 * model; all of it keeps the digits.
 */
export interface MixedModelLayout {
  readonly observations: number;
  readonly groups: readonly GroupRows[];
  /** Number of independent columns of X. */
  readonly p: number;
  /** Number of random effects a group. */
  readonly q: number;
  readonly fixedNames: readonly string[];
  readonly aliasedNames: readonly string[];
  /** Indices of the independent columns in `data.fixed`. */
  readonly independentColumns: readonly number[];
  /** [Q r₀], shape [observations · (p + 1)] row-major; r₀ the least-squares residual of the outcome. */
  readonly fixedBasis: Float64Array;
  /** R, shape [p · p] upper triangle, row-major. */
  readonly triangle: Float64Array;
  /** Qᵀ y: least-squares coefficients in the basis. */
  readonly leastSquares: Float64Array;
  /** Scaled random columns, shape [observations · q] row-major. */
  readonly randomBasis: Float64Array;
  /** What each random column was divided by, shape [q]. */
  readonly randomScale: Float64Array;
  readonly randomNames: readonly string[];
  readonly blockSizes: readonly number[];
  readonly time: Float64Array | null;
}

/**
 * Checks long data and brings them into the form in which the likelihood is computed.
 *
 * @throws DomainError INVALID_INPUT for columns of unequal length or unknown values; INSUFFICIENT_DATA for fewer than
 *   two groups or too few observations; NOT_ESTIMABLE when random effects and residuals cannot be told apart or the
 *   outcome is fitted exactly.
 */
export function layoutOf(data: MixedModelData, residual: ResidualStructure): MixedModelLayout {
  assertColumns(data, residual);
  const n = data.outcome.length;
  const groups = groupRows(data, residual);
  const design = new Float64Array(n * data.fixed.length);
  for (const [j, column] of data.fixed.entries())
    for (let i = 0; i < n; i++) design[i * data.fixed.length + j] = column.values[i]!;
  const qr = qrDecompose(design, n, data.fixed.length);
  const p = qr.rank;
  const random = data.random.flat();
  const q = random.length;
  assertEnough(n, p, Math.max(...data.random.map((block) => block.length)), groups.length);

  const leastSquares = new Float64Array(p);
  for (let i = 0; i < n; i++) for (let j = 0; j < p; j++) leastSquares[j]! += qr.q[i * p + j]! * data.outcome[i]!;
  const fixedBasis = new Float64Array(n * (p + 1));
  let residualSquares = 0;
  let outcomeSquares = 0;
  for (let i = 0; i < n; i++) {
    let rest = data.outcome[i]!;
    outcomeSquares += rest * rest;
    for (let j = 0; j < p; j++) {
      fixedBasis[i * (p + 1) + j] = qr.q[i * p + j]!;
      rest -= qr.q[i * p + j]! * leastSquares[j]!;
    }
    fixedBasis[i * (p + 1) + p] = rest;
    residualSquares += rest * rest;
  }
  if (!(residualSquares > 1e-22 * outcomeSquares))
    throw notEstimable("outcome", n, "must not be fitted exactly by the fixed effects", "Check the outcome column.");

  const randomScale = new Float64Array(q);
  const randomBasis = new Float64Array(n * q);
  for (const [j, column] of random.entries()) {
    let squares = 0;
    for (const value of column.values) squares += value * value;
    const scale = Math.sqrt(squares / n);
    randomScale[j] = scale;
    for (let i = 0; i < n; i++) randomBasis[i * q + j] = scale === 0 ? 0 : column.values[i]! / scale;
  }
  assertIndependentRandom(randomBasis, n, q, random);
  return {
    observations: n,
    groups,
    p,
    q,
    fixedNames: qr.independentColumns.map((j) => data.fixed[j]!.name),
    aliasedNames: qr.dependentColumns.map((j) => data.fixed[j]!.name),
    independentColumns: qr.independentColumns,
    fixedBasis,
    triangle: qr.r,
    leastSquares,
    randomBasis,
    randomScale,
    randomNames: random.map(({ name }) => name),
    blockSizes: data.random.map((block) => block.length),
    time: residual.kind === "independent" ? null : data.time,
  };
}

function assertColumns(data: MixedModelData, residual: ResidualStructure): void {
  const n = data.outcome.length;
  const columns: (readonly [string, ArrayLike<number>])[] = [
    ["outcome", data.outcome],
    ["group", data.group],
    ...data.fixed.map(({ name, values }) => [`fixed.${name}`, values] as const),
    ...data.random.flat().map(({ name, values }) => [`random.${name}`, values] as const),
  ];
  if (residual.kind !== "independent") {
    if (data.time === null)
      throw invalidInput("time", null, "must be given for correlated residuals", "Name the time column.");
    columns.push(["time", data.time]);
  }
  for (const [name, values] of columns) {
    if (values.length !== n) throw invalidInput(name, values.length, `must have one value for each of the ${n} rows`);
    for (let i = 0; i < n; i++)
      if (!Number.isFinite(values[i]!))
        throw invalidInput(`${name}.${i}`, values[i]!, "must be a known number", "Leave out incomplete rows.");
  }
  if (data.fixed.length === 0) throw invalidInput("fixed", 0, "must have at least one column");
  if (data.random.flat().length === 0) throw invalidInput("random", 0, "must have at least one random effect");
}

function groupRows(data: MixedModelData, residual: ResidualStructure): GroupRows[] {
  const byCode = new Map<number, number[]>();
  for (let i = 0; i < data.outcome.length; i++) {
    const rows = byCode.get(data.group[i]!);
    if (rows === undefined) byCode.set(data.group[i]!, [i]);
    else rows.push(i);
  }
  const time = residual.kind === "independent" ? null : data.time;
  return [...byCode].map(([code, rows]): GroupRows => {
    if (time !== null) {
      rows.sort((a, b) => time[a]! - time[b]!);
      assertTimes(rows, time, residual);
    }
    return { code, rows: Int32Array.from(rows) };
  });
}

function assertTimes(rows: readonly number[], time: Float64Array, residual: ResidualStructure): void {
  for (let k = 0; k < rows.length; k++) {
    const at = time[rows[k]!]!;
    if (residual.kind === "autoregressive" && !Number.isInteger(at))
      throw invalidInput(`time.${rows[k]}`, at, "must be a whole number for the AR(1) structure", "Use visit numbers.");
    if (k > 0 && residual.kind !== "independent" && at === time[rows[k - 1]!]! && !residual.measurementError)
      throw invalidInput(
        `time.${rows[k]}`,
        at,
        "must not repeat within a group, since correlated residuals without measurement error are then equal",
        "Keep one observation at each time, or add a measurement error.",
      );
  }
}

/** As lme4: of each block of correlated effects there must be fewer than observations. */
function assertEnough(n: number, p: number, q: number, groups: number): void {
  if (groups < 2)
    throw new DomainError("INSUFFICIENT_DATA", {
      argument: "group",
      received: groups,
      requirement: "must name at least two groups with observations",
    });
  if (n - p < 2)
    throw new DomainError("INSUFFICIENT_DATA", {
      argument: "fixed",
      received: n,
      requirement: `has ${p} independent columns and needs at least ${p + 2} observations`,
      hint: "Use fewer covariates.",
    });
  if (n <= q * groups)
    throw notEstimable(
      "random",
      q,
      `has ${q} effects for each of ${groups} groups and needs more than ${q * groups} observations, not ${n}`,
      "Use fewer random effects.",
    );
}

function assertIndependentRandom(basis: Float64Array, n: number, q: number, random: readonly NamedColumn[]): void {
  const dependent = qrDecompose(basis, n, q).dependentColumns[0];
  if (dependent !== undefined)
    throw notEstimable(
      `random.${random[dependent]!.name}`,
      null,
      "must not be zero or a linear combination of the other random-effect columns",
      "Leave it out.",
    );
}

export function notEstimable(argument: string, received: number | null, requirement: string, hint: string) {
  return new DomainError("NOT_ESTIMABLE", { argument, received, requirement, hint });
}
