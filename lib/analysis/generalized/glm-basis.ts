import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { inverseOfTriangle, qrDecompose } from "../../numerics/qr.ts";

/** What a generalised linear model is fitted to. */
export interface GlmData {
  /** X, row-major [rows · columns]. */
  readonly design: Float64Array;
  readonly columnNames: readonly string[];
  /** Events (0, 1), proportions of `weights` trials, or counts; shape [rows]. */
  readonly response: Float64Array;
  /** Known part of the linear predictor, such as log exposure; zero when absent. */
  readonly offset?: Float64Array;
  /** Trials behind each proportion, or weights; one when absent. */
  readonly weights?: Float64Array;
}

/**
 * A design in an orthonormal basis of its columns: the iteration runs in it, where the information matrix is as well conditioned
 * as the weights allow, and several fits of one design share it.
 */
export interface GlmBasis {
  readonly rank: number;
  readonly independentColumns: readonly number[];
  readonly dependentColumns: readonly number[];
  /** Q, row-major [rows · rank]. */
  readonly q: Float64Array;
  /** R⁻¹, upper triangular [rank · rank]: coefficients of X from those of Q. */
  readonly toColumns: Float64Array;
  /** X of the independent columns, row-major [rows · rank]. */
  readonly design: Float64Array;
}

/**
 * Checks the shapes of a data set and factors its design X = QR (METHODS.md eq. (G2)).
 *
 * @throws DomainError INVALID_INPUT for a covariate, exposure or weight that is not known, INSUFFICIENT_DATA for fewer rows than
 *   columns.
 */
export function glmBasis(data: GlmData): GlmBasis {
  const rows = data.response.length;
  const columns = data.columnNames.length;
  assertShapes(data, rows, columns);
  const qr = qrDecompose(data.design, rows, columns);
  const { rank, independentColumns, dependentColumns, q } = qr;
  const design = new Float64Array(rows * rank);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < rank; j++) design[i * rank + j] = data.design[i * columns + independentColumns[j]!]!;
  return { rank, independentColumns, dependentColumns, q, toColumns: inverseOfTriangle(qr), design };
}

function assertShapes(data: GlmData, rows: number, columns: number): void {
  if (data.design.length !== rows * columns)
    throw invalidInput("design", data.design.length, `must have ${rows} × ${columns} values`);
  if (columns === 0) throw invalidInput("terms", 0, "must give the model at least one column");
  for (const value of data.design)
    if (!Number.isFinite(value))
      throw invalidInput(
        "covariates",
        value,
        "must be known for every patient analysed",
        "Leave out incomplete patients.",
      );
  if (rows <= columns)
    throw new DomainError("INSUFFICIENT_DATA", {
      argument: "covariates",
      received: rows,
      requirement: `must leave more patients than the ${columns} columns of the model`,
      hint: "Use fewer covariates.",
    });
  data.offset?.forEach((value) => {
    if (!Number.isFinite(value))
      throw invalidInput("exposure", Math.exp(value), "must be positive for every patient analysed");
  });
  data.weights?.forEach((value) => {
    if (!(value > 0 && value < Infinity)) throw invalidInput("weights", value, "must be positive");
  });
}
