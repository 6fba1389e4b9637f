import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { inverseOfTriangle, leastSquaresCoefficients, qrDecompose } from "../../numerics/qr.ts";
import { checkRepeatedMeasures } from "./check-repeated-measures.ts";
import { compressPattern, subjectLevelDesign } from "./pattern-compression.ts";

/** Rows of a repeated-measures model: one a subject and visit at which the outcome was seen. */
export interface RepeatedMeasures {
  readonly rowCount: number;
  /** Number of columns of the design. */
  readonly columnCount: number;
  /** X, row-major [row · column]. */
  readonly design: Float64Array;
  /** y, [row]. */
  readonly outcome: Float64Array;
  /** Index of the subject, [row]; every index from 0 to subjectCount − 1 that has a row is one subject. */
  readonly subject: ArrayLike<number>;
  readonly subjectCount: number;
  /** Index of the visit, [row]; no visit twice in a subject. */
  readonly visit: ArrayLike<number>;
  readonly visitCount: number;
  /** Covariance group of each subject; one group when left out. */
  readonly group?: ArrayLike<number>;
  readonly groupCount?: number;
  /** Positive precision weights, [row]: the variance is divided by them. */
  readonly weights?: ArrayLike<number>;
  /** Times of measurement, [row], for a spatial covariance. */
  readonly time?: ArrayLike<number>;
}

/** Subjects of one covariance group seen at the same visits. */
export interface MissingnessPattern {
  readonly group: number;
  /** Visits seen, ascending, shape [k]. */
  readonly visits: Int32Array;
  /** Subject indices. */
  readonly subjects: Int32Array;
  /** Row numbers of the subjects one after the other, [subjects · k]. */
  readonly rowNumbers: Int32Array;
  /**
   * Σᵢ z_a z_bᵀ (symmetrized), z = (x, y), for every pair of visits b ≤ a, packed lower triangles of order p + 1 one after
   * the other (METHODS.md eq. (M3)); a different array in data without one subject. Null where the rows are kept.
   */
  readonly crossProducts: Float64Array | null;
  /** The rows z of the only subject, [k · (p + 1)], where no two subjects share V; null with cross-products. */
  readonly rows: Float64Array | null;
}

/** Sufficient statistics of a repeated-measures model, in an orthonormal basis of the design. */
export interface PreparedMeasures {
  readonly rowCount: number;
  readonly visitCount: number;
  readonly groupCount: number;
  readonly subjectCount: number;
  /** Rank of the design. */
  readonly rank: number;
  /** Columns of the design that are estimated. */
  readonly independentColumns: readonly number[];
  /** Columns that depend on those before them and are left out. */
  readonly dependentColumns: readonly number[];
  /** R⁻¹ with X = QR: β = R⁻¹γ + least-squares coefficients, shape [rank · rank]. */
  readonly inverseTriangle: Float64Array;
  /** Ordinary least-squares coefficients of the independent columns. */
  readonly leastSquares: Float64Array;
  /** log |R|². */
  readonly logDeterminantOfBasis: number;
  /** Σ log wᵢ. */
  readonly sumOfLogWeights: number;
  readonly patterns: readonly MissingnessPattern[];
  readonly times: ArrayLike<number> | null;
  /** Number of rows at each pair of visits in each group, [group · visit · visit]. */
  readonly pairCounts: Int32Array;
  readonly weights: ArrayLike<number> | null;
  /** The rows as given. */
  readonly source: RepeatedMeasures;
}

/**
 * Groups the subjects by their visits and accumulates what the likelihood needs (METHODS.md eq. (M2), (M3)).
 *
 * Columns are replaced by an orthonormal basis and the outcome by its ordinary least-squares residual, so that the
 * scale of covariates and of the outcome does not touch the accuracy.
 *
 * @throws DomainError INVALID_INPUT for values that are not finite, weights that are not positive, a visit twice in a
 *   subject; INSUFFICIENT_DATA for a visit without rows or no residual degrees of freedom.
 */
