import { z } from "zod";
import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { DomainError, invalidInput } from "../errors/domain-error.ts";
import { normalQuantile, normalUpperTail } from "../numerics/normal.ts";
import { findRoot } from "../numerics/root-finding.ts";
import { cumulative, type SequentialBounds } from "./crossing-probability.ts";
import { searchDesignDrift } from "./design-drift.ts";
import { efficacyBoundarySchema } from "./efficacy-bound.ts";
import { futilityRuleSchema } from "./futility-bound.ts";
import { informationFractionsSchema } from "./information-fractions.ts";
import { type DesignBehaviour, powerOfDesign } from "./power-of-design.ts";

/** A group sequential plan as the user states it. */
export const groupSequentialSpecSchema = z
  .object({
    /** Error in the direction of benefit. */
    oneSidedAlpha: z.number().gt(0).lt(0.5),
    power: z.number().gt(0).lt(1),
    /** Information at each analysis divided by final information; the last is 1. */
    informationFractions: informationFractionsSchema,
    efficacy: efficacyBoundarySchema,
    futility: futilityRuleSchema,
    /** `symmetric-two-sided` also rejects at −bound with the same error again. */
    sides: z.enum(["one-sided", "symmetric-two-sided"]).optional(),
    /**
     * Which rejections of a two-sided test are power: those in the direction of benefit (the default; gsDesign, rpact unless
     * told otherwise), or in either direction (rpact's twoSidedPower).
     */
    powerCounts: z.enum(["benefit", "either-direction"]).optional(),
    /** Whether each analysis tests for efficacy (K values, the last true); absent: every one does. */
    efficacyLooks: z.array(z.boolean()).optional(),
  })
  .refine((spec) => spec.power > spec.oneSidedAlpha, {
    path: ["power"],
    message: "Power must exceed the one-sided type I error.",
  })
  .refine(
    (spec) =>
      (spec.futility.kind !== "z-scale" && spec.futility.kind !== "scale") ||
      spec.futility.values.length === spec.informationFractions.length - 1,
    { path: ["futility", "values"], message: "Give one futility value (or none) for each interim analysis." },
  );

export type GroupSequentialSpec = z.infer<typeof groupSequentialSpecSchema>;

/** One line of the bounds table. Probabilities are cumulative over the analyses up to this one. */
export interface GroupSequentialLook {
  /** 1 for the first interim analysis, K for the final one. */
  readonly analysis: number;
  readonly informationFraction: number;
  /** Reject when Z reaches this; null when no trial can stop for efficacy here. */
  readonly efficacyZ: number | null;
  /** One-sided p-value at the efficacy bound. */
  readonly efficacyNominalP: number | null;
  /**
   * Stop for futility when Z is at or below this, in two-sided designs when |Z| is below it; null at the final analysis and
   * where the plan has no futility stop.
   */
  readonly futilityZ: number | null;
  /** Type I error spent on the benefit side; ignores futility unless it is binding. */
  readonly alphaSpent: number;
  /** P(efficacy) under H0 when the futility rule is followed. */
  readonly efficacyUnderNull: number;
  readonly efficacyUnderDesignEffect: number;
  /**
   * P(stop without success) under H0; the final line counts ending without rejection. In two-sided designs with futility:
   * P(stop between the inner bounds); without, P(stop in favour of control).
   */
  readonly futilityUnderNull: number;
  /** The same under the design effect: the type II error spent so far, 1 − power on the final line. */
  readonly futilityUnderDesignEffect: number;
}

