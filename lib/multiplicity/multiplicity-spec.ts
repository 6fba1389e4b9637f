import { z } from "zod";

const share = z.number().min(0).max(1);

/** How several hypotheses of one trial are tested with one family-wise error. */
export const multiplicityProcedureSchema = z.discriminatedUnion("procedure", [
  /** Any dependence; weights optional (equal). */
  z.object({ procedure: z.literal("bonferroni"), weights: z.array(share).optional() }),
  /** Any dependence; weights optional (equal). */
  z.object({ procedure: z.literal("holm"), weights: z.array(share).optional() }),
  /** Valid under positive dependence of the tests. */
  z.object({ procedure: z.literal("hochberg") }),
  /** Valid under positive dependence of the tests. */
  z.object({ procedure: z.literal("hommel") }),
  /** In the order of the hypotheses; stops at the first that is not rejected. */
  z.object({ procedure: z.literal("fixed-sequence") }),
  /** In the order of the hypotheses; each has its own share of the error. */
  z.object({ procedure: z.literal("fallback"), weights: z.array(share) }),
  /** Weights and transitions by hand. */
  z.object({ procedure: z.literal("graphical"), weights: z.array(share), transitions: z.array(z.array(share)) }),
]);

export const multiplicitySpecSchema = z.object({
  method: z.literal("multiplicity"),
  procedure: multiplicityProcedureSchema,
  /** Hypotheses with their unadjusted p-values, in the order of testing. */
  hypotheses: z
    .array(z.object({ name: z.string().trim().min(1).max(80), pValue: z.number().min(0).max(1) }))
    .min(1)
    .max(30),
  /** Family-wise error; one-sided p-values need a one-sided error. */
  alpha: z.number().gt(0).lt(0.5).default(0.025),
});

export type MultiplicityProcedure = z.infer<typeof multiplicityProcedureSchema>;
export type MultiplicitySpec = z.infer<typeof multiplicitySpecSchema>;
export type MultiplicitySpecInput = z.input<typeof multiplicitySpecSchema>;
