import { z } from "zod";
import { combinationSchema, severalValues } from "./several-values.ts";

/** Fields that every calculation with two arms has. */
export const twoArmShape = {
  solveFor: z
    .enum(["sample-size", "power", "effect", "alpha"])
    .default("sample-size")
    .describe("The quantity to compute; it must then not be given."),
  sides: z
    .union([z.literal(1), z.literal(2)])
    .default(1)
    .describe("1: alpha in the direction of the effect. 2: alpha of both directions together."),
  alpha: severalValues("open-unit", "0.025 one-sided and 0.05 two-sided are usual.")
    .optional()
    .describe("Type I error; 0.025 one-sided or 0.05 two-sided if not given."),
  power: severalValues("open-unit", "Enter a proportion such as 0.9, not a percentage.")
    .optional()
    .describe("Power; 0.9 if not given and not solved for."),
  ratio: severalValues("positive", "1 is equal arms, 2 two experimental subjects for each control.")
    .optional()
    .describe("Allocation experimental : control, as one number; 1 if not given."),
  total: severalValues("subjects")
    .optional()
    .describe("Subjects of both arms together, split by the ratio; not with arms."),
  experimental: severalValues("subjects")
    .optional()
    .describe("Subjects of the experimental arm; needs control as well."),
  control: severalValues("subjects").optional().describe("Subjects of the control arm; needs experimental as well."),
  rounding: z
    .enum(["each-arm", "whole-blocks"])
    .default("each-arm")
    .describe("Each arm rounded up, or the total rounded up to whole blocks in the ratio (as SAS PROC POWER)."),
  dropout: severalValues("half-open-unit", "Enter a proportion such as 0.1, not a percentage.")
    .optional()
    .describe("Share of randomised subjects without outcome; 0 if not given."),
  combine: combinationSchema
    .default("cross")
    .describe("Several values: every combination, or first with first, second with second."),
};

/** Fields that every calculation with one group has. */
export const oneGroupShape = {
  solveFor: twoArmShape.solveFor,
  sides: twoArmShape.sides,
  alpha: twoArmShape.alpha,
  power: twoArmShape.power,
  total: severalValues("subjects").optional().describe("Subjects (pairs, for paired data)."),
  dropout: twoArmShape.dropout,
  combine: twoArmShape.combine,
};

/** Direction of an effect that is solved for, seen from its null value. */
export const effectDirectionSchema = z
  .enum(["greater", "less"])
  .default("greater")
  .describe("Where an effect is sought when it is solved for: above or below its null value.");
