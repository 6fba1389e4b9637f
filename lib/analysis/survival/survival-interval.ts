/** Scales on which a pointwise interval of a survival probability is symmetric. */
export const SURVIVAL_INTERVAL_SCALES = ["plain", "log", "log-log", "logit", "arcsin"] as const;
export type SurvivalIntervalScale = (typeof SURVIVAL_INTERVAL_SCALES)[number];

/**
 * Interval of a survival probability S from the standard error of log S, within [0, 1].
 *
 * @param logStandardError - Standard error of log S (Greenwood).
 * @param z - Normal quantile of the confidence, e.g. 1.96.
 * @returns Limits; NaN where the scale has none (at S = 0, and for log-log, logit and arcsin at S = 1).
 *
 * METHODS.md eq. (V2). Source: Borgan & Liestøl (1990); Kalbfleisch & Prentice (2002), §1.4.
 */
export function survivalInterval(
  survival: number,
  logStandardError: number,
  z: number,
  scale: SurvivalIntervalScale,
): { readonly lower: number; readonly upper: number } {
  if (survival === 0) return { lower: Number.NaN, upper: Number.NaN };
  switch (scale) {
    case "plain": {
      const half = z * logStandardError * survival;
      return { lower: Math.max(survival - half, 0), upper: Math.min(survival + half, 1) };
    }
    case "log": {
      const half = z * logStandardError;
      return { lower: survival * Math.exp(-half), upper: Math.min(survival * Math.exp(half), 1) };
    }
    case "log-log": {
      if (survival === 1) return { lower: Number.NaN, upper: Number.NaN };
      const hazard = -Math.log(survival);
      const half = (z * logStandardError) / hazard;
      return { lower: Math.exp(-hazard * Math.exp(half)), upper: Math.exp(-hazard * Math.exp(-half)) };
    }
    case "logit": {
      if (survival === 1) return { lower: Number.NaN, upper: Number.NaN };
      const odds = survival / (1 - survival);
      const half = z * logStandardError * (1 + odds);
      return { lower: expit(Math.log(odds) - half), upper: expit(Math.log(odds) + half) };
    }
    case "arcsin": {
      if (survival === 1) return { lower: Number.NaN, upper: Number.NaN };
      const angle = Math.asin(Math.sqrt(survival));
      const half = 0.5 * z * logStandardError * Math.sqrt(survival / (1 - survival));
      return {
        lower: Math.sin(Math.max(0, angle - half)) ** 2,
        upper: Math.sin(Math.min(Math.PI / 2, angle + half)) ** 2,
      };
    }
  }
}

const expit = (x: number) => 1 / (1 + Math.exp(-x));
