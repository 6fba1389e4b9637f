import { z } from "zod";
import { baselineFeatureSchema } from "../baseline-feature.ts";
import { covariateColumnSchema } from "../transition/transition-parameters.ts";

/** What ends a course: an event the data record by name, or leaving the study without one. */
export const eventKindSchema = z.discriminatedUnion("source", [
  z.object({ source: z.literal("event"), kind: z.string().min(1) }),
  z.object({ source: z.literal("dropout") }),
]);
export type EventKind = z.infer<typeof eventKindSchema>;

/** Parameters of the event and dropout model, METHODS.md eq. (EV2). */
export const eventParametersSchema = z.object({
  kind: z.literal("discrete-time-events"),
  features: z.array(baselineFeatureSchema),
  /** [E] position of the endpoint's baseline value in `features`; null when there is none. */
  baselineFeatures: z.array(z.number().int().nonnegative().nullable()),
  /** [V] end of each interval; the first starts at day 0. */
  plannedDays: z.array(z.number()),
  covariates: z.array(covariateColumnSchema),
  /** [E] last values enter as (value − centre)/scale; 0 when there is none. */
  endpoints: z.array(z.object({ centre: z.number(), scale: z.number().positive() })).min(1),
  /** [E·V] mean of the outcomes seen at each visit: the centre of the sensitivity term. */
  visitMeans: z.array(z.number()),
  kinds: z
    .array(
      z.object({
        event: eventKindSchema,
        intercept: z.number(),
        /** [V] */
        intervals: z.array(z.number()),
        /** [E] */
        lastValues: z.array(z.number()),
        /** [covariate columns] */
        covariates: z.array(z.number()),
        /** Prior precision of the coefficients of last values and covariates. */
        penalty: z.number(),
        events: z.number().int(),
      }),
    )
    .min(1),
  patients: z.number().int(),
  /** Patients with an event on or before day 0, who were never at risk. */
  neverAtRisk: z.number().int(),
});
export type EventParameters = z.infer<typeof eventParametersSchema>;

/** Name of a kind of event for the reader. */
export function eventLabel(kind: EventKind): string {
  switch (kind.source) {
    case "event":
      return kind.kind;
    case "dropout":
      return "dropout";
    default:
      return kind satisfies never;
  }
}
