import { z } from "zod";
import { eventKindSchema, eventParametersSchema } from "./event-parameters.ts";

/** How well a model of events describes patients it has not seen. */
export const eventCalibrationSchema = z.object({
  /** Events in one interval, out of fold. */
  rows: z.array(
    z.object({
      kind: z.string(),
      visitId: z.string(),
      atRisk: z.number(),
      observed: z.number(),
      expected: z.number(),
      /** SD of the observed number if the chances are right. */
      standardDeviation: z.number(),
    }),
  ),
  /** Harrell's C per kind, of chances from baseline; a kind without two comparable patients is left out. */
  concordance: z.array(z.object({ kind: z.string(), estimate: z.number(), standardError: z.number() })),
});
export type EventCalibration = z.infer<typeof eventCalibrationSchema>;

/** Part of a frozen model that says what ends courses, and when. */
export const eventSectionSchema = z.object({
  parameters: eventParametersSchema,
  /** Null when a fold's other patients have too few events to learn from. */
  calibration: eventCalibrationSchema.nullable(),
  /** Kinds with too few events to be learnt; they censor. */
  omitted: z.array(eventKindSchema),
});
export type EventSection = z.infer<typeof eventSectionSchema>;
