import { MEANS_CONVENTIONS, rPowerUnderConvention, withChosenFirst } from "../power/means/means-conventions.ts";
import { MEANS_FIELDS } from "../power/means/two-means.ts";
import type { PowerReport } from "../power/power-report.ts";
import { inWords, type Settings } from "../power/power-sweep.ts";
import { assertEffect, directionOf, rDirection, reportSequential } from "./report-sequential-size.ts";
import { meanDifferenceAtBound, sequentialPowerOfMeans, sequentialSizeOfMeans } from "./sequential-size-means.ts";
import type { SequentialMeansSpec } from "./sequential-size-spec.ts";

/**
 * Sizes and operating characteristics of a group sequential comparison of means (lib/power/METHODS.md eq. (P31)–(P33)).
 *
 * @throws DomainError naming the field at fault.
 * Reference values: tests/reference/power_groupseq.json.
 */
export function reportSequentialMeans(spec: SequentialMeansSpec): PowerReport {
  const towards = (s: Settings) => directionOf(spec.direction, s.effect! - s.nullValue!);
  const meansOf = (s: Settings) => ({
    distance: towards(s) * (s.effect! - s.nullValue!),
    standardDeviation: s.standardDeviation!,
    ratio: s.ratio!,
    convention: spec.convention,
  });
  return reportSequential(spec, {
    name: "two means",
    effectLabel: "Difference",
    conventions: withChosenFirst(MEANS_CONVENTIONS, spec.convention, ["noncentral-t", "normal"]),
    effect: { field: MEANS_FIELDS.effect, values: spec.effect },
    given: [
      { field: MEANS_FIELDS.nullValue, values: spec.nullValue ?? 0 },
      { field: MEANS_FIELDS.standardDeviation, values: spec.standardDeviation },
    ],
    nullEffect: (s) => s.nullValue!,
    effectRange: (s, total) => ({
      nullEffect: s.nullValue!,
      limit: spec.direction === "less" ? -Infinity : Infinity,
      step: (s.standardDeviation! * (1 + s.ratio!)) / Math.sqrt(s.ratio! * total),
    }),
    size: (design, s) => {
      assertEffect("effect", s.effect!, s.nullValue!, spec.direction);
      return sequentialSizeOfMeans(design, meansOf(s));
    },
    operation: (design, s, total) => sequentialPowerOfMeans(design, meansOf(s), total),
    effectAtBound: (s, z, total) => s.nullValue! + towards(s) * meanDifferenceAtBound(meansOf(s), z, total),
    effectInWords: (s) => `a difference of ${inWords(s.effect!)}`,
    r: `${rPowerUnderConvention(spec.convention, 1)}
towards <- function(s) ${rDirection(spec.direction, "s$effect - s$nullValue")}
power_at <- function(s, n1, n0, effect, alpha) {
  se <- s$standardDeviation * sqrt(1 / n1 + 1 / n0)
  power_t(towards(s) * (effect - s$nullValue) / se, n1 + n0 - 2, n1 + n0, alpha)
}
effect_of <- function(s) s$effect
effect_range <- function(s, total)
  list(null = s$nullValue, limit = ${spec.direction === "less" ? "-Inf" : "Inf"}, step = s$standardDeviation * (1 + s$ratio) / sqrt(s$ratio * total))
drift_of <- function(s, total) {
  if (s$effect == s$nullValue) return(0)
  arms <- total * c(s$ratio, 1) / (1 + s$ratio)
  qnorm(alpha, lower.tail = FALSE) + qnorm(power_at(s, arms[1], arms[2], s$effect, alpha))
}`,
    fewest: spec.convention === "normal" ? 1e-6 : 2.5,
  });
}
