import { z } from "zod";
import { designSpecSchema } from "../design/design-spec.ts";
import { interimAnalysisSpecSchema } from "../design/interim-analysis-spec.ts";
import { sampleSizeReestimationSpecSchema } from "../design/sample-size-reestimation-spec.ts";
import { sequentialMeansSpecSchema, sequentialRatesSpecSchema } from "../design/sequential-size-spec.ts";
import { survivalDesignSpecSchema } from "../design/survival-design-spec.ts";
import { multiplicitySpecSchema } from "../multiplicity/multiplicity-spec.ts";
import { powerSpecSchema } from "../power/power-spec.ts";
import { survivalPowerSpecSchema } from "../power/survival/survival-power-spec.ts";

/** A calculation of power, size, bounds or multiplicity with everything a user can choose of it. */
export const calculationSpecSchema = z.discriminatedUnion("method", [
  ...powerSpecSchema.options,
  survivalPowerSpecSchema,
  designSpecSchema,
  sequentialMeansSpecSchema,
  sequentialRatesSpecSchema,
  survivalDesignSpecSchema,
  interimAnalysisSpecSchema,
  sampleSizeReestimationSpecSchema,
  multiplicitySpecSchema,
]);
export type CalculationSpec = z.infer<typeof calculationSpecSchema>;
/** The same before defaults are filled in. */
export type CalculationSpecInput = z.input<typeof calculationSpecSchema>;
