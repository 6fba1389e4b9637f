import {
  oneSidedOf,
  type ProportionChoices,
  proportionEffect,
  proportionInterval,
  testProportions,
} from "../../lib/analysis/proportions/compare-proportions.ts";
import type { TwoByTwo } from "../../lib/analysis/proportions/two-by-two.ts";
import { DomainError } from "../../lib/errors/domain-error.ts";
import { binomialDensity } from "../../lib/numerics/binomial.ts";
import type { CalibrationSetting } from "./calibration-setting.ts";
import { ONE_SIDED, TWO_SIDED } from "./simulate-block.ts";

/** Common proportions of the null; with an effect the experimental arm has 20 percentage points more. */
export const PROPORTIONS = [0.1, 0.3, 0.5] as const;
const RISE = 0.2;
/** Outcomes less likely than this under every law are left out. */
const NEGLIGIBLE = 1e-10;

export const PROPORTION_TESTS: readonly (readonly [ProportionChoices["test"], title: string])[] = [
  ["pooled-z", "Pooled z (Pearson)"],
  ["pooled-z-continuity", "Pooled z, continuity (Yates)"],
  ["unpooled-z", "Unpooled z (Wald)"],
  ["miettinen-nurminen", "Miettinen–Nurminen"],
  ["farrington-manning", "Farrington–Manning"],
  ["fisher-minimum-likelihood", "Fisher"],
  ["fisher-central", "Fisher, central"],
  ["fisher-mid-p", "Fisher, mid-p"],
  ["barnard", "Barnard"],
  ["boschloo", "Boschloo"],
];

/** Intervals; those that are too slow for 400 patients only for 60. */
export const PROPORTION_INTERVALS: readonly {
  readonly measure: ProportionChoices["measure"];
  readonly interval: ProportionChoices["interval"];
  readonly onlySmall?: boolean;
}[] = [
  { measure: "risk-difference", interval: "miettinen-nurminen" },
  { measure: "risk-difference", interval: "farrington-manning" },
  { measure: "risk-difference", interval: "newcombe" },
  { measure: "risk-difference", interval: "wald" },
  { measure: "risk-difference", interval: "wald-continuity" },
  { measure: "risk-difference", interval: "agresti-caffo" },
  { measure: "risk-difference", interval: "exact", onlySmall: true },
  { measure: "risk-ratio", interval: "miettinen-nurminen" },
  { measure: "risk-ratio", interval: "log-normal" },
  { measure: "odds-ratio", interval: "miettinen-nurminen" },
  { measure: "odds-ratio", interval: "log-normal" },
  { measure: "odds-ratio", interval: "exact" },
];

/** Probabilities, one a proportion of {@link PROPORTIONS}. */
export interface EnumeratedLevels {
  readonly twoSided: readonly number[];
  readonly oneSided: readonly number[];
}

export interface EnumeratedCoverage {
  readonly coverage: readonly number[];
  readonly coverageWithEffect: readonly number[];
  /** Probability that there is no interval. */
  readonly refused: readonly number[];
  readonly refusedWithEffect: readonly number[];
}

export type EnumerationTask =
  | { readonly kind: "test"; readonly setting: CalibrationSetting; readonly test: ProportionChoices["test"] }
  | {
      readonly kind: "interval";
      readonly setting: CalibrationSetting;
      readonly measure: ProportionChoices["measure"];
      readonly interval: ProportionChoices["interval"];
    };

const CHOICES = { measure: "risk-difference", interval: "wald", nullValue: null, confidence: 1 - TWO_SIDED } as const;

/** Level of a test by enumeration of all outcomes. */
export function enumeratedLevels(test: ProportionChoices["test"], setting: CalibrationSetting): EnumeratedLevels {
  const tables = likelyTables(setting);
  const pValues = (table: TwoByTwo) => {
    const result = testProportions(table, { ...CHOICES, test });
    return { twoSided: result.twoSidedPValue, oneSided: oneSidedOf(result, "higher") };
  };
  const rejected =
    test === "barnard" || test === "boschloo"
      ? orderedRejections(tables, test, pValues)
      : tables.map((table) => {
          const p = pValues(table);
          return { twoSided: p.twoSided <= TWO_SIDED, oneSided: p.oneSided <= ONE_SIDED };
        });
  const level = (side: "twoSided" | "oneSided") =>
    PROPORTIONS.map((p) =>
      tables.reduce((sum, table, t) => (rejected[t]![side] ? sum + probability(table, p, p) : sum), 0),
    );
  return { twoSided: level("twoSided"), oneSided: level("oneSided") };
}

