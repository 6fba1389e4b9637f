import { findRoot } from "../../numerics/root-finding.ts";
import { assertConfidence } from "../two-sample/sample.ts";
import {
  type ConditionalTable,
  conditionalTable,
  densityAtOddsRatio,
  meanAtOddsRatio,
  tailAtOddsRatio,
} from "./conditional-table.ts";
import { assertTwoByTwo, type EffectInterval, type TwoByTwo } from "./two-by-two.ts";

/**
 * Two-sided p-value: all tables that are at most as likely as the observed one (R, SAS), twice the smaller tail (`central`,
 * matches the interval), or twice the smaller tail with half the observed probability (`mid-p`, not exact).
 */
export type FisherTwoSided = "minimum-likelihood" | "central" | "mid-p";

/** Tables this much likelier than the observed one still count as equally likely (R's tolerance). */
const EQUALLY_LIKELY = 1 + 1e-7;

/** Fisher's test with the conditional odds ratio. */
export interface FisherExactTest {
  readonly twoSidedPValue: number;
  /** P(experimental responders ≤, ≥ observed | margins). */
  readonly lowerPValue: number;
  readonly upperPValue: number;
  /** Conditional maximum-likelihood odds ratio; 0 or Infinity at an end of its range. */
  readonly oddsRatio: number;
  /** Exact (central) interval of the odds ratio. */
  readonly interval: EffectInterval;
}

/**
 * Fisher's exact test of two proportions with the conditional odds ratio and its exact interval
 * (METHODS.md eq. (P9) and (P10)).
 *
 * @param twoSided - `minimum-likelihood` by default.
 *
 * Source: Fisher (1935), J. R. Stat. Soc. 98:39–82; Cornfield (1956), Proc. 3rd Berkeley Symp. 4:135–148.
 */
export function fisherExactTest(
  table: TwoByTwo,
  options: {
    readonly twoSided?: FisherTwoSided;
    readonly confidence?: number;
    /** Odds ratio under the null hypothesis; 1 by default. */
    readonly nullOddsRatio?: number;
  } = {},
): FisherExactTest {
  const { twoSided = "minimum-likelihood", confidence = 0.95, nullOddsRatio = 1 } = options;
  assertTwoByTwo(table);
  assertConfidence(confidence);
  const { experimentalEvents: x, experimentalTotal: m, controlEvents: c, controlTotal: n } = table;
  const conditional = conditionalTable(m, n, x + c);
  const lowerPValue = tailAtOddsRatio(conditional, x, nullOddsRatio, "lower");
  const upperPValue = tailAtOddsRatio(conditional, x, nullOddsRatio, "upper");
  return {
    twoSidedPValue: twoSidedPValue(conditional, x, nullOddsRatio, twoSided, lowerPValue, upperPValue),
    lowerPValue,
    upperPValue,
    ...conditionalOddsRatio(conditional, x, confidence),
  };
}

/** Conditional maximum-likelihood odds ratio and its exact interval, for one table or a convolution of several. */
export function conditionalOddsRatio(
  conditional: ConditionalTable,
  count: number,
  confidence: number,
): { readonly oddsRatio: number; readonly interval: EffectInterval } {
  const { lowest, highest } = conditional;
  const tail = (1 - confidence) / 2;
  // Both functions rise with the odds ratio.
  const mean = (oddsRatio: number) => meanAtOddsRatio(conditional, oddsRatio) - count;
  const upper = (oddsRatio: number) => tailAtOddsRatio(conditional, count, oddsRatio, "upper") - tail;
  const lower = (oddsRatio: number) => tail - tailAtOddsRatio(conditional, count, oddsRatio, "lower");
  return {
    oddsRatio: count === lowest ? 0 : count === highest ? Infinity : oddsRatioRoot(mean),
    interval: {
      lower: count === lowest ? 0 : oddsRatioRoot(upper),
      upper: count === highest ? Infinity : oddsRatioRoot(lower),
    },
  };
}

/** Root of a function that rises with the odds ratio, on the log scale. */
function oddsRatioRoot(rising: (oddsRatio: number) => number): number {
  return rising(1) === 0 ? 1 : Math.exp(findRoot((x) => rising(Math.exp(x)), -700, 700).value);
}

function twoSidedPValue(
  conditional: ConditionalTable,
  count: number,
  nullOddsRatio: number,
  kind: FisherTwoSided,
  lower: number,
  upper: number,
): number {
  const density = densityAtOddsRatio(conditional, nullOddsRatio);
  const observed = density[count - conditional.lowest]!;
  switch (kind) {
    case "central":
      return Math.min(1, 2 * Math.min(lower, upper));
    case "mid-p":
      return Math.min(1, 2 * (Math.min(lower, upper) - observed / 2));
    case "minimum-likelihood": {
      let sum = 0;
      for (const probability of density) if (probability <= observed * EQUALLY_LIKELY) sum += probability;
      return Math.min(1, sum);
    }
  }
}
