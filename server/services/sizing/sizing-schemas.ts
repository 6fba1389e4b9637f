import { z } from "zod";
import { sizingResultSchema, sizingSpecSchema } from "../../../lib/sizing/sizing-document.ts";

export const saveSizingInput = z.object({
  studyId: z.uuid(),
  name: z.string().trim().min(1, "required").max(80),
  spec: sizingSpecSchema,
});
export type SaveSizingInput = z.infer<typeof saveSizingInput>;

export const savedSizingSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  spec: sizingSpecSchema,
  result: sizingResultSchema,
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
});
export type SavedSizing = z.infer<typeof savedSizingSchema>;
