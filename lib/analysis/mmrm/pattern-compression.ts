/** Rows of one pattern as the likelihood needs them: a few stand-ins with the sums of all its subjects. */
export interface CompressedPattern {
  /** Rows x of the stand-ins, visit after visit within a stand-in, [standIns · visits · columns]. */
  readonly design: Float64Array;
  /** [standIns · visits]. */
  readonly outcome: Float64Array;
  readonly standIns: number;
}

/** Which subject-level predictor each column of a design repeats, and at which visits. */
export interface SubjectLevelDesign {
  /** Number of different predictors. */
  readonly predictorCount: number;
  /** Predictors, row-major [subject · predictor]. */
  readonly predictors: Float64Array;
  /** Predictor of each column. */
  readonly predictorOf: Int32Array;
  /** Whether a column is not zero at a visit, [column · visit]. */
  readonly support: Uint8Array;
}

/**
 * Finds the subject-level form of a design: at each visit a column is zero or repeats a value of the subject, as it is
 * when all covariates are measured once (METHODS.md eq. (M3)).
 *
 * @param design - Row-major [row · column].
 * @returns Null when a covariate changes within a subject.
 */
export function subjectLevelDesign(
  design: Float64Array,
  columnCount: number,
  rows: { readonly subject: ArrayLike<number>; readonly visit: ArrayLike<number>; readonly rowCount: number },
  subjectCount: number,
  visitCount: number,
): SubjectLevelDesign | null {
  const { rowCount, subject, visit } = rows;
  const support = new Uint8Array(columnCount * visitCount);
  for (let i = 0; i < rowCount; i++)
    for (let j = 0; j < columnCount; j++)
      if (design[i * columnCount + j] !== 0) support[j * visitCount + visit[i]!] = 1;
  // Value of a column in each subject; NaN where the subject was never seen at a visit of the column.
  const values = new Float64Array(columnCount * subjectCount).fill(NaN);
  for (let i = 0; i < rowCount; i++)
    for (let j = 0; j < columnCount; j++) {
      if (support[j * visitCount + visit[i]!] === 0) continue;
      const at = j * subjectCount + subject[i]!;
      const value = design[i * columnCount + j]!;
      if (Number.isNaN(values[at]!)) values[at] = value;
      else if (values[at] !== value) return null;
    }
  const found: Float64Array[] = [];
  const predictorOf = Int32Array.from({ length: columnCount }, (_, j) => {
    const column = values.subarray(j * subjectCount, (j + 1) * subjectCount);
    const known = found.findIndex((other) => agree(other, column));
    if (known === -1) return found.push(column) - 1;
    const merged = found[known]!;
    for (let s = 0; s < subjectCount; s++) if (Number.isNaN(merged[s]!)) merged[s] = column[s]!;
    return known;
  });
  const predictors = new Float64Array(subjectCount * found.length);
  found.forEach((column, l) => {
    for (let s = 0; s < subjectCount; s++) {
      const value = column[s]!;
      predictors[s * found.length + l] = Number.isNaN(value) ? 0 : value;
    }
  });
  return { predictorCount: found.length, predictors, predictorOf, support };
}

function agree(a: Float64Array, b: Float64Array): boolean {
  for (let s = 0; s < a.length; s++) if (a[s] !== b[s] && !Number.isNaN(a[s]!) && !Number.isNaN(b[s]!)) return false;
  return true;
}

/**
 * Stand-ins for the subjects of one pattern: with (U, Y) = QT for their predictors and outcomes, the rows of T have the
 * same sums as the subjects, since these share V (METHODS.md eq. (M3)).
 *
 * @param subjects - Subjects of the pattern.
 * @param outcomes - [subject of the pattern · visit].
 */
export function compressPattern(
  level: SubjectLevelDesign,
  subjects: ArrayLike<number>,
  visits: Int32Array,
  outcomes: Float64Array,
  visitCount: number,
): CompressedPattern {
  const k = level.predictorCount;
  const o = visits.length;
  const width = k + o;
  const n = subjects.length;
  // Column-major.
  const matrix = new Float64Array(n * width);
  for (let s = 0; s < n; s++) {
    for (let l = 0; l < k; l++) matrix[l * n + s] = level.predictors[subjects[s]! * k + l]!;
    for (let a = 0; a < o; a++) matrix[(k + a) * n + s] = outcomes[s * o + a]!;
  }
  const standIns = Math.min(n, width);
  if (n > width) triangularize(matrix, n, width);
  const columnCount = level.predictorOf.length;
  const design = new Float64Array(standIns * o * columnCount);
  const outcome = new Float64Array(standIns * o);
  for (let s = 0; s < standIns; s++)
    for (let a = 0; a < o; a++) {
      const row = (s * o + a) * columnCount;
      for (let j = 0; j < columnCount; j++)
        if (level.support[j * visitCount + visits[a]!] === 1) design[row + j] = matrix[level.predictorOf[j]! * n + s]!;
      outcome[s * o + a] = matrix[(k + a) * n + s]!;
    }
  return { design, outcome, standIns };
}

/** Householder reflections without pivoting; the upper triangle of the first rows is T. */
function triangularize(matrix: Float64Array, n: number, width: number): void {
  for (let j = 0; j < width; j++) {
    const at = j * n;
    let squares = 0;
    for (let i = j; i < n; i++) squares += matrix[at + i]! ** 2;
    if (squares === 0) continue;
    const top = matrix[at + j]!;
    const pivot = top > 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
    const scale = 1 / (squares - top * pivot);
    matrix[at + j] = top - pivot;
    for (let c = j + 1; c < width; c++) {
      const other = c * n;
      let dot = 0;
      for (let i = j; i < n; i++) dot += matrix[at + i]! * matrix[other + i]!;
      dot *= scale;
      for (let i = j; i < n; i++) matrix[other + i]! -= dot * matrix[at + i]!;
    }
    matrix[at + j] = pivot;
    for (let i = j + 1; i < n; i++) matrix[at + i] = 0;
  }
}
