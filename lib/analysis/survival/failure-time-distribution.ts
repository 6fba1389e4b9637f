import { normalDensity, normalUpperTail } from "../../numerics/normal.ts";

/** Laws of a time to event: location and scale on the time or its logarithm. */
export const FAILURE_TIME_LAWS = [
  "exponential",
  "weibull",
  "rayleigh",
  "lognormal",
  "loglogistic",
  "gaussian",
  "logistic",
  "extreme",
] as const;
export type FailureTimeLaw = (typeof FAILURE_TIME_LAWS)[number];

/** Standard error law W of y = location + σ W, with the derivatives that Newton's method needs. */
export interface ErrorLaw {
  /** y is the logarithm of the time, else the time itself. */
  readonly logarithmic: boolean;
  /** σ where the law fixes it; null where it is estimated. */
  readonly fixedScale: number | null;
  readonly event: (w: number) => Derivatives;
  readonly censored: (w: number) => Derivatives;
  /** Standard deviation and mean of W, for start values. */
  readonly standardDeviation: number;
  readonly mean: number;
}

/** log f(w) (or log S(w)) with first and second derivative in w. */
export interface Derivatives {
  readonly value: number;
  readonly first: number;
  readonly second: number;
}

const EULER = 0.5772156649015329;

/** Smallest extreme value: f = exp(w − e^w), S = exp(−e^w). */
const EXTREME = {
  event: (w: number) => ({ value: w - Math.exp(w), first: 1 - Math.exp(w), second: -Math.exp(w) }),
  censored: (w: number) => ({ value: -Math.exp(w), first: -Math.exp(w), second: -Math.exp(w) }),
  standardDeviation: Math.PI / Math.sqrt(6),
  mean: -EULER,
};

const LOGISTIC = {
  event: (w: number) => {
    const p = 1 / (1 + Math.exp(-w));
    return { value: -Math.abs(w) - 2 * Math.log1p(Math.exp(-Math.abs(w))), first: 1 - 2 * p, second: -2 * p * (1 - p) };
  },
  censored: (w: number) => {
    const p = 1 / (1 + Math.exp(-w));
    return { value: -Math.max(w, 0) - Math.log1p(Math.exp(-Math.abs(w))), first: -p, second: -p * (1 - p) };
  },
  standardDeviation: Math.PI / Math.sqrt(3),
  mean: 0,
};

const LOG_ROOT_TWO_PI = 0.5 * Math.log(2 * Math.PI);
const GAUSSIAN = {
  event: (w: number) => ({ value: -0.5 * w * w - LOG_ROOT_TWO_PI, first: -w, second: -1 }),
  censored: (w: number) => {
    const hazard = normalHazard(w);
    return { value: logUpperTail(w), first: -hazard, second: -hazard * (hazard - w) };
  },
  standardDeviation: 1,
  mean: 0,
};

/**
 * The error law of a failure time distribution.
 *
 * METHODS.md eq. (V21). Source: Kalbfleisch & Prentice (2002), §2.2.
 */
export function errorLaw(law: FailureTimeLaw): ErrorLaw {
  switch (law) {
    case "exponential":
      return { ...EXTREME, logarithmic: true, fixedScale: 1 };
    case "rayleigh":
      return { ...EXTREME, logarithmic: true, fixedScale: 0.5 };
    case "weibull":
      return { ...EXTREME, logarithmic: true, fixedScale: null };
    case "extreme":
      return { ...EXTREME, logarithmic: false, fixedScale: null };
    case "lognormal":
      return { ...GAUSSIAN, logarithmic: true, fixedScale: null };
    case "gaussian":
      return { ...GAUSSIAN, logarithmic: false, fixedScale: null };
    case "loglogistic":
      return { ...LOGISTIC, logarithmic: true, fixedScale: null };
    case "logistic":
      return { ...LOGISTIC, logarithmic: false, fixedScale: null };
  }
}

/** φ(w)/(1 − Φ(w)); by its continued fraction far out, where both vanish. */
function normalHazard(w: number): number {
  if (w < 30) return normalDensity(w) / normalUpperTail(w);
  return w + 1 / (w + 2 / (w + 3 / w));
}

function logUpperTail(w: number): number {
  if (w < 30) return Math.log(normalUpperTail(w));
  return -0.5 * w * w - LOG_ROOT_TWO_PI - Math.log(normalHazard(w));
}
