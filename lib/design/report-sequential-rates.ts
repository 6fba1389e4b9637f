import { withChosenFirst } from "../power/means/means-conventions.ts";
import type { PowerReport } from "../power/power-report.ts";
import { inWords, type Settings } from "../power/power-sweep.ts";
import { rTwoRates } from "../power/rates/rates-program.ts";
import {
  assertNullOfMeasure,
  attainableNullRate,
  nullExperimentalRate,
  RATES_CONVENTIONS,
  rateMeasure,
} from "../power/rates/rates-test.ts";
import { RATE_FIELDS, twoRatesSpecSchema } from "../power/rates/two-rates.ts";
import { assertEffect, directionOf, rDirection, reportSequential } from "./report-sequential-size.ts";
import { experimentalRateAtBound, sequentialPowerOfRates, sequentialSizeOfRates } from "./sequential-size-rates.ts";
import type { SequentialRatesSpec } from "./sequential-size-spec.ts";

/**
 * Sizes and operating characteristics of a group sequential comparison of proportions
 * (lib/power/METHODS.md eq. (P31)–(P33)).
 *
 * @throws DomainError naming the field at fault.
 * Reference values: tests/reference/power_groupseq.json.
 */
export function reportSequentialRates(spec: SequentialRatesSpec): PowerReport {
  const { measure, convention } = spec;
  const nullRate = (s: Settings) => nullExperimentalRate(s.controlRate!, measure, s.nullValue!);
  const towards = (s: Settings) => directionOf(spec.direction, s.experimentalRate! - nullRate(s));
  const ratesOf = (s: Settings) => {
    assertNullOfMeasure(measure, s.nullValue!);
    return ratesOfRow(s);
  };
  const ratesOfRow = (s: Settings) => ({
    experimentalRate: s.experimentalRate!,
    controlRate: s.controlRate!,
    measure,
    nullValue: s.nullValue!,
    ratio: s.ratio!,
    convention,
  });
  const fixed = twoRatesSpecSchema.parse({ method: "two-rates", controlRate: 0.5, measure, convention });
  return reportSequential(spec, {
    name: `two proportions, ${measure.replace("-", " ")}`,
    effectLabel: { "risk-difference": "Risk difference", "risk-ratio": "Risk ratio", "odds-ratio": "Odds ratio" }[
      measure
    ],
    conventions: withChosenFirst(RATES_CONVENTIONS, convention, ["pooled", "unpooled"]),
    effect: { field: RATE_FIELDS.experimentalRate, values: spec.experimentalRate },
    given: [
      { field: RATE_FIELDS.controlRate, values: spec.controlRate },
      { field: RATE_FIELDS.nullValue, values: spec.nullValue ?? (measure === "risk-difference" ? 0 : 1) },
    ],
    nullEffect: nullRate,
    effectRange: (s) => ({
      nullEffect: attainableNullRate(s.controlRate!, measure, s.nullValue!),
      limit: spec.direction === "less" ? 0 : 1,
      step: 0.02,
    }),
    size: (design, s) => {
      assertEffect("experimentalRate", s.experimentalRate!, nullRate(s), spec.direction);
      return sequentialSizeOfRates(design, ratesOf(s));
    },
    operation: (design, s, total) => sequentialPowerOfRates(design, ratesOf(s), total, towards(s) > 0),
    effectAtBound: (s, z, total) => {
      const experimental = experimentalRateAtBound(ratesOf(s), towards(s) * z, total);
      return experimental === null
        ? null
        : rateMeasure({ experimental, control: s.controlRate!, measure, nullValue: s.nullValue! });
    },
    effectInWords: (s) => `proportions of ${inWords(s.experimentalRate!)} and ${inWords(s.controlRate!)}`,
    r: `${rTwoRates(fixed)}
towards <- function(s) ${rDirection(spec.direction, "s$experimentalRate - null_rate(s$controlRate, s$nullValue)")}
effect_of <- function(s) s$experimentalRate
effect_range <- function(s, total)
  list(null = null_rate(s$controlRate, s$nullValue), limit = ${spec.direction === "less" ? "0" : "1"}, step = 0.02)
drift_of <- function(s, total) {
  arms <- total * c(s$ratio, 1) / (1 + s$ratio)
  signed <- towards(s) * contrast(s$experimentalRate, s$controlRate, s$nullValue)
  if (signed > 0)
    return(qnorm(alpha, lower.tail = FALSE) + qnorm(power_at(s, arms[1], arms[2], s$experimentalRate, alpha)))
  q <- ${convention === "pooled" ? "restricted(s$experimentalRate, s$controlRate, arms[1], arms[2], s$nullValue)" : "c(s$experimentalRate, s$controlRate)"}
  signed / sd_at(q[1], q[2], arms[1], arms[2], s$nullValue)
}`,
    fewest: 1e-6,
  });
}
