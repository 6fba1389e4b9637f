import type { ResidualStructure } from "./mixed-model-data.ts";

/** Correlation of the residuals of one group; `share` is the part of the residual variance that is measurement error. */
export interface ResidualCorrelation {
  readonly phi: number;
  readonly share: number;
}

/** Number of parameters of the residual correlation. */
export function residualParameterCount(structure: ResidualStructure): number {
  if (structure.kind === "independent") return 0;
  return structure.measurementError ? 2 : 1;
}

/**
 * φ and ν from the unbounded variables in which the likelihood is maximized (METHODS.md eq. (L2)): log(−log φ) in
 * continuous time, artanh φ for AR(1); the logit of ν.
 */
export function residualCorrelationOf(structure: ResidualStructure, search: ArrayLike<number>): ResidualCorrelation {
  if (structure.kind === "independent") return { phi: 0, share: 0 };
  const phi = structure.kind === "autoregressive" ? Math.tanh(search[0]!) : Math.exp(-Math.exp(search[0]!));
  return { phi, share: structure.measurementError ? logistic(search[1]!) : 0 };
}

/** Correlation at a gap > 0 between two times: (1 − ν) φ^gap. A gap of 0 between two rows gives 1 − ν. */
export function correlationAt(structure: ResidualStructure, search: ArrayLike<number>, gap: number): number {
  if (structure.kind === "independent") return 0;
  const share = structure.measurementError ? logistic(search[1]!) : 0;
  return (1 - share) * autocorrelation(structure, search[0]!, gap);
}

function autocorrelation(structure: ResidualStructure, x: number, gap: number): number {
  if (gap === 0) return 1;
  return structure.kind === "autoregressive" ? Math.tanh(x) ** gap : Math.exp(-Math.exp(x) * gap);
}

/** Derivatives of the correlation at a gap by the unbounded variables: x, y, xx, xy, yy; y is the logit of ν. */
export interface CorrelationDerivatives {
  x: number;
  y: number;
  xx: number;
  xy: number;
  yy: number;
}

export function correlationDerivatives(
  structure: ResidualStructure,
  search: ArrayLike<number>,
  gap: number,
  out: CorrelationDerivatives,
): void {
  const x = search[0]!;
  const share = search.length > 1 ? logistic(search[1]!) : 0;
  const value = autocorrelation(structure, x, gap);
  let first: number;
  let second: number;
  if (gap === 0) {
    first = 0;
    second = 0;
  } else if (structure.kind === "autoregressive") {
    const phi = Math.tanh(x);
    const rise = 1 - phi * phi;
    first = gap * phi ** (gap - 1) * rise;
    second = (gap === 1 ? 0 : gap * (gap - 1) * phi ** (gap - 2) * rise * rise) - 2 * phi * first;
  } else {
    const decay = Math.exp(x) * gap;
    first = -decay * value;
    second = (decay * decay - decay) * value;
  }
  const slope = share * (1 - share);
  out.x = (1 - share) * first;
  out.xx = (1 - share) * second;
  out.y = -slope * value;
  out.xy = -slope * first;
  out.yy = -slope * (1 - 2 * share) * value;
}

/** Where the residual correlation is searched, in the unbounded variables. */
export interface ResidualSearch {
  readonly starts: readonly Float64Array[];
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** Gaps between neighbouring observations of a group, and the longest time between two. */
export interface ObservedGaps {
  readonly shortest: number;
  readonly typical: number;
  readonly longest: number;
}

/**
 * Start values and the bounds beyond which the correlation cannot be told from 0 or 1.
 */
export function residualSearch(structure: ResidualStructure, gaps: ObservedGaps): ResidualSearch {
  if (structure.kind === "independent")
    return { starts: [new Float64Array(0)], lower: new Float64Array(0), upper: new Float64Array(0) };
  const share = structure.measurementError;
  const [first, low, high] =
    structure.kind === "autoregressive"
      ? [[0.2, 1], -8, 8]
      : [
          [0.25, 1, 3].map((rate) => Math.log(rate / gaps.typical)),
          Math.log(1e-6 / gaps.longest),
          Math.log(36 / gaps.shortest),
        ];
  return {
    starts: first.map((x) => Float64Array.from(share ? [x, -1.4] : [x])),
    lower: Float64Array.from(share ? [low, -14] : [low]),
    upper: Float64Array.from(share ? [high, 14] : [high]),
  };
}

const logistic = (y: number) => 1 / (1 + Math.exp(-y));
