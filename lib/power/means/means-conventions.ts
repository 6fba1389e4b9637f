import { noncentralTCdf, noncentralTUpperTail } from "../../numerics/noncentral-t.ts";
import { normalCdf, normalUpperQuantile, normalUpperTail } from "../../numerics/normal.ts";
import { studentTUpperQuantile } from "../../numerics/student-t.ts";
import type { PowerConvention } from "../power-report.ts";

/** Ways to compute the power of a t test. */
export type MeansConvention = "noncentral-t" | "noncentral-t-both-tails" | "normal" | "guenther-schouten";

/** What each convention computes and who uses it. */
export const MEANS_CONVENTIONS: Readonly<Record<MeansConvention, PowerConvention>> = {
  "noncentral-t": {
    id: "noncentral-t",
    name: "exact noncentral t, rejections in the direction of the effect",
    software: ["rpact", "nQuery (one-sided)", "R power.t.test"],
    note: "Exact for normal data with an estimated variance; a two-sided test counts only rejections in the direction of the effect, so that its size equals that of the one-sided test at half the alpha.",
  },
  "noncentral-t-both-tails": {
    id: "noncentral-t-both-tails",
    name: "exact noncentral t, rejections in both directions",
    software: ["SAS PROC POWER", "R power.t.test(strict = TRUE)"],
    note: "As the noncentral t, but a two-sided test also counts rejections in the wrong direction as power; the sizes differ only where the power is low.",
  },
  normal: {
    id: "normal",
    name: "normal approximation (variance taken as known)",
    software: ["gsDesign nNormal", "East (Z statistic)", "rpact (normalApproximation = TRUE)"],
    note: "Takes the variance as known: about z²/2 subjects fewer (z the critical value) than the exact t test needs, and less power than promised in small trials.",
  },
  "guenther-schouten": {
    id: "guenther-schouten",
    name: "normal approximation with the Guenther–Schouten correction",
    software: ["postcard samplesize_gs"],
    note: "The normal approximation plus z²/2 subjects for the estimated variance; within a fraction of a subject of the exact size.",
  },
};

/** The conventions of a method, the chosen one first. */
export function withChosenFirst<T extends string>(
  conventions: Readonly<Record<T, PowerConvention>>,
  chosen: T,
  offered: readonly T[],
): [PowerConvention, ...PowerConvention[]] {
  return [conventions[chosen], ...offered.filter((id) => id !== chosen).map((id) => conventions[id])];
}

/**
 * Power of a t test from its standardised distance, under a convention (METHODS.md eq. (P3), (P5), (P8)).
 *
 * @param standardised - |distance| / SE at the sizes, the noncentrality.
 * @param degreesOfFreedom - Residual; no power at or below 0.
 * @param subjects - All subjects, for the Guenther–Schouten correction.
 * @param alpha - Error of the whole test.
 */
export function powerUnderConvention(
  convention: MeansConvention,
  standardised: number,
  degreesOfFreedom: number,
  subjects: number,
  alpha: number,
  sides: 1 | 2,
): number {
  const tail = alpha / sides;
  switch (convention) {
    case "noncentral-t":
    case "noncentral-t-both-tails": {
      if (!(degreesOfFreedom > 0)) return 0;
      const critical = studentTUpperQuantile(tail, degreesOfFreedom);
      if (critical === Infinity) return 0;
      const power = noncentralTUpperTail(critical, degreesOfFreedom, standardised);
      return convention === "noncentral-t-both-tails" && sides === 2
        ? power + noncentralTCdf(-critical, degreesOfFreedom, standardised)
        : power;
    }
    case "normal":
      return normalUpperTail(normalUpperQuantile(tail) - standardised);
    case "guenther-schouten": {
      const z = normalUpperQuantile(tail);
      const share = 1 - (z * z) / 2 / subjects;
      return share > 0 ? normalCdf(standardised * Math.sqrt(share) - z) : 0;
    }
  }
}

/** Probability that a convention counts as power although there is no effect. */
export function errorUnderConvention(convention: MeansConvention, alpha: number, sides: 1 | 2): number {
  return convention === "noncentral-t-both-tails" ? alpha : alpha / sides;
}

/** R source of `power_t(ncp, df, n, alpha)` under a convention. */
export function rPowerUnderConvention(convention: MeansConvention, sides: 1 | 2): string {
  const tail = sides === 1 ? "alpha" : "alpha / 2";
  switch (convention) {
    case "noncentral-t":
      return `power_t <- function(ncp, df, n, alpha) {
  if (df <= 0) return(0)
  pt(qt(${tail}, df, lower.tail = FALSE), df, ncp, lower.tail = FALSE)
}`;
    case "noncentral-t-both-tails":
      return `power_t <- function(ncp, df, n, alpha) {
  if (df <= 0) return(0)
  critical <- qt(${tail}, df, lower.tail = FALSE)
  pt(critical, df, ncp, lower.tail = FALSE)${sides === 2 ? " + pt(-critical, df, ncp)" : ""}
}`;
    case "normal":
      return `power_t <- function(ncp, df, n, alpha) pnorm(ncp - qnorm(${tail}, lower.tail = FALSE))`;
    case "guenther-schouten":
      return `power_t <- function(ncp, df, n, alpha) {
  z <- qnorm(${tail}, lower.tail = FALSE)
  pnorm(ncp * sqrt(max(0, 1 - z^2 / 2 / n)) - z)
}`;
  }
}
