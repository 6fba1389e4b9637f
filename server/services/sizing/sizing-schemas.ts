import { z } from "zod";
import { sizingResultSchema, sizingSpecSchema } from "../../../lib/sizing/sizing-document.ts";

/** `runInVisits` visits before randomisation; 0 = randomised at baseline. */
export const sizingDefaultsInput = z.object({
  studyId: z.uuid(),
  runInVisits: z.number().int().min(0).max(2).default(0),
});
export type SizingDefaultsInput = z.infer<typeof sizingDefaultsInput>;

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
