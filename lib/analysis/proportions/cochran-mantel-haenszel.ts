import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { chiSquareUpperTail } from "../../numerics/chi-square.ts";
import { findRoot } from "../../numerics/root-finding.ts";
import { type ConditionalTable, conditionalTable, convolvedTable } from "./conditional-table.ts";
import { assertTwoByTwo, type TwoByTwo } from "./two-by-two.ts";

/** Cochran–Mantel–Haenszel test of strata of 2 × 2 tables. */
export interface MantelHaenszelTest {
  /** Chi-square on one degree of freedom. */
  readonly statistic: number;
  readonly pValue: number;
  /** Signed root: positive when the experimental arm has more responders than expected. */
  readonly z: number;
  /** Strata that carry information: both arms present, some but not all respond. */
  readonly informativeStrata: number;
}

/**
 * Cochran–Mantel–Haenszel test that response does not depend on the arm within strata (METHODS.md eq. (P11)).
 *
 * @param strata - One 2 × 2 table a stratum; those with one patient are refused by the caller or carry no information.
 * @param continuity - Shrink |Σ(a − E)| by ½ when it is at least ½ (R's default).
 * @throws DomainError NOT_ESTIMABLE when no stratum carries information.
 *
 * Source: Cochran (1954), Biometrics 10:417–451; Mantel & Haenszel (1959), JNCI 22:719–748.
 */
export function cochranMantelHaenszelTest(strata: readonly TwoByTwo[], continuity: boolean): MantelHaenszelTest {
  assertStrata(strata);
  let difference = 0;
  let variance = 0;
  let informativeStrata = 0;
  for (const { experimentalEvents: a, experimentalTotal: m, controlEvents: c, controlTotal: n } of strata) {
    const total = m + n;
    if (total < 2) continue;
    const events = a + c;
    difference += a - (events * m) / total;
    const term = (events * (total - events) * m * n) / (total * total * (total - 1));
    variance += term;
    if (term > 0) informativeStrata++;
  }
  if (!(variance > 0)) throw noInformation(strata.length);
  const shrink = continuity && Math.abs(difference) >= 0.5 ? 0.5 : 0;
  const z = (Math.sign(difference) * (Math.abs(difference) - shrink)) / Math.sqrt(variance);
  return { statistic: z * z, pValue: chiSquareUpperTail(z * z, 1), z, informativeStrata };
}

/** A common effect over strata. */
export interface CommonEffect {
  /** Logarithm for ratios. */
  readonly estimate: number;
  readonly standardError: number;
}

/**
 * Mantel–Haenszel common odds ratio on the log scale with the variance of Robins, Breslow & Greenland
 * (METHODS.md eq. (P12)).
 *
 * @throws DomainError NOT_ESTIMABLE when the ratio is 0 or infinite.
 *
 * Source: Robins, Breslow & Greenland (1986), Biometrics 42:311–323.
 */
export function mantelHaenszelOddsRatio(strata: readonly TwoByTwo[]): CommonEffect {
  assertStrata(strata);
  let diagonal = 0;
  let off = 0;
  let pr = 0;
  let psQr = 0;
  let qs = 0;
  for (const { experimentalEvents: a, experimentalTotal: m, controlEvents: c, controlTotal: n } of strata) {
    const total = m + n;
    const [b, d] = [m - a, n - c];
    const r = (a * d) / total;
    const s = (b * c) / total;
    const p = (a + d) / total;
    const q = (b + c) / total;
    diagonal += r;
    off += s;
    pr += p * r;
    psQr += p * s + q * r;
    qs += q * s;
  }
  assertFiniteRatio(diagonal, off, "odds ratio");
  return {
    estimate: Math.log(diagonal / off),
    standardError: Math.sqrt(pr / (2 * diagonal ** 2) + psQr / (2 * diagonal * off) + qs / (2 * off ** 2)),
  };
}

/**
 * Mantel–Haenszel common risk ratio on the log scale with the variance of Greenland & Robins (METHODS.md eq. (P13)).
 *
 * Source: Greenland & Robins (1985), Biometrics 41:55–68.
 */
export function mantelHaenszelRiskRatio(strata: readonly TwoByTwo[]): CommonEffect {
  assertStrata(strata);
  let above = 0;
  let below = 0;
  let spread = 0;
  for (const { experimentalEvents: a, experimentalTotal: m, controlEvents: c, controlTotal: n } of strata) {
    const total = m + n;
    above += (a * n) / total;
    below += (c * m) / total;
    spread += (m * n * (a + c) - a * c * total) / (total * total);
  }
  assertFiniteRatio(above, below, "risk ratio");
  return { estimate: Math.log(above / below), standardError: Math.sqrt(spread / (above * below)) };
}

/** Variance of the Mantel–Haenszel risk difference: consistent for few large strata, or for both few and many (Sato). */
export type RiskDifferenceVariance = "greenland-robins" | "sato";

/**
 * Mantel–Haenszel common risk difference (METHODS.md eq. (P14)).
 *
 * @param variance - `greenland-robins` or `sato` (SAS FREQ `COMMONRISKDIFF(CL=MH)`).
 *
 * Source: Greenland & Robins (1985), Biometrics 41:55–68; Sato (1989), Biometrics 45:1323–1324.
 */
