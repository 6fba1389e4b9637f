import type { ResidualKind } from "./residual-statistics.ts";

/**
 * Residual of one endpoint as the sum of an Ornstein–Uhlenbeck process and white noise; METHODS.md, equation (ME4).
 */
export interface ResidualProcess {
  /** σ², both parts together; standardised scale. */
  readonly variance: number;
  /** Decay of the Ornstein–Uhlenbeck part per unit of scaled time; 0 where there is none. */
  readonly rate: number;
  /** Share of the variance that is white noise; 1 for independent residuals. */
  readonly noiseShare: number;
}

/** Which of the processes it is. */
export function residualKind({ noiseShare }: ResidualProcess): ResidualKind {
  if (noiseShare === 1) return "independent";
  return noiseShare === 0 ? "ornstein-uhlenbeck" : "ornstein-uhlenbeck-with-noise";
}

/** Correlation of two residuals of one endpoint at different visits. */
export function residualCorrelation({ rate, noiseShare }: ResidualProcess, s: number, t: number): number {
  return noiseShare === 1 ? 0 : (1 - noiseShare) * Math.exp(-rate * Math.abs(s - t));
}

/**
 * Covariance of residuals of two endpoints per unit of the correlation of their driving noises.
 *
 * Both Ornstein–Uhlenbeck parts are driven by correlated Brownian motions, both white noises are correlated at the same
 * visit: a positive semidefinite cross-covariance whatever the rates.
 *
 * @param s - Time of the residual of `a`.
 * @param t - Time of the residual of `b`.
 * @param sameVisit - Whether both belong to one visit.
 */
export function crossCovariance(
  a: ResidualProcess,
  b: ResidualProcess,
  s: number,
  t: number,
  sameVisit: boolean,
): number {
  let value = sameVisit ? Math.sqrt(a.noiseShare * b.noiseShare) : 0;
  if (a.noiseShare < 1 && b.noiseShare < 1) {
    const decay = s <= t ? b.rate : a.rate;
    const alike = (2 * Math.sqrt(a.rate * b.rate)) / (a.rate + b.rate);
    value += Math.sqrt((1 - a.noiseShare) * (1 - b.noiseShare)) * alike * Math.exp(-decay * Math.abs(s - t));
  }
  return Math.sqrt(a.variance * b.variance) * value;
}
