import { z } from "zod";

const missingSchema = z
  .enum(["as-failure", "as-success", "complete-cases"])
  .describe(
    "Patients whose outcome is unknown: counted as failure (non-responder imputation), as success, or left out (complete cases).",
  );

const favourableSchema = z.enum(["favourable", "unfavourable"]);

/** A yes-or-no outcome derived from the trial. */
export const binaryOutcomeSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("threshold"),
    endpoint: z.string().min(1).describe("Endpoint, by id."),
    visit: z.string().min(1).describe("Visit at which it is judged, by id."),
    of: z
      .enum(["value", "change", "percent-change"])
      .default("value")
      .describe("What is compared with the threshold: the value, its change from baseline, or the change in percent."),
    comparison: z.enum([">=", "<="]).describe("At least, or at most, the threshold."),
    threshold: z.number().describe("Threshold, in the endpoint's unit or in percent."),
    direction: favourableSchema
      .default("favourable")
      .describe("Whether reaching the threshold is good for the patient."),
    failureEvents: z
      .array(z.string().min(1))
      .default([])
      .describe(
        "Kinds of event up to the visit's day that count as failure whatever the value is (composite strategy).",
      ),
    missing: missingSchema.default("as-failure"),
  }),
  z.object({
    kind: z.literal("event"),
    events: z.array(z.string().min(1)).min(1).describe("Kinds of event; the first of them counts."),
    byDay: z.number().positive().describe("Last day on which the event counts."),
    direction: favourableSchema.default("unfavourable").describe("Whether the event is good for the patient."),
    missing: missingSchema.default("complete-cases"),
  }),
]);
export type BinaryOutcomeSpec = z.infer<typeof binaryOutcomeSchema>;

/** The twins' prediction as a covariate. */
export const outcomeScoreSchema = z
  .object({
    endpoint: z.string().min(1).describe("Endpoint that the score predicts, by id."),
    visit: z.string().min(1).describe("Visit that the score predicts, by id."),
  })
  .nullable()
  .default(null)
  .describe("Twin's predicted control outcome as a covariate; needs twins of this trial. Null: none.");
