import { restrictedProportions } from "../../analysis/proportions/restricted-proportions.ts";
import { invalidInput } from "../../errors/domain-error.ts";
import { normalCdf, normalUpperQuantile } from "../../numerics/normal.ts";
import type { PowerConvention } from "../power-report.ts";

/** What is compared: the difference p₁ − p₀, the ratio p₁/p₀ or the odds ratio. */
export type RateMeasure = "risk-difference" | "risk-ratio" | "odds-ratio";
/** Ways to compute the power of a test of two proportions. */
export type RatesConvention = "pooled" | "unpooled" | "continuity-corrected" | "arcsine";

export const RATES_CONVENTIONS: Readonly<Record<RatesConvention, PowerConvention>> = {
  pooled: {
    id: "pooled",
    name: "z test, variance restricted to the null hypothesis (pooled; Farrington–Manning at a margin)",
    software: ["rpact", "gsDesign nBinomial", "R power.prop.test", "nQuery PTT0", "East (pooled)"],
    note: "The critical value uses the variance under the null hypothesis (pooled proportion; Farrington and Manning's restricted estimate at a margin), the power that under the alternative.",
  },
  unpooled: {
    id: "unpooled",
    name: "z test, unpooled variance",
    software: ["East (unpooled)"],
    note: "Uses the variance under the alternative for critical value and power alike; usually a few subjects fewer than the pooled test at equal arms, and more or fewer at unequal ones.",
  },
  "continuity-corrected": {
    id: "continuity-corrected",
    name: "pooled z test with continuity correction (Casagrande–Pike–Smith, Fleiss)",
    software: ["nQuery PTT1", "East (Casagrande–Pike–Smith)"],
    note: "Adds about 1/|difference| subjects to each arm of the pooled test, to approximate the size that Fisher's exact test needs.",
  },
  arcsine: {
    id: "arcsine",
    name: "arcsine transformation",
    software: ["R package pwr (pwr.2p.test)"],
    note: "Works on 2 arcsin √p, whose variance hardly depends on p; for the null hypothesis of equal proportions.",
  },
};

/** Two arms with their true proportions. */
export interface TwoRates {
  readonly experimental: number;
  readonly control: number;
  readonly measure: RateMeasure;
  /** Difference (0), ratio or odds ratio (1) under the null hypothesis. */
  readonly nullValue: number;
}

/** Expected value of the measure. */
export function rateMeasure({ experimental, control, measure }: TwoRates): number {
  switch (measure) {
    case "risk-difference":
      return experimental - control;
    case "risk-ratio":
      return experimental / control;
    case "odds-ratio":
      return (experimental * (1 - control)) / (control * (1 - experimental));
  }
}

/** Experimental proportion that has the null value; may lie outside (0, 1). */
export function nullExperimentalRate(control: number, measure: RateMeasure, nullValue: number): number {
  switch (measure) {
    case "risk-difference":
      return control + nullValue;
    case "risk-ratio":
      return control * nullValue;
    case "odds-ratio":
      return (nullValue * control) / (1 - control + nullValue * control);
  }
}

/** Refuses null values that a measure cannot take. */
export function assertNullOfMeasure(measure: RateMeasure, nullValue: number): void {
  if (measure === "risk-difference" && !(nullValue > -1 && nullValue < 1))
    throw invalidInput(
      "nullValue",
      nullValue,
      "must lie between −1 and 1 for a risk difference",
      "0 is equality; −0.1 a margin of ten percentage points.",
    );
  if (measure !== "risk-difference" && !(nullValue > 0))
    throw invalidInput("nullValue", nullValue, "must be positive for a ratio", "1 is equality.");
}

/**
 * Experimental proportion under the null hypothesis, from which an effect can be sought.
 *
 * @throws DomainError INVALID_INPUT when no proportion has the null value at this control proportion.
 */
export function attainableNullRate(control: number, measure: RateMeasure, nullValue: number): number {
  const rate = nullExperimentalRate(control, measure, nullValue);
  if (rate >= 0 && rate <= 1) return rate;
  throw invalidInput(
    "nullValue",
    nullValue,
    `must leave an experimental proportion between 0 and 1 at the control proportion ${control}`,
    "Change the margin or the control proportion.",
  );
}

/**
 * Expected contrast of a test and its standard deviations under both hypotheses (METHODS.md eq. (P15)).
 *
 * @returns `contrast` p₁ − p₀ − δ₀, p₁ − ρ₀p₀ or log(ψ/ψ₀), with the SD under the restricted null proportions and under the
 *   true ones.
 * Source: Farrington & Manning (1990), Stat Med 9:1447–1454; Miettinen & Nurminen (1985), Stat Med 4:213–226.
 */
export function contrastOfRates(rates: TwoRates, n1: number, n0: number) {
  const { experimental: p1, control: p0, measure, nullValue } = rates;
  const restricted = restrictedProportions(
    { experimentalEvents: n1 * p1, experimentalTotal: n1, controlEvents: n0 * p0, controlTotal: n0 },
    measure,
    nullValue,
  );
  const sd = (q1: number, q0: number) => {
    const [v1, v0] = [q1 * (1 - q1), q0 * (1 - q0)];
    switch (measure) {
      case "risk-difference":
        return Math.sqrt(v1 / n1 + v0 / n0);
      case "risk-ratio":
        return Math.sqrt(v1 / n1 + (nullValue * nullValue * v0) / n0);
      case "odds-ratio":
        return Math.sqrt(1 / (v1 * n1) + 1 / (v0 * n0));
    }
  };
  const contrast =
    measure === "risk-difference"
      ? p1 - p0 - nullValue
      : measure === "risk-ratio"
        ? p1 - nullValue * p0
        : Math.log(rateMeasure(rates) / nullValue);
  return { contrast, nullSd: sd(restricted.experimental, restricted.control), trueSd: sd(p1, p0) };
}

/**
 * Power of the test of two proportions under a convention (METHODS.md eq. (P15)–(P18)).
 *
 * @param tail - Error in the direction of the effect, alpha / sides.
 * @returns Probability of rejection in the direction of the effect.
 */
export function powerOfRates(
  convention: RatesConvention,
  rates: TwoRates,
  n1: number,
  n0: number,
  tail: number,
): number {
  const z = normalUpperQuantile(tail);
  switch (convention) {
    case "pooled": {
      const { contrast, nullSd, trueSd } = contrastOfRates(rates, n1, n0);
      return normalCdf((Math.abs(contrast) - z * nullSd) / trueSd);
    }
    case "unpooled": {
      const { contrast, trueSd } = contrastOfRates(rates, n1, n0);
      return normalCdf(Math.abs(contrast) / trueSd - z);
    }
    case "continuity-corrected": {
      const ratio = n1 / n0;
      // Each arm shrinks to the size at which the uncorrected test has the power of the corrected one.
      const lost = (ratio + 1) / (2 * ratio * Math.abs(rates.experimental - rates.control));
      if (!(n0 > lost)) return 0;
      const effective = (n0 - lost) ** 2 / n0;
      return powerOfRates("pooled", rates, effective * ratio, effective, tail);
    }
    case "arcsine": {
      const distance = 2 * Math.asin(Math.sqrt(rates.experimental)) - 2 * Math.asin(Math.sqrt(rates.control));
      return normalCdf(Math.abs(distance) * Math.sqrt((n1 * n0) / (n1 + n0)) - z);
    }
  }
}
