import { z } from "zod";
import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { DomainError, invalidInput } from "../errors/domain-error.ts";
import { normalQuantile, normalUpperTail } from "../numerics/normal.ts";
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
  )
  .refine((spec) => spec.sides !== "symmetric-two-sided" || spec.futility.kind === "none", {
    path: ["futility", "kind"],
    message: "Futility stopping is available for one-sided tests.",
  });

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
  /** Stop for futility when Z is at or below this; null at the final analysis and where the plan has no futility stop. */
  readonly futilityZ: number | null;
  /** Type I error spent on the benefit side; ignores futility unless it is binding. */
  readonly alphaSpent: number;
  /** P(efficacy) under H0 when the futility rule is followed. */
  readonly efficacyUnderNull: number;
  readonly efficacyUnderDesignEffect: number;
  /** P(stop without success) under H0; the final line counts ending without rejection. */
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
 * @throws DomainError INVALID_INPUT when the spec is inadmissible, UNSUPPORTED_COMBINATION for two-sided tests with
 *   futility, NOT_ESTIMABLE when no effect reaches the power under the futility rule.
 *
 * @remarks
 * METHODS.md eq. (G9)–(G12), (G20)–(G21). With non-binding futility the efficacy bounds ignore the futility rule, so the
 * type I error holds whether it is followed or not; power counts the rule as followed.
 *
 * Source: Jennison & Turnbull (2000), Group Sequential Methods; Pampallona, Tsiatis & Kim (2001).
 * Reference values: tests/reference/gs_characteristics.json.
 */
export function designGroupSequential(spec: GroupSequentialSpec): GroupSequentialDesign {
  assertSpec(spec);
  const fixedDrift = -normalQuantile(spec.oneSidedAlpha) + normalQuantile(spec.power);
  const { drift, upper, lower } = searchDesignDrift(spec, fixedDrift);
  const bounds = { informationFractions: spec.informationFractions, upper, lower };
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
    power: behaviour.underDesignEffect.power,
    expectedInformation: {
      underNull: inflationFactor * behaviour.underNull.expectedInformationFraction,
      underHalfEffect: inflationFactor * behaviour.underHalfEffect.expectedInformationFraction,
      underDesignEffect: inflationFactor * behaviour.underDesignEffect.expectedInformationFraction,
    },
    diagnostics: unreachableBounds(spec, upper),
  };
}

/**
 * Stopping bounds of a finished design in the form the probability functions take.
 *
 * @param design - Result of `designGroupSequential`.
 * @returns Bounds with ±Infinity where the table has none; the final lower bound meets the final efficacy bound
 *   (one-sided) or mirrors it (two-sided).
 */
export function boundsOfDesign(design: GroupSequentialDesign): SequentialBounds {
  const twoSided = design.spec.sides === "symmetric-two-sided";
  const upper = design.looks.map((look) => look.efficacyZ ?? Infinity);
  const last = upper.length - 1;
  const lower = design.looks.map((look, k) => {
    if (twoSided) return -upper[k]!;
    return k === last ? upper[k]! : (look.futilityZ ?? -Infinity);
  });
  return { informationFractions: design.looks.map((look) => look.informationFraction), upper, lower };
}

function describeLooks(
  spec: GroupSequentialSpec,
  bounds: SequentialBounds,
  underNull: DesignBehaviour,
  underDesignEffect: DesignBehaviour,
): GroupSequentialLook[] {
  const binding = spec.futility.kind !== "none" && spec.futility.binding;
  const twoSided = spec.sides === "symmetric-two-sided";
  const withoutFutility = { ...bounds, lower: bounds.lower.map((lower) => (binding || twoSided ? lower : -Infinity)) };
  const alphaSpent = cumulative(powerOfDesign(withoutFutility, 0).efficacy);
  const last = bounds.upper.length - 1;
  return bounds.upper.map((upper, k) => {
    const lower = bounds.lower[k]!;
    return {
      analysis: k + 1,
      informationFraction: bounds.informationFractions[k]!,
      efficacyZ: upper === Infinity ? null : upper,
      efficacyNominalP: upper === Infinity ? null : normalUpperTail(upper),
      futilityZ: twoSided || k === last || lower === -Infinity ? null : lower,
      alphaSpent: alphaSpent[k]!,
      efficacyUnderNull: underNull.cumulativeEfficacy[k]!,
      efficacyUnderDesignEffect: underDesignEffect.cumulativeEfficacy[k]!,
      futilityUnderNull: underNull.cumulativeFutility[k]!,
      futilityUnderDesignEffect: underDesignEffect.cumulativeFutility[k]!,
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
  if (!(spec.power > spec.oneSidedAlpha && spec.power < 1))
    throw invalidInput("power", spec.power, `must lie between the one-sided error ${spec.oneSidedAlpha} and 1`);
  if (spec.informationFractions.at(-1) !== 1)
    throw invalidInput("informationFractions", spec.informationFractions, "must end at 1, the final analysis");
  if (spec.sides === "symmetric-two-sided" && spec.futility.kind !== "none")
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "futility.kind",
      received: spec.futility.kind,
      requirement: 'must be "none" for a symmetric two-sided test',
      hint: "Use a one-sided test at half the error, or plan no futility stop.",
    });
}
