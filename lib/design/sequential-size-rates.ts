import { normalUpperQuantile } from "../numerics/normal.ts";
import { findRoot } from "../numerics/root-finding.ts";
import { contrastOfRates, nullExperimentalRate, powerOfRates, type RateMeasure } from "../power/rates/rates-test.ts";
import { solveSize } from "../power/solve-power.ts";
import type { GroupSequentialDesign } from "./group-sequential-design.ts";
import { operationAtDrift, type SequentialOperation, type SequentialSize, sequentialSize } from "./sequential-size.ts";

/** Two arms compared by their proportions. */
export interface SequentialRates {
  readonly experimentalRate: number;
  readonly controlRate: number;
  readonly measure: RateMeasure;
  readonly nullValue: number;
  /** Experimental : control. */
  readonly ratio: number;
  readonly convention: "pooled" | "unpooled";
}

const ratesOf = (rates: SequentialRates) => ({
  experimental: rates.experimentalRate,
  control: rates.controlRate,
  measure: rates.measure,
  nullValue: rates.nullValue,
});

function fixedPower(rates: SequentialRates, total: number, oneSidedAlpha: number): number {
  const { ratio } = rates;
  const [n1, n0] = [(total * ratio) / (1 + ratio), total / (1 + ratio)];
  return powerOfRates(rates.convention, ratesOf(rates), n1, n0, oneSidedAlpha);
}

/**
 * Sizes of a group sequential trial that compares two proportions (lib/power/METHODS.md eq. (P31)).
 *
 * @throws DomainError NOT_ESTIMABLE when more than ten million subjects would be needed.
 * Reference values: tests/reference/power_groupseq.json.
 */
export function sequentialSizeOfRates(design: GroupSequentialDesign, rates: SequentialRates): SequentialSize {
  const { oneSidedAlpha, power } = design.spec;
  const total = solveSize((n) => fixedPower(rates, n, oneSidedAlpha), power, 1e-6, "experimentalRate");
  return sequentialSize(design, total);
}

/**
 * Operating characteristics of a group sequential comparison of proportions at a given size (lib/power/METHODS.md eq. (P32)).
 *
 * @param total - Subjects at the final analysis.
 * @param upwards - Whether a larger experimental proportion is the benefit.
 */
export function sequentialPowerOfRates(
  design: GroupSequentialDesign,
  rates: SequentialRates,
  total: number,
  upwards: boolean,
): SequentialOperation {
  const { oneSidedAlpha } = design.spec;
  const { contrast, trueSd, nullSd } = contrastOfRates(
    ratesOf(rates),
    (total * rates.ratio) / (1 + rates.ratio),
    total / (1 + rates.ratio),
  );
  const towards = upwards ? contrast : -contrast;
  const critical = normalUpperQuantile(oneSidedAlpha);
  const drift =
    rates.convention === "unpooled"
      ? towards / trueSd
      : towards > 0
        ? critical + (towards - critical * nullSd) / trueSd
        : towards / nullSd;
  return operationAtDrift(design, drift, total);
}

/**
 * Difference, ratio or odds ratio that lies exactly on a bound when the control arm shows its planned proportion
 * (lib/power/METHODS.md eq. (P33)); null when no proportion in (0, 1) does.
 *
 * @param z - The bound, positive where a larger experimental proportion is the benefit.
 * @param total - Subjects at this analysis.
 */
export function experimentalRateAtBound(rates: SequentialRates, z: number, total: number): number | null {
  const [n1, n0] = [(total * rates.ratio) / (1 + rates.ratio), total / (1 + rates.ratio)];
  const statistic = (experimental: number) => {
    const { contrast, nullSd, trueSd } = contrastOfRates({ ...ratesOf(rates), experimental }, n1, n0);
    return contrast / (rates.convention === "pooled" ? nullSd : trueSd);
  };
  const nullRate = nullExperimentalRate(rates.controlRate, rates.measure, rates.nullValue);
  if (z === 0) return nullRate;
  const end = z > 0 ? 1 - 1e-12 : 1e-12;
  if (!(nullRate > 0 && nullRate < 1) || (statistic(end) - z) * Math.sign(z) < 0) return null;
  return findRoot((rate) => statistic(rate) - z, nullRate, end, { relativeTolerance: 1e-13 }).value;
}
