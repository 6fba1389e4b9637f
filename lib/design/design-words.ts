import type { EfficacyBoundary } from "./efficacy-bound.ts";
import type { FutilityRule } from "./futility-bound.ts";
import type { BoundScale } from "./futility-scale.ts";

/** Name of a boundary or spending function with its parameter. */
export function boundaryWords(boundary: EfficacyBoundary): string {
  switch (boundary.family) {
    case "obrien-fleming":
      return "O'Brien–Fleming bounds";
    case "pocock":
      return "Pocock bounds";
    case "wang-tsiatis":
      return `Wang–Tsiatis bounds (Δ = ${boundary.shape})`;
    case "haybittle-peto":
      return `Haybittle–Peto bounds (interim Z = ${boundary.interimBound})`;
    case "final-only":
      return "no early stop for efficacy";
    case "lan-demets-obrien-fleming":
      return "Lan–DeMets O'Brien–Fleming spending";
    case "lan-demets-pocock":
      return "Lan–DeMets Pocock spending";
    case "hwang-shih-decani":
      return `Hwang–Shih–DeCani spending (γ = ${boundary.gamma})`;
    case "kim-demets":
      return `Kim–DeMets spending (ρ = ${boundary.rho})`;
    case "exponential":
      return `exponential spending (ν = ${boundary.nu})`;
    case "user-defined":
      return "user-defined spending";
  }
}

const SCALE_WORDS: Readonly<Record<BoundScale, string>> = {
  z: "Z",
  "p-value": "p-value",
  "effect-share": "effect",
  "conditional-power-design-effect": "conditional power under the design effect",
  "conditional-power-trend": "conditional power under the trend",
  "predictive-power": "predictive power",
};

/** Name of a scale of futility bounds. */
export const scaleWords = (scale: BoundScale): string => SCALE_WORDS[scale];

/** A futility rule in words. */
export function futilityWords(futility: FutilityRule): string {
  if (futility.kind === "none") return "no stop for futility";
  const binding = futility.binding ? "binding" : "non-binding";
  switch (futility.kind) {
    case "z-scale":
      return `${binding} futility bounds given as Z`;
    case "scale":
      return `${binding} futility bounds given as ${SCALE_WORDS[futility.scale]}`;
    case "pampallona-tsiatis":
      return `${binding} Pampallona–Tsiatis futility bounds (Δ₀ = ${futility.shape})`;
    case "beta-spending":
      return `${binding} futility by beta spending: ${boundaryWords(futility.spending)}`;
    case "null-spending":
      return `${binding} futility by spending ${futility.total} under no effect: ${boundaryWords(futility.spending)}`;
  }
}
