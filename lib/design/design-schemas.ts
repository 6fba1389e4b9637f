import { z } from "zod";

/** Cumulative error spent as a function of the information fraction; equations in METHODS.md. */
export const spendingFunctionSchema = z.discriminatedUnion("family", [
  z.object({ family: z.literal("lan-demets-obrien-fleming") }),
  z.object({ family: z.literal("lan-demets-pocock") }),
  z.object({ family: z.literal("hwang-shih-decani"), gamma: z.number() }),
  z.object({ family: z.literal("kim-demets"), rho: z.number().positive() }),
]);
export type SpendingFunction = z.infer<typeof spendingFunctionSchema>;

/** When to stop for lack of effect. `nonBinding`: efficacy bounds are computed as if it were not there. */
export const futilityRuleSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none") }),
  z.object({
    kind: z.literal("beta-spending"),
    spending: spendingFunctionSchema,
    /** Power the beta spending is built for: type II error spent is 1 − power. */
    power: z.number().gt(0).lt(1),
    binding: z.boolean(),
  }),
  /** One bound per interim look on the z scale in the direction of benefit; null = no futility at that look. */
  z.object({ kind: z.literal("z-scale"), bounds: z.array(z.number().nullable()), binding: z.boolean() }),
]);
export type FutilityRule = z.infer<typeof futilityRuleSchema>;
