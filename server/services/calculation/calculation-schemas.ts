import { z } from "zod";
import { calculationReportSchema } from "../../../lib/calculation/calculation-report.ts";
import { calculationSpecSchema } from "../../../lib/calculation/calculation-spec.ts";

export const saveCalculationInput = z.object({
  studyId: z.uuid(),
  name: z.string().trim().min(1, "required").max(120),
  spec: calculationSpecSchema,
});
export type SaveCalculationInput = z.infer<typeof saveCalculationInput>;

export const calculationIdInput = z.object({ studyId: z.uuid(), id: z.uuid() });

export const savedCalculationSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  spec: calculationSpecSchema,
  report: calculationReportSchema,
  engineVersion: z.string(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
});
export type SavedCalculation = z.infer<typeof savedCalculationSchema>;
