import { z } from "zod";
import { diagnosticSchema } from "../errors/diagnostic.ts";
import { fileProblemSchema } from "./file-problem.ts";
import { missingReasonSchema } from "./long-data-set.ts";
import { appliedConversionSchema } from "./unit-mapping.ts";

export { type FileProblem, fileProblemSchema } from "./file-problem.ts";

const count = z.number().int().nonnegative();

/** The data-quality report that stands before any modelling. */
export const qualityReportSchema = z.object({
  format: z.literal("understudy-quality/1"),
  sourceRows: count,
  rowsUsed: count,
  /** Flow from records to analysed patients: each step with the number left and why the others went. */
  flow: z.array(z.object({ step: z.string(), patients: count, rows: count, excluded: count, reason: z.string() })),
  arms: z.array(
    z.object({ armId: z.string(), label: z.string(), role: z.enum(["control", "experimental"]), patients: count }),
  ),
  studies: z.array(z.object({ study: z.string(), patients: count })),
  endpoints: z.array(
    z.object({
      endpointId: z.string(),
      label: z.string(),
      unit: z.string(),
      minimum: z.number().nullable(),
      maximum: z.number().nullable(),
      mean: z.number().nullable(),
      standardDeviation: z.number().nullable(),
      outOfRange: count,
      /** |value − median| > 5 × 1.4826 × MAD, analysis scale. */
      outliers: count,
      baselineMissing: count,
    }),
  ),
  /** Missingness by endpoint × visit with reasons; `observed` + all reasons = patients. */
  missingness: z.array(
    z.object({
      endpointId: z.string(),
      visitId: z.string(),
      patients: count,
      observed: count,
      reasons: z.array(z.object({ reason: missingReasonSchema, count })),
    }),
  ),
  covariates: z.array(
    z.object({
      covariateId: z.string(),
      label: z.string(),
      summary: z.discriminatedUnion("type", [
        z.object({
          type: z.literal("continuous"),
          unit: z.string(),
          mean: z.number().nullable(),
          standardDeviation: z.number().nullable(),
          minimum: z.number().nullable(),
          maximum: z.number().nullable(),
          missing: count,
        }),
        z.object({
          type: z.literal("categorical"),
          levels: z.array(z.object({ level: z.string(), patients: count })),
          missing: count,
        }),
      ]),
    }),
  ),
  events: z.array(z.object({ kind: z.string(), patients: count })),
  /** Values brought to the unit of their endpoint or covariate; absent where none was. */
  conversions: z.array(appliedConversionSchema).optional(),
  duplicates: count,
  unscheduled: count,
  problems: z.array(fileProblemSchema),
  diagnostics: z.array(diagnosticSchema),
});
export type QualityReport = z.infer<typeof qualityReportSchema>;
