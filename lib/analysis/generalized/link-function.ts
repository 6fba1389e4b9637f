import { normalCdf, normalDensity, normalQuantile } from "../../numerics/normal.ts";
import type { GlmFamily } from "./glm-family.ts";

export type Link = GlmFamily["link"];

/** g(μ): the linear predictor of a mean (METHODS.md eq. (G1)). */
export function linkOf(link: Link, mean: number): number {
  switch (link) {
    case "logit":
      return Math.log(mean / (1 - mean));
    case "probit":
      return normalQuantile(mean);
    case "complementary-log-log":
      return Math.log(-Math.log1p(-mean));
    case "log":
      return Math.log(mean);
  }
}

/** g⁻¹(η): the mean of a linear predictor. */
export function meanOf(link: Link, eta: number): number {
  switch (link) {
    case "logit":
      return eta >= 0 ? 1 / (1 + Math.exp(-eta)) : Math.exp(eta) / (1 + Math.exp(eta));
    case "probit":
      return normalCdf(eta);
    case "complementary-log-log":
      return -Math.expm1(-Math.exp(eta));
    case "log":
      return Math.exp(eta);
  }
}

/** dμ/dη. */
export function meanDerivative(link: Link, eta: number): number {
  switch (link) {
    case "logit": {
      const e = Math.exp(-Math.abs(eta));
      return e / (1 + e) ** 2;
    }
    case "probit":
      return normalDensity(eta);
    case "complementary-log-log":
      return Math.exp(eta - Math.exp(eta));
    case "log":
      return Math.exp(eta);
  }
}