export function mantelHaenszelRiskDifference(
  strata: readonly TwoByTwo[],
  variance: RiskDifferenceVariance,
): CommonEffect {
  assertStrata(strata);
  let weighted = 0;
  let weights = 0;
  let greenlandRobins = 0;
  let satoP = 0;
  let satoQ = 0;
  for (const { experimentalEvents: a, experimentalTotal: m, controlEvents: c, controlTotal: n } of strata) {
    if (m === 0 || n === 0) continue;
    const total = m + n;
    const [b, d] = [m - a, n - c];
    weighted += (a * n - c * m) / total;
    weights += (m * n) / total;
    greenlandRobins += (a * b * n ** 3 + c * d * m ** 3) / (m * n * total * total);
    satoP += (m * m * c - n * n * a + m * n * (n - m) * 0.5) / (total * total);
    satoQ += (a * d + c * b) / (2 * total);
  }
  if (!(weights > 0)) throw noInformation(strata.length);
  const estimate = weighted / weights;
  const squared =
    variance === "greenland-robins" ? greenlandRobins / weights ** 2 : (estimate * satoP + satoQ) / weights ** 2;
  if (!(squared > 0))
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "strata",
      received: squared,
      requirement:
        "must leave some variance to the risk difference: every stratum has all or no responders in each arm",
    });
  return { estimate, standardError: Math.sqrt(squared) };
}

/**
 * Breslow–Day test that the odds ratio is the same in all strata, and Tarone's correction (METHODS.md eq. (P15)).
 *
 * @returns Chi-squares on (informative strata − 1) degrees of freedom.
 *
 * Source: Breslow & Day (1980), Statistical Methods in Cancer Research 1, eq. 4.32; Tarone (1985), Biometrika 72:91–95.
 */
export function breslowDayTest(strata: readonly TwoByTwo[]): {
  readonly statistic: number;
  readonly pValue: number;
  readonly taroneStatistic: number;
  readonly taronePValue: number;
  readonly degreesOfFreedom: number;
} {
  const oddsRatio = Math.exp(mantelHaenszelOddsRatio(strata).estimate);
  let statistic = 0;
  let excess = 0;
  let information = 0;
  let used = 0;
  for (const { experimentalEvents: a, experimentalTotal: m, controlEvents: c, controlTotal: n } of strata) {
    const events = a + c;
    if (m === 0 || n === 0 || events === 0 || events === m + n) continue;
    const expected = expectedCount(oddsRatio, m, n, events);
    const variance = 1 / (1 / expected + 1 / (events - expected) + 1 / (m - expected) + 1 / (n - events + expected));
    statistic += (a - expected) ** 2 / variance;
    excess += a - expected;
    information += variance;
    used++;
  }
  const degreesOfFreedom = used - 1;
  if (degreesOfFreedom < 1)
    throw new DomainError("INSUFFICIENT_DATA", {
      argument: "strata",
      received: used,
      requirement: "must hold at least 2 strata with responders and non-responders in order to compare odds ratios",
    });
  const taroneStatistic = Math.max(0, statistic - excess ** 2 / information);
  return {
    statistic,
    pValue: chiSquareUpperTail(statistic, degreesOfFreedom),
    taroneStatistic,
    taronePValue: chiSquareUpperTail(taroneStatistic, degreesOfFreedom),
    degreesOfFreedom,
  };
}

/** Distribution of the experimental responders of all strata given every margin: the exact counterpart of the test. */
export function conditionalStrata(strata: readonly TwoByTwo[]): ConditionalTable {
  assertStrata(strata);
  return strata
    .map((table) =>
      conditionalTable(table.experimentalTotal, table.controlTotal, table.experimentalEvents + table.controlEvents),
    )
    .reduce(convolvedTable);
}

/** Count of experimental responders with the given odds ratio and margins. */
function expectedCount(oddsRatio: number, m: number, n: number, events: number): number {
  const low = Math.max(0, events - n);
  const high = Math.min(m, events);
  return findRoot((x) => x * (n - events + x) - oddsRatio * (events - x) * (m - x), low, high).value;
}

function assertStrata(strata: readonly TwoByTwo[]): void {
  if (strata.length === 0) throw invalidInput("strata", 0, "must hold at least one stratum");
  for (const table of strata) {
    // A stratum may lack an arm; its table must still be one of counts.
    if (table.experimentalTotal > 0 && table.controlTotal > 0) assertTwoByTwo(table);
  }
}

function assertFiniteRatio(above: number, below: number, what: string): void {
  if (above > 0 && below > 0) return;
  throw new DomainError("NOT_ESTIMABLE", {
    argument: "strata",
    received: [above, below],
    requirement: `must have responders and non-responders such that the common ${what} is neither 0 nor infinite`,
    hint: "Use the risk difference, or the exact conditional test.",
  });
}

function noInformation(strata: number): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "strata",
    received: strata,
    requirement: "must include one with patients in both arms, of whom some but not all respond",
    hint: "Use fewer or coarser strata.",
  });
}
