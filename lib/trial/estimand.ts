import { z } from "zod";

export const intercurrentEventStrategySchema = z.enum([
  "treatment-policy",
  "hypothetical",
  "composite",
  "while-on-treatment",
  "while-alive",
  "principal-stratum",
]);

/** The five attributes of ICH E9(R1). `while-alive` is the while-on-treatment strategy with death as the event. */
export const estimandSchema = z.object({
  treatment: z.string().min(1),
  population: z.string().min(1),
  variable: z.string().min(1),
  intercurrentEvents: z.array(
    z.object({ event: z.string().min(1), strategy: intercurrentEventStrategySchema, rationale: z.string().min(1) }),
  ),
  summaryMeasure: z.string().min(1),
});

export type Estimand = z.infer<typeof estimandSchema>;

/** Names of the strategies as printed on page and paper. */
export const STRATEGY_NAMES: Readonly<Record<z.infer<typeof intercurrentEventStrategySchema>, string>> = {
  "treatment-policy": "treatment policy",
  hypothetical: "hypothetical",
  composite: "composite variable",
  "while-on-treatment": "while on treatment",
  "while-alive": "while alive (while on treatment, with death as the event)",
  "principal-stratum": "principal stratum",
};
