/**
 * Sums over the patients in whom both outcomes of a pair are observed, of what was predicted and of what was seen:
 * predicted correlations of a population are those of E[Cov(y | x)] + Cov(E[y | x]). Arrays [cells × cells], element (a, b).
 */
export interface CorrelationSums {
  readonly cells: number;
  readonly count: Float64Array;
  readonly covariance: Float64Array;
  readonly varianceA: Float64Array;
  readonly meanA: Float64Array;
  readonly squareA: Float64Array;
  readonly meanProduct: Float64Array;
  readonly seenA: Float64Array;
  readonly seenSquareA: Float64Array;
  readonly seenProduct: Float64Array;
}

export function correlationSums(cells: number): CorrelationSums {
  const array = () => new Float64Array(cells * cells);
  return {
    cells,
    count: array(),
    covariance: array(),
    varianceA: array(),
    meanA: array(),
    squareA: array(),
    meanProduct: array(),
    seenA: array(),
    seenSquareA: array(),
    seenProduct: array(),
  };
}

/** Adds one patient; NaN in `observed` = missing. */
export function addPatientCorrelation(
  sums: CorrelationSums,
  mean: Float64Array,
  covariance: Float64Array,
  observed: Float64Array,
): void {
  const { cells } = sums;
  for (let a = 0; a < cells; a++) {
    const seenA = observed[a]!;
    if (Number.isNaN(seenA)) continue;
    for (let b = 0; b < cells; b++) {
      const seenB = observed[b]!;
      if (Number.isNaN(seenB)) continue;
      const k = a * cells + b;
      sums.count[k]!++;
      sums.covariance[k]! += covariance[k]!;
      sums.varianceA[k]! += covariance[a * cells + a]!;
      sums.meanA[k]! += mean[a]!;
      sums.squareA[k]! += mean[a]! ** 2;
      sums.meanProduct[k]! += mean[a]! * mean[b]!;
      sums.seenA[k]! += seenA;
      sums.seenSquareA[k]! += seenA ** 2;
      sums.seenProduct[k]! += seenA * seenB;
    }
  }
}

export function addCorrelationSums(from: CorrelationSums, into: CorrelationSums): void {
  for (const key of KEYS) for (let k = 0; k < from[key].length; k++) into[key][k]! += from[key][k]!;
}

const KEYS = [
  "count",
  "covariance",
  "varianceA",
  "meanA",
  "squareA",
  "meanProduct",
  "seenA",
  "seenSquareA",
  "seenProduct",
] as const;

/** Fewest patients with both outcomes. */
const MINIMUM_PAIRS = 30;

export interface CorrelationError {
  /** Pairs of different outcomes that are compared. */
  readonly pairs: number;
  /** Root mean square of predicted − observed correlation. */
  readonly rootMeanSquare: number;
  readonly largest: number;
  /** Root mean square that sampling of the observed correlations alone would give: √mean[(1 − r²)²/n]. */
  readonly expectedFromSampling: number;
}

/**
 * How far predicted correlations are from observed ones, over the pairs of outcomes that hold an outcome of an endpoint.
 * METHODS.md, equation (P21).
 *
 * @param sums - Of all held-out patients.
 * @param endpoint - e; its visits' positions are e·V … e·V + V − 1.
 * @param visits - V.
 * @returns Null when no pair has 30 patients.
 */
export function correlationError(sums: CorrelationSums, endpoint: number, visits: number): CorrelationError | null {
  const { cells } = sums;
  let pairs = 0;
  let square = 0;
  let largest = 0;
  let sampling = 0;
  for (let a = endpoint * visits; a < (endpoint + 1) * visits; a++) {
    for (let b = 0; b < cells; b++) {
      const inside = Math.floor(b / visits) === endpoint;
      if (b === a || (inside && b < a)) continue;
      const n = sums.count[a * cells + b]!;
      if (n < MINIMUM_PAIRS) continue;
      const predicted = correlationOf(sums, a, b, "predicted");
      const observed = correlationOf(sums, a, b, "observed");
      if (!Number.isFinite(predicted) || !Number.isFinite(observed)) continue;
      pairs++;
      square += (predicted - observed) ** 2;
      largest = Math.max(largest, Math.abs(predicted - observed));
      sampling += (1 - observed ** 2) ** 2 / n;
    }
  }
  if (pairs === 0) return null;
  return {
    pairs,
    rootMeanSquare: Math.sqrt(square / pairs),
    largest,
    expectedFromSampling: Math.sqrt(sampling / pairs),
  };
}

function correlationOf(sums: CorrelationSums, a: number, b: number, what: "predicted" | "observed"): number {
  const ab = a * sums.cells + b;
  const ba = b * sums.cells + a;
  const n = sums.count[ab]!;
  if (what === "observed") {
    const covariance = sums.seenProduct[ab]! / n - (sums.seenA[ab]! / n) * (sums.seenA[ba]! / n);
    const spread = (k: number) => sums.seenSquareA[k]! / n - (sums.seenA[k]! / n) ** 2;
    return covariance / Math.sqrt(spread(ab) * spread(ba));
  }
  const between = sums.meanProduct[ab]! / n - (sums.meanA[ab]! / n) * (sums.meanA[ba]! / n);
  const spread = (k: number) => sums.varianceA[k]! / n + sums.squareA[k]! / n - (sums.meanA[k]! / n) ** 2;
  return (sums.covariance[ab]! / n + between) / Math.sqrt(spread(ab) * spread(ba));
}
