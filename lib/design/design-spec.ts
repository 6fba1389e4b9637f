import { z } from "zod";
import { combinationSchema, severalValues } from "../power/several-values.ts";
import { efficacyBoundarySchema } from "./efficacy-bound.ts";
import { futilityRuleSchema } from "./futility-bound.ts";
import type { GroupSequentialSpec } from "./group-sequential-design.ts";
import { informationFractionsSchema } from "./information-fractions.ts";

/** The rules of a group sequential design: everything but its errors. */
export const designRulesShape = {
  sides: z
    .enum(["one-sided", "symmetric-two-sided"])
    .default("one-sided")
    .describe("Symmetric two-sided tests also reject at −bound with the same error again"),
  powerCounts: z
    .enum(["benefit", "either-direction"])
    .optional()
    .describe("Rejections of a two-sided test that are power; absent: those in the direction of benefit"),
  informationFractions: informationFractionsSchema.describe(
    "Information at each analysis divided by final information; increasing, the last is 1",
  ),
  efficacy: efficacyBoundarySchema.default({ family: "lan-demets-obrien-fleming" }).describe("Efficacy boundary"),
  efficacyLooks: z
    .array(z.boolean())
    .optional()
    .describe("Whether each analysis tests for efficacy; absent: all do. The last must"),
  futility: futilityRuleSchema.default({ kind: "none" }).describe("Futility rule"),
};
export type DesignRules = z.infer<z.ZodObject<typeof designRulesShape>>;

/** A group sequential design with everything a user can choose. */
export const designSpecSchema = z.object({
  method: z.literal("group-sequential-design"),
  oneSidedAlpha: severalValues("one-sided-error").default(0.025).describe("Type I error in the direction of benefit"),
  power: severalValues("open-unit", "0.8 or 0.9 is usual.").default(0.9).describe("Power at the design effect"),
  ...designRulesShape,
  designEffect: severalValues("finite")
    .optional()
    .describe("Effect for which the design has its power; bounds are then also given on its scale"),
  fixedSize: severalValues("positive")
    .optional()
    .describe("Patients, or events, of the trial with a single analysis, both arms; sizes are then given"),
  truths: z
    .array(z.number().min(-5).max(5))
    .min(1)
    .max(12)
    .default([0, 0.5, 1, 1.5])
    .describe("True effects, as multiples of the design effect, under which the design is described"),
  combine: combinationSchema
    .default("cross")
    .describe("Several values: every combination, or first with first, second with second."),
});

export type DesignSpec = z.infer<typeof designSpecSchema>;
export type DesignSpecInput = z.input<typeof designSpecSchema>;

/**
 * A plan as `designGroupSequential` takes it.
 *
 * @param rules - Looks, boundaries and sides.
 * @param oneSidedAlpha - Type I error in the direction of benefit.
 * @param power - Power at the design effect.
 */
export function planOf(rules: DesignRules, oneSidedAlpha: number, power: number): GroupSequentialSpec {
  const { informationFractions, efficacy, futility, sides, efficacyLooks, powerCounts } = rules;
  return {
    oneSidedAlpha,
    power,
    informationFractions,
    efficacy,
    futility,
    sides,
    ...(efficacyLooks === undefined ? {} : { efficacyLooks }),
    ...(powerCounts === undefined ? {} : { powerCounts }),
  };
}