/**
 * Rejections of a test whose p-value falls as a quick statistic becomes more extreme: the last rejected table is found by
 * halving, so that few of the slow p-values are needed.
 */
function orderedRejections(
  tables: readonly TwoByTwo[],
  test: "barnard" | "boschloo",
  pValues: (table: TwoByTwo) => { twoSided: number; oneSided: number },
) {
  const quick = test === "barnard" ? "pooled-z" : "fisher-minimum-likelihood";
  const statistics = tables.map((table) => {
    const result = testProportions(table, { ...CHOICES, test: quick });
    return test === "barnard"
      ? { twoSided: -Math.abs(result.statistic ?? 0), oneSided: -(result.statistic ?? 0) }
      : { twoSided: result.twoSidedPValue, oneSided: result.upperPValue };
  });
  const region = (side: "twoSided" | "oneSided", alpha: number): boolean[] => {
    const order = tables.map((_, t) => t).sort((s, t) => statistics[s]![side] - statistics[t]![side]);
    let rejected = 0;
    let kept = order.length;
    while (rejected < kept) {
      const middle = (rejected + kept) >> 1;
      if (pValues(tables[order[middle]!]!)[side] <= alpha) rejected = middle + 1;
      else kept = middle;
    }
    const inside = new Set(order.slice(0, rejected));
    return tables.map((_, t) => inside.has(t));
  };
  const twoSided = region("twoSided", TWO_SIDED);
  const oneSided = region("oneSided", ONE_SIDED);
  return tables.map((_, t) => ({ twoSided: twoSided[t]!, oneSided: oneSided[t]! }));
}

/** Coverage of an interval by enumeration of all outcomes. */
export function enumeratedCoverage(
  measure: ProportionChoices["measure"],
  interval: ProportionChoices["interval"],
  setting: CalibrationSetting,
): EnumeratedCoverage {
  const tables = likelyTables(setting);
  const intervals = tables.map((table) => {
    try {
      proportionEffect(table, measure);
      return proportionInterval(table, { ...CHOICES, test: "miettinen-nurminen", measure, interval });
    } catch (error) {
      if (error instanceof DomainError) return null;
      throw error;
    }
  });
  const cover = (rise: number) =>
    PROPORTIONS.map((control) => {
      const experimental = control + rise;
      const odds = (p: number) => p / (1 - p);
      const truth = {
        "risk-difference": rise,
        "risk-ratio": experimental / control,
        "odds-ratio": odds(experimental) / odds(control),
      }[measure];
      let covered = 0;
      let defined = 0;
      tables.forEach((table, t) => {
        const limits = intervals[t];
        if (limits === null || limits === undefined) return;
        const chance = probability(table, experimental, control);
        defined += chance;
        if (limits.lower <= truth && truth <= limits.upper) covered += chance;
      });
      return { coverage: covered / defined, refused: Math.max(0, 1 - defined) };
    });
  const without = cover(0);
  const withEffect = cover(RISE);
  return {
    coverage: without.map(({ coverage }) => coverage),
    coverageWithEffect: withEffect.map(({ coverage }) => coverage),
    refused: without.map(({ refused }) => refused),
    refusedWithEffect: withEffect.map(({ refused }) => refused),
  };
}

function likelyTables({ control, experimental }: CalibrationSetting): TwoByTwo[] {
  const tables: TwoByTwo[] = [];
  for (let a = 0; a <= experimental; a++)
    for (let c = 0; c <= control; c++) {
      const table = {
        experimentalEvents: a,
        experimentalTotal: experimental,
        controlEvents: c,
        controlTotal: control,
      };
      const likely = PROPORTIONS.some(
        (p) => probability(table, p, p) > NEGLIGIBLE || probability(table, p + RISE, p) > NEGLIGIBLE,
      );
      if (likely) tables.push(table);
    }
  return tables;
}

function probability(table: TwoByTwo, experimental: number, control: number): number {
  return (
    binomialDensity(table.experimentalEvents, table.experimentalTotal, experimental) *
    binomialDensity(table.controlEvents, table.controlTotal, control)
  );
}
