import { boundaryWords, scaleWords } from "../../../../lib/design/design-words.ts";
import type { ErrorSpending, SpendingFunction } from "../../../../lib/design/spending-function.ts";
import {
  formatCount,
  formatFixed,
  formatPercent,
  formatSignificant,
  MISSING,
} from "../../../../lib/reporting/format-number.ts";
import type { TrialDesign } from "../../../../lib/simulation/simulation-document.ts";

export const spendingWords: Readonly<Record<SpendingFunction["family"], string>> = {
  "lan-demets-obrien-fleming": "Lan–DeMets O'Brien–Fleming",
  "lan-demets-pocock": "Lan–DeMets Pocock",
  "hwang-shih-decani": "Hwang–Shih–DeCani",
  "kim-demets": "Kim–DeMets (power)",
  exponential: "exponential",
};

export function spendingText(spending: ErrorSpending): string {
  if (spending.family === "user-defined") return "spending by hand";
  const family = spendingWords[spending.family];
  switch (spending.family) {
    case "lan-demets-obrien-fleming":
    case "lan-demets-pocock":
      return family;
    case "hwang-shih-decani":
      return `${family}, γ = ${formatSignificant(spending.gamma, 3)}`;
    case "kim-demets":
      return `${family}, ρ = ${formatSignificant(spending.rho, 3)}`;
    case "exponential":
      return `${family}, ν = ${formatSignificant(spending.nu, 3)}`;
  }
}

export function looksText(design: TrialDesign): string {
  if (design.lookFractions.length === 1) return "1 (final)";
  return `${design.lookFractions.length} at ${design.lookFractions.map((fraction) => formatFixed(fraction, 2)).join(", ")}`;
}

export function efficacyText(design: TrialDesign): string {
  const tested = (design.efficacyLooks ?? []).flatMap((tests, k) => (tests ? [k + 1] : []));
  const rule = efficacyRule(design);
  return tested.length === 0 || tested.length === design.lookFractions.length
    ? rule
    : `${rule}, at look ${tested.join(", ")}`;
}

function efficacyRule(design: TrialDesign): string {
  switch (design.efficacy.kind) {
    case "fixed":
      return "final analysis only";
    case "spending":
      return spendingText(design.efficacy.spending);
    case "boundary":
      return boundaryWords(design.efficacy.boundary);
  }
}

export function futilityText(design: TrialDesign): string {
  const { futility } = design;
  if (futility.kind === "none") return "none";
  const binding = futility.binding ? "binding" : "non-binding";
  if (futility.kind === "z-scale")
    return `z ${futility.bounds.map((bound) => (bound === null ? MISSING : formatFixed(bound, 2))).join(", ")}, ${binding}`;
  if (futility.kind === "scale")
    return `${scaleWords(futility.scale)} ${futility.bounds.map((bound) => (bound === null ? MISSING : formatFixed(bound, 3))).join(", ")}, ${binding}`;
  if (futility.kind === "pampallona-tsiatis")
    return `Pampallona–Tsiatis, Δ₀ = ${formatSignificant(futility.shape, 3)}, built for power ${formatPercent(futility.power, 0)}, ${binding}`;
  return `beta spending, ${spendingText(futility.spending)}, built for power ${formatPercent(futility.power, 0)}, ${binding}`;
}

/** "0.025 (two-sided 0.05)": never one without the other. */
export function alphaText(design: TrialDesign, twoSidedEquivalent: number): string {
  return `${formatSignificant(design.oneSidedAlpha, 3)} (two-sided ${formatSignificant(twoSidedEquivalent, 3)})`;
}

export function armsText(design: TrialDesign): string {
  return `${formatCount(design.experimental)} : ${formatCount(design.control)}`;
}