export interface GroupSequentialDesign {
  readonly spec: GroupSequentialSpec;
  readonly looks: readonly GroupSequentialLook[];
  /** E[Z] at full information under the design effect: θ√I_max. */
  readonly drift: number;
  /** The same for a single analysis with this error and power: z_{1−α} + z_{power}. */
  readonly fixedDrift: number;
  /** Maximum information divided by the information of the single-analysis design. */
  readonly inflationFactor: number;
  readonly power: number;
  /** Expected information divided by the information of the single-analysis design, under each truth. */
  readonly expectedInformation: {
    readonly underNull: number;
    /** Truth halfway between no effect and the design effect. */
    readonly underHalfEffect: number;
    readonly underDesignEffect: number;
  };
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Group sequential design with the power wanted.
 *
 * @param spec - Error, power, information fractions, efficacy boundary and futility rule (`groupSequentialSpecSchema`).
 * @returns Bounds per analysis with stopping probabilities, the drift that gives the power, the inflation factor and the
 *   expected information. Multiply the sample size of the fixed design by `inflationFactor` for the maximum size.
 * @throws DomainError INVALID_INPUT when the spec is inadmissible, UNSUPPORTED_COMBINATION for two-sided tests with a
 *   futility rule that has no two-sided form, NOT_ESTIMABLE when no effect reaches the power under the futility rule.
 *
 * @remarks
 * METHODS.md eq. (G9)–(G12), (G20)–(G21), (G48)–(G50). With non-binding futility the efficacy bounds ignore the futility rule, so the
 * type I error holds whether it is followed or not; power counts the rule as followed.
 *
 * Source: Jennison & Turnbull (2000), Group Sequential Methods; Pampallona, Tsiatis & Kim (2001).
 * Reference values: tests/reference/gs_characteristics.json.
 */
export function designGroupSequential(spec: GroupSequentialSpec): GroupSequentialDesign {
  assertSpec(spec);
  const fixedDrift = fixedDriftOf(spec);
  const { drift, ...stops } = searchDesignDrift(spec, fixedDrift);
  const { upper } = stops;
  const bounds = { informationFractions: spec.informationFractions, ...stops };
  const behaviour = {
    underNull: powerOfDesign(bounds, 0),
    underHalfEffect: powerOfDesign(bounds, drift / 2),
    underDesignEffect: powerOfDesign(bounds, drift),
  };
  const inflationFactor = (drift / fixedDrift) ** 2;
  return {
    spec,
    looks: describeLooks(spec, bounds, behaviour.underNull, behaviour.underDesignEffect),
    drift,
    fixedDrift,
    inflationFactor,
    power: powerCounted(spec, behaviour.underDesignEffect),
    expectedInformation: {
      underNull: inflationFactor * behaviour.underNull.expectedInformationFraction,
      underHalfEffect: inflationFactor * behaviour.underHalfEffect.expectedInformationFraction,
      underDesignEffect: inflationFactor * behaviour.underDesignEffect.expectedInformationFraction,
    },
    diagnostics: unreachableBounds(spec, upper),
  };
}

/** E[Z] with which a single analysis has the error and power of the plan. */
function fixedDriftOf({ oneSidedAlpha, power, powerCounts }: GroupSequentialSpec): number {
  const bound = -normalQuantile(oneSidedAlpha);
  const oneTail = bound + normalQuantile(power);
  if (powerCounts !== "either-direction") return oneTail;
  const excess = (drift: number) => normalUpperTail(bound - drift) + normalUpperTail(bound + drift) - power;
  return findRoot(excess, 0, Math.max(oneTail, 0) + 1, { absoluteTolerance: 1e-14 }).value;
}

/** P(rejection that counts as success) of a design under some truth. */
export function powerCounted({ powerCounts }: GroupSequentialSpec, behaviour: DesignBehaviour): number {
  const harm = powerCounts === "either-direction" ? behaviour.cumulativeFutility.at(-1)! : 0;
  return behaviour.power + harm;
}

/**
 * Stopping bounds of a finished design in the form the probability functions take.
 *
 * @param design - Result of `designGroupSequential`.
 * @returns Bounds with ±Infinity where the table has none; the final lower bound meets the final efficacy bound
 *   (one-sided) or mirrors it (two-sided).
 */
export function boundsOfDesign(design: GroupSequentialDesign): SequentialBounds {
  const { sides, futility } = design.spec;
  const informationFractions = design.looks.map((look) => look.informationFraction);
  const upper = design.looks.map((look) => look.efficacyZ ?? Infinity);
  const last = upper.length - 1;
  const stops = design.looks.map((look, k) => (k === last ? upper[k]! : (look.futilityZ ?? -Infinity)));
  if (sides !== "symmetric-two-sided") return { informationFractions, upper, lower: stops };
  const mirrored = { informationFractions, upper, lower: upper.map((bound) => -bound) };
  return futility.kind === "none" ? mirrored : { ...mirrored, inner: stops };
}

function describeLooks(
  spec: GroupSequentialSpec,
  bounds: SequentialBounds,
  underNull: DesignBehaviour,
  underDesignEffect: DesignBehaviour,
): GroupSequentialLook[] {
  const binding = spec.futility.kind !== "none" && spec.futility.binding;
  const twoSided = spec.sides === "symmetric-two-sided";
  const { inner, ...outer } = bounds;
  const withoutFutility = twoSided ? outer : { ...outer, lower: outer.lower.map(() => -Infinity) };
  const alphaSpent = cumulative(powerOfDesign(binding ? bounds : withoutFutility, 0).efficacy);
  const last = bounds.upper.length - 1;
  const withoutSuccess = (behaviour: DesignBehaviour) =>
    inner === undefined ? behaviour.cumulativeFutility : cumulative(behaviour.acceptance);
  return bounds.upper.map((upper, k) => {
    const lower = (inner ?? bounds.lower)[k]!;
    const stops = k < last && (twoSided ? inner !== undefined && lower > 0 : lower > -Infinity);
    return {
      analysis: k + 1,
      informationFraction: bounds.informationFractions[k]!,
      efficacyZ: upper === Infinity ? null : upper,
      efficacyNominalP: upper === Infinity ? null : normalUpperTail(upper),
      futilityZ: stops ? lower : null,
      alphaSpent: alphaSpent[k]!,
      efficacyUnderNull: underNull.cumulativeEfficacy[k]!,
      efficacyUnderDesignEffect: underDesignEffect.cumulativeEfficacy[k]!,
      futilityUnderNull: withoutSuccess(underNull)[k]!,
      futilityUnderDesignEffect: withoutSuccess(underDesignEffect)[k]!,
    };
  });
}

function unreachableBounds(spec: GroupSequentialSpec, upper: readonly number[]): Diagnostic[] {
  const planned = (k: number) => spec.efficacy.family !== "final-only" && (spec.efficacyLooks?.[k] ?? true);
  const analyses = upper.flatMap((bound, k) => (bound === Infinity && planned(k) ? [k + 1] : []));
  if (analyses.length === 0) return [];
  return [
    diagnostic(
      "information",
      "efficacy-out-of-reach",
      `So little error is spent at analysis ${analyses.join(", ")} that no trial can stop for efficacy there (the bound would lie above Z = 7.5).`,
      "efficacy",
    ),
  ];
}

function assertSpec(spec: GroupSequentialSpec): void {
  const error = spec.powerCounts === "either-direction" ? 2 * spec.oneSidedAlpha : spec.oneSidedAlpha;
  if (!(spec.power > error && spec.power < 1))
    throw invalidInput(
      "power",
      spec.power,
      `must lie between the type I error ${error} and 1`,
      "Ask for more power, or lower the error.",
    );
  if (spec.informationFractions.at(-1) !== 1)
    throw invalidInput("informationFractions", spec.informationFractions, "must end at 1, the final analysis");
  const { futility } = spec;
  if (spec.sides !== "symmetric-two-sided") {
    if (spec.powerCounts === "either-direction")
      throw new DomainError("UNSUPPORTED_COMBINATION", {
        argument: "powerCounts",
        received: spec.powerCounts,
        requirement: "must be left out for a one-sided test, which rejects in one direction only",
        hint: "Choose a symmetric two-sided test, or leave it out.",
      });
    if (futility.kind === "beta-spending" && futility.overlap !== undefined)
      throw new DomainError("UNSUPPORTED_COMBINATION", {
        argument: "futility.overlap",
        received: futility.overlap,
        requirement: "must be left out for a one-sided test, which has one futility region",
        hint: "Choose a symmetric two-sided test, or leave it out.",
      });
    return;
  }
  if (futility.kind === "scale" || futility.kind === "null-spending")
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "futility.kind",
      received: futility.kind,
      requirement: "must be none, beta-spending, pampallona-tsiatis or z-scale for a symmetric two-sided test",
      hint: "Give the bounds of |Z|, spend the type II error, or use a one-sided test at half the error.",
    });
  if (futility.kind === "z-scale") {
    const negative = futility.values.findIndex((value) => value !== null && value < 0);
    if (negative !== -1)
      throw invalidInput(
        `futility.values.${negative}`,
        futility.values[negative]!,
        "must not be negative in a symmetric two-sided design, where it bounds |Z|",
        "Give the bound of |Z|, or none at this analysis.",
      );
  }
}
