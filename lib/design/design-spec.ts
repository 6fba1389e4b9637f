import { z } from "zod";
import { efficacyBoundarySchema } from "./efficacy-bound.ts";
import { futilityRuleSchema } from "./futility-bound.ts";
import type { GroupSequentialSpec } from "./group-sequential-design.ts";

/** A group sequential design with everything a user can choose. */
export const designSpecSchema = z.object({
  method: z.literal("group-sequential-design"),
  oneSidedAlpha: z.number().gt(0).lt(0.5).default(0.025).describe("Type I error in the direction of benefit"),
  sides: z
    .enum(["one-sided", "symmetric-two-sided"])
    .default("one-sided")
    .describe("Symmetric two-sided tests also reject at −bound with the same error again"),
  power: z.number().gt(0).lt(1).default(0.9).describe("Power at the design effect"),
  powerCounts: z
    .enum(["benefit", "either-direction"])
    .optional()
    .describe("Rejections of a two-sided test that are power; absent: those in the direction of benefit"),
  informationFractions: z
    .array(z.number().gt(0).lte(1))
    .min(1)
    .max(20)
    .describe("Information at each analysis divided by final information; increasing, the last is 1"),
  efficacy: efficacyBoundarySchema.default({ family: "lan-demets-obrien-fleming" }).describe("Efficacy boundary"),
  efficacyLooks: z
    .array(z.boolean())
    .optional()
    .describe("Whether each analysis tests for efficacy; absent: all do. The last must"),
  futility: futilityRuleSchema.default({ kind: "none" }).describe("Futility rule"),
  designEffect: z
    .number()
    .optional()
    .describe("Effect for which the design has its power; bounds are then also given on its scale"),
  fixedSize: z
    .number()
    .positive()
    .optional()
    .describe("Patients, or events, of the trial with a single analysis, both arms; sizes are then given"),
  truths: z
    .array(z.number().min(-5).max(5))
    .min(1)
    .max(12)
    .default([0, 0.5, 1, 1.5])
    .describe("True effects, as multiples of the design effect, under which the design is described"),
});

export type DesignSpec = z.infer<typeof designSpecSchema>;
export type DesignSpecInput = z.input<typeof designSpecSchema>;

/** The plan inside a spec, as `designGroupSequential` takes it. */
export function planOfDesign(spec: DesignSpec): GroupSequentialSpec {
  const { oneSidedAlpha, power, informationFractions, efficacy, futility, sides, efficacyLooks, powerCounts } = spec;
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
