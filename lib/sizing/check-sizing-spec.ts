import { DomainError, invalidInput } from "../errors/domain-error.ts";
import type { RunInOption, SizingSpec } from "./sizing-document.ts";

/** An expected difference of more standard deviations than this is a slip of the unit, not a plan. */
const LARGEST_EFFECT_IN_SD = 1000;

/**
 * Refuse a plan that no size can answer.
 *
 * @param spec - Inputs of the sizing, already of the right shape.
 * @throws DomainError INVALID_INPUT naming the field, what it holds, what it must be, and what to do.
 */
export function assertSizingSpec(spec: SizingSpec): void {
  assertReachable(spec);
  positive("standardDeviation.value", spec.standardDeviation.value);
  positive("randomizationRatio.value", spec.randomizationRatio.value);
  assertDistance(spec);
  assertErrorRates(spec);
  for (const [argument, value] of [
    ["rSquaredAncova.value", spec.rSquaredAncova.value],
    ["rSquaredWithScore.value", spec.rSquaredWithScore.value],
  ] as const)
    if (!(value >= 0 && value < 1))
      throw invalidInput(argument, value, "must lie in [0, 1)", "A negative out-of-fold R² means no gain: enter 0.");
  const limits = spec.rSquaredWithScoreLimits;
  if (limits !== null && !(limits.lower <= limits.upper && limits.upper < 1))
    throw invalidInput(
      "rSquaredWithScoreLimits",
      [limits.lower, limits.upper],
      "must be a lower and an upper limit below 1",
    );
  for (const [index, option] of (spec.runInOptions ?? []).entries()) assertRunInOption(option, `runInOptions.${index}`);
  const lambda = spec.correlationDeflation.value;
  if (!(lambda > 0 && lambda <= 1))
    throw invalidInput("correlationDeflation.value", lambda, "must lie in (0, 1]", "1 means no discount.");
  const gamma = spec.controlSdInflation.value;
  if (!(gamma >= 1 && gamma <= 10))
    throw invalidInput("controlSdInflation.value", gamma, "must lie in [1, 10]", "1 means no discount.");
  const dropout = spec.dropout.value;
  if (!(dropout >= 0 && dropout < 1))
    throw invalidInput("dropout.value", dropout, "must lie in [0, 1)", "Enter 15 % as 0.15.");
  const covariates = spec.covariatesInAncova.value;
  if (!(Number.isInteger(covariates) && covariates >= 0 && covariates <= 1000))
    throw invalidInput("covariatesInAncova.value", covariates, "must be a whole number from 0 to 1000");
}

function assertRunInOption(option: RunInOption, at: string): void {
  positive(`${at}.standardDeviation.value`, option.standardDeviation.value);
  for (const [field, { value }] of [
    ["rSquaredAncova", option.rSquaredAncova],
    ["rSquaredWithScore", option.rSquaredWithScore],
  ] as const)
    if (!(value >= 0 && value < 1)) throw invalidInput(`${at}.${field}.value`, value, "must lie in [0, 1)");
}

/**
 * Distance between expected effect and null hypothesis in the direction of benefit, METHODS.md eq. (S1).
 *
 * @returns |effect| − margin for superiority, gain + margin for non-inferiority.
 */
export function distanceToShow(spec: SizingSpec): number {
  return spec.hypothesis === "non-inferiority"
    ? expectedGain(spec) + spec.margin.value
    : Math.abs(spec.effect.value) - spec.margin.value;
}

/**
 * Expected effect in the direction of benefit: negative where the experimental treatment is expected to do worse; |effect|
 * where the plan names no direction.
 */
export function expectedGain({ benefit, effect }: SizingSpec): number {
  if (benefit === undefined) return Math.abs(effect.value);
  return benefit === "higher-is-better" ? effect.value : -effect.value;
}

function assertDistance(spec: SizingSpec): void {
  const effect = spec.effect.value;
  const margin = spec.margin.value;
  if (!Number.isFinite(effect)) throw invalidInput("effect.value", effect, "must be a finite number");
  const largest = LARGEST_EFFECT_IN_SD * spec.standardDeviation.value;
  if (!(Math.abs(effect) <= largest))
    throw invalidInput(
      "effect.value",
      effect,
      `must be at most ${LARGEST_EFFECT_IN_SD} standard deviations of the outcome (${largest.toPrecision(3)})`,
      "Check the units of the effect and of the standard deviation.",
    );
  if (!(Number.isFinite(margin) && margin >= 0))
    throw invalidInput("margin.value", margin, "must be a number of at least 0", "The direction is that of benefit.");
  if (spec.hypothesis === "non-inferiority") {
    if (margin === 0)
      throw invalidInput("margin.value", margin, "must exceed 0 for non-inferiority", "Or choose superiority.");
    if (!(distanceToShow(spec) > 0))
      throw invalidInput(
        "margin.value",
        margin,
        `must exceed the expected loss (${-expectedGain(spec)})`,
        "A treatment that is expected to lose the whole margin cannot be shown to be non-inferior.",
      );
    return;
  }
  if (effect === 0)
    throw invalidInput(
      "effect.value",
      effect,
      "must differ from 0: no trial of any size shows a difference that is not there",
      "Enter the smallest difference worth detecting, experimental minus control.",
    );
  if (margin >= Math.abs(effect))
    throw invalidInput(
      "margin.value",
      margin,
      `must be smaller than the size of the effect (${Math.abs(effect)})`,
      "A superiority margin of the expected effect or more cannot be exceeded; for a tolerated loss choose non-inferiority.",
    );
}

function assertErrorRates(spec: SizingSpec): void {
  const alpha = spec.oneSidedAlpha.value;
  if (!(alpha > 0 && alpha < 0.5))
    throw invalidInput("oneSidedAlpha.value", alpha, "must lie between 0 and 0.5", "Two-sided 5 % is 0.025 here.");
  const power = spec.power.value;
  if (!(power > alpha && power < 1))
    throw invalidInput(
      "power.value",
      power,
      `must lie between the one-sided alpha (${alpha}) and 1`,
      "Enter 90 % as 0.9.",
    );
}

function positive(argument: string, value: number): void {
  if (!(Number.isFinite(value) && value > 0)) throw invalidInput(argument, value, "must be a finite number above 0");
}

/** A proportion ends between 0 and 1, a mean count at 0 or above. */
function assertReachable({ outcome, effect }: SizingSpec): void {
  if (outcome === undefined || outcome.type === "ordinal") return;
  const planned = outcome.controlMean + effect.value;
  if (planned >= 0 && (outcome.type === "count" || planned <= 1)) return;
  throw new DomainError("INVALID_INPUT", {
    argument: "effect.value",
    received: effect.value,
    requirement:
      outcome.type === "binary"
        ? `must keep the proportion of the experimental arm between 0 and 1; the controls have ${outcome.controlMean.toFixed(3)}, so that it lies between ${(-outcome.controlMean).toFixed(3)} and ${(1 - outcome.controlMean).toFixed(3)}`
        : `must leave a mean count of at least 0; the controls have ${outcome.controlMean.toFixed(3)}`,
    hint:
      outcome.type === "binary"
        ? "State the target effect as a difference in proportions, e.g. 0.1 for ten percentage points."
        : "State the target effect as a difference in mean counts.",
  });
}
