import { computeTwoCounts } from "./counts/two-counts.ts";
import { computeMmrmPlan } from "./longitudinal/mmrm-plan.ts";
import { computeSlopePlan } from "./longitudinal/slope-plan.ts";
import { computeAncova } from "./means/ancova-plan.ts";
import { computeEquivalenceMeans } from "./means/equivalence.ts";
import { computeOneMean } from "./means/one-mean.ts";
import { computeTwoMeans } from "./means/two-means.ts";
import { computeWelch } from "./means/welch.ts";
import { computeWilcoxon } from "./means/wilcoxon.ts";
import type { PowerReport } from "./power-report.ts";
import type { PowerSpec } from "./power-spec.ts";
import { computeEquivalenceRates } from "./rates/equivalence-rates.ts";
import { computeExactRates } from "./rates/exact-rates.ts";
import { computeOneRate } from "./rates/one-rate.ts";
import { computeTwoRates } from "./rates/two-rates.ts";

/**
 * Answers a specification of power or size.
 *
 * @param spec - Parsed by `powerSpecSchema`.
 * @returns One row for each combination of the values given, the convention in words, and programs that repeat it.
 * @throws DomainError whose `argument` is the field of the spec at fault.
 */
export function computePower(spec: PowerSpec): PowerReport {
  switch (spec.method) {
    case "one-mean":
      return computeOneMean(spec);
    case "two-means":
      return computeTwoMeans(spec);
    case "welch":
      return computeWelch(spec);
    case "equivalence-means":
      return computeEquivalenceMeans(spec);
    case "ancova":
      return computeAncova(spec);
    case "wilcoxon":
      return computeWilcoxon(spec);
    case "one-rate":
      return computeOneRate(spec);
    case "two-rates":
      return computeTwoRates(spec);
    case "exact-rates":
      return computeExactRates(spec);
    case "equivalence-rates":
      return computeEquivalenceRates(spec);
    case "two-counts":
      return computeTwoCounts(spec);
    case "repeated-measures":
      return computeMmrmPlan(spec);
    case "slopes":
      return computeSlopePlan(spec);
  }
}