export function prepareRepeatedMeasures(data: RepeatedMeasures): PreparedMeasures {
  checkRepeatedMeasures(data);
  const { rowCount, visitCount, groupCount = 1, weights } = data;
  const groups = groupByVisits(data);
  const { rows, starts } = standInRows(data, groups);
  const qr = qrDecompose(rows.design, rows.outcome.length, data.columnCount);
  const { rank, q } = qr;
  if (rowCount <= rank)
    throw new DomainError("INSUFFICIENT_DATA", {
      argument: "rows",
      received: rowCount,
      requirement: `must be more than the ${rank} coefficients of the model`,
      hint: "Use fewer covariates or more patients.",
    });
  const leastSquares = leastSquaresCoefficients(qr, rows.outcome);
  const size = rank + 1;
  const z = new Float64Array(rows.outcome.length * size);
  for (let i = 0; i < rows.outcome.length; i++) {
    let fitted = 0;
    for (let j = 0; j < rank; j++) {
      z[i * size + j] = q[i * rank + j]!;
      fitted += rows.design[i * data.columnCount + qr.independentColumns[j]!]! * leastSquares[j]!;
    }
    z[i * size + rank] = rows.outcome[i]! - fitted;
  }
  const patterns = groups.map(({ group, visits, subjects, rowNumbers }, s) => {
    const k = visits.length;
    const head = { group, visits, subjects, rowNumbers };
    if (data.time !== undefined)
      return { ...head, crossProducts: null, rows: z.slice(starts[s]! * size, starts[s + 1]! * size) };
    const crossProducts = new Float64Array(((k * (k + 1)) / 2) * ((size * (size + 1)) / 2));
    for (let row = starts[s]!; row < starts[s + 1]!; row += k) addCrossProducts(z, row * size, k, size, crossProducts);
    return { ...head, crossProducts, rows: null };
  });
  let logDeterminantOfBasis = 0;
  for (let j = 0; j < rank; j++) logDeterminantOfBasis += 2 * Math.log(Math.abs(qr.r[j * rank + j]!));
  let sumOfLogWeights = 0;
  if (weights !== undefined) for (let i = 0; i < rowCount; i++) sumOfLogWeights += Math.log(weights[i]!);
  return {
    rowCount,
    visitCount,
    groupCount,
    subjectCount: patterns.reduce((sum, pattern) => sum + pattern.subjects.length, 0),
    rank,
    independentColumns: qr.independentColumns,
    dependentColumns: qr.dependentColumns,
    inverseTriangle: inverseOfTriangle(qr),
    leastSquares,
    logDeterminantOfBasis,
    sumOfLogWeights,
    patterns,
    times: data.time ?? null,
    pairCounts: countPairs(patterns, visitCount, groupCount),
    weights: weights ?? null,
    source: data,
  };
}

/**
 * The rows z = (x, y) of one subject in the orthonormal basis, weights multiplied in.
 *
 * @param position - Of the subject in its pattern.
 * @param out - Receives [k · (p + 1)].
 */
export function subjectRows(
  prepared: PreparedMeasures,
  pattern: MissingnessPattern,
  position: number,
  out: Float64Array,
): void {
  const { rank: p, inverseTriangle, independentColumns, leastSquares, source } = prepared;
  const k = pattern.visits.length;
  for (let a = 0; a < k; a++) {
    const row = pattern.rowNumbers[position * k + a]!;
    const root = prepared.weights === null ? 1 : Math.sqrt(prepared.weights[row]!);
    const at = a * (p + 1);
    let residual = source.outcome[row]!;
    for (let j = 0; j <= p; j++) out[at + j] = 0;
    for (let i = 0; i < p; i++) {
      const x = source.design[row * source.columnCount + independentColumns[i]!]!;
      if (x === 0) continue;
      residual -= x * leastSquares[i]!;
      for (let j = i; j < p; j++) out[at + j]! += root * x * inverseTriangle[i * p + j]!;
    }
    out[at + p] = root * residual;
  }
}

/**
 * The same data without one subject, for the jackknife: only the statistics of the subject's pattern change.
 *
 * @param subject - Index of the subject in the original rows.
 * @throws DomainError INVALID_INPUT for a subject without rows.
 */
export function withoutSubject(prepared: PreparedMeasures, subject: number): PreparedMeasures {
  const at = prepared.patterns.findIndex((pattern) => pattern.subjects.includes(subject));
  if (at === -1) throw invalidInput("subject", subject, "must be a subject with an observed outcome");
  const pattern = prepared.patterns[at]!;
  const position = pattern.subjects.indexOf(subject);
  const k = pattern.visits.length;
  const keep = (length: number) => (_: number, i: number) => i < position * length || i >= (position + 1) * length;
  const patterns = prepared.patterns.slice();
  if (pattern.subjects.length === 1) patterns.splice(at, 1);
  else {
    const size = prepared.rank + 1;
    const rows = new Float64Array(k * size);
    subjectRows(prepared, pattern, position, rows);
    const crossProducts = pattern.crossProducts!.slice();
    const own = new Float64Array(crossProducts.length);
    addCrossProducts(rows, 0, k, size, own);
    for (let i = 0; i < own.length; i++) crossProducts[i]! -= own[i]!;
    patterns[at] = {
      ...pattern,
      subjects: pattern.subjects.filter(keep(1)),
      rowNumbers: pattern.rowNumbers.filter(keep(k)),
      crossProducts,
    };
  }
  let logWeights = 0;
  if (prepared.weights !== null)
    for (let a = 0; a < k; a++) logWeights += Math.log(prepared.weights[pattern.rowNumbers[position * k + a]!]!);
  return {
    ...prepared,
    rowCount: prepared.rowCount - k,
    sumOfLogWeights: prepared.sumOfLogWeights - logWeights,
    subjectCount: prepared.subjectCount - 1,
    patterns,
    pairCounts: countPairs(patterns, prepared.visitCount, prepared.groupCount),
  };
}

