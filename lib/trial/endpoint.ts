import { z } from "zod";
import { discreteOutcomeSchema } from "./outcome-type.ts";

/** How source values become analysis values. `log` is the natural logarithm; source values must then be > 0. */
export const endpointScaleSchema = z.enum(["identity", "log"]);

/** A variable followed over the visits. All values in a data set are on the analysis scale. */
export const endpointSchema = z.object({
  id: z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/, "letters, digits and _; starts with a letter; at most 40"),
  /** Name on the analysis scale, e.g. "log bilirubin". */
  label: z.string().min(1).max(120),
  /** Unit on the analysis scale, e.g. "log mg/dL", "points". */
  unit: z.string().max(40),
  scale: endpointScaleSchema,
  benefit: z.enum(["lower-is-better", "higher-is-better"]),
  /** Admissible values on the source scale, both ends included; null where no bound is known. */
  sourceRange: z.object({ minimum: z.number().nullable(), maximum: z.number().nullable() }),
  /** Absent: continuous. */
  outcome: discreteOutcomeSchema.optional(),
  /** Expression over other endpoints that gives the values; absent: measured. */
  derivation: z.string().max(2000).optional(),
});

export type Endpoint = z.infer<typeof endpointSchema>;

/** Unit of the values on the analysis scale; one that names the unit before the logarithm only is completed, e.g. "log mg/L". */
export function analysisUnit(endpoint: Pick<Endpoint, "scale" | "unit">): string {
  const { scale, unit } = endpoint;
  return scale === "identity" || /^(log|ln)\b/i.test(unit) ? unit : `log ${unit}`.trim();
}