type SubjectGroup = Omit<MissingnessPattern, "crossProducts" | "rows">;

function groupByVisits(data: RepeatedMeasures): SubjectGroup[] {
  const rowsOf: number[][] = Array.from({ length: data.subjectCount }, () => []);
  for (let i = 0; i < data.rowCount; i++) rowsOf[data.subject[i]!]!.push(i);
  const bySignature = new Map<string, number[]>();
  rowsOf.forEach((rows, subject) => {
    if (rows.length === 0) return;
    rows.sort((a, b) => data.visit[a]! - data.visit[b]!);
    for (let a = 1; a < rows.length; a++)
      if (data.visit[rows[a]!] === data.visit[rows[a - 1]!])
        throw invalidInput("visit", subject, "must not occur twice in a patient (patient number given)");
    // Distances between times differ from patient to patient, so a spatial covariance shares no pattern.
    const own = data.time === undefined ? "" : `:${subject}`;
    const key = `${data.group?.[subject] ?? 0}:${rows.map((row) => data.visit[row]!).join(",")}${own}`;
    const list = bySignature.get(key);
    if (list === undefined) bySignature.set(key, [subject]);
    else list.push(subject);
  });
  return [...bySignature.values()].map((subjects) => ({
    group: data.group?.[subjects[0]!] ?? 0,
    visits: Int32Array.from(rowsOf[subjects[0]!]!, (row) => data.visit[row]!),
    subjects: Int32Array.from(subjects),
    rowNumbers: Int32Array.from(subjects.flatMap((subject) => rowsOf[subject]!)),
  }));
}

/** Rows with the same sums as the data, pattern after pattern, weights multiplied in; fewer where patterns allow. */
function standInRows(data: RepeatedMeasures, groups: readonly SubjectGroup[]) {
  const { columnCount, weights } = data;
  const level =
    weights === undefined && data.time === undefined
      ? subjectLevelDesign(data.design, columnCount, data, data.subjectCount, data.visitCount)
      : null;
  const parts = groups.map(({ subjects, visits, rowNumbers }) => {
    const outcome = Float64Array.from(rowNumbers, (row) => data.outcome[row]! * rootWeight(weights, row));
    if (level !== null) return compressPattern(level, subjects, visits, outcome, data.visitCount);
    const design = new Float64Array(rowNumbers.length * columnCount);
    rowNumbers.forEach((row, i) => {
      const root = rootWeight(weights, row);
      for (let j = 0; j < columnCount; j++) design[i * columnCount + j] = root * data.design[row * columnCount + j]!;
    });
    return { design, outcome, standIns: subjects.length };
  });
  const starts = [0];
  for (const { outcome } of parts) starts.push(starts.at(-1)! + outcome.length);
  const total = starts.at(-1)!;
  const rows = { design: new Float64Array(total * columnCount), outcome: new Float64Array(total) };
  parts.forEach((part, s) => {
    rows.design.set(part.design, starts[s]! * columnCount);
    rows.outcome.set(part.outcome, starts[s]!);
  });
  return { rows, starts };
}

const rootWeight = (weights: ArrayLike<number> | undefined, row: number): number =>
  weights === undefined ? 1 : Math.sqrt(weights[row]!);

/** Adds z_a z_bᵀ of one subject, symmetrized, for b ≤ a. */
function addCrossProducts(rows: Float64Array, offset: number, k: number, size: number, into: Float64Array): void {
  let at = 0;
  for (let a = 0; a < k; a++) {
    const rowA = offset + a * size;
    for (let b = 0; b <= a; b++) {
      const rowB = offset + b * size;
      const factor = a === b ? 1 : 0.5;
      for (let i = 0; i < size; i++) {
        const ai = factor * rows[rowA + i]!;
        const bi = factor * rows[rowB + i]!;
        if (a === b) for (let j = 0; j <= i; j++) into[at++]! += ai * rows[rowA + j]!;
        else for (let j = 0; j <= i; j++) into[at++]! += ai * rows[rowB + j]! + bi * rows[rowA + j]!;
      }
    }
  }
}

function countPairs(patterns: readonly MissingnessPattern[], visitCount: number, groupCount: number): Int32Array {
  const counts = new Int32Array(groupCount * visitCount * visitCount);
  for (const { group, visits, subjects } of patterns)
    for (const a of visits)
      for (const b of visits) counts[(group * visitCount + a) * visitCount + b]! += subjects.length;
  return counts;
}
