import { z } from "zod";
import { adaptivePlanSchema } from "./adaptive-test.ts";
import { assumedEffectSchema } from "./expected-stage-scores.ts";
import { stageDataSchema } from "./stage-data.ts";

/** How the size of a running trial is planned anew. */
export const sampleSizeReestimationSpecSchema = z.object({
  method: z.literal("sample-size-reestimation"),
  approach: z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("unblinded"),
      ...adaptivePlanSchema.shape,
      data: stageDataSchema.describe("Results of the stages held so far, arms known"),
      nullValue: z.number().optional().describe("Effect under the null hypothesis; absent: 0, or a hazard ratio of 1"),
      benefit: z.enum(["larger", "smaller"]).default("larger"),
      plannedSizes: z
        .array(z.number().positive())
        .min(1)
        .max(20)
        .describe("Planned size of each remaining stage: patients or events of both arms, or information 1/SE²"),
      allocationRatio: z.number().positive().default(1),
      assumed: z
        .union([z.literal("observed"), assumedEffectSchema])
        .default("observed")
        .describe("Effect in the remaining stages: as observed so far, or given"),
      targetPower: z.number().gt(0).lt(1).default(0.9).describe("Conditional power wanted"),
      minimum: z.number().positive().optional().describe("Smallest total of the remaining stages; absent: as planned"),
      maximum: z.number().positive().describe("Largest total of the remaining stages"),
      promisingFrom: z
        .number()
        .gt(0)
        .lt(1)
        .optional()
        .describe("Promising zone: sizes grow only for conditional power from here to the target; absent: always"),
    }),
    z.object({
      kind: z.literal("blinded-variance"),
      pilotSize: z.number().int().min(4).describe("Patients of both arms whose outcome is known"),
      pilotStandardDeviation: z.number().positive().describe("Standard deviation of all of them about one mean"),
      estimator: z
        .enum(["lumped", "adjusted"])
        .default("lumped")
        .describe("Adjusted: less the part of the variance that the assumed effect adds"),
      effect: z.number().describe("Difference of means to be shown"),
      nullValue: z.number().default(0),
      oneSidedAlpha: z.number().gt(0).lt(0.5).default(0.025),
      power: z.number().gt(0).lt(1).default(0.9),
      allocationRatio: z.number().positive().default(1),
      plannedTotal: z.number().int().min(4).describe("Planned total of both arms"),
      minimum: z.number().int().min(4).optional().describe("Smallest total; absent: as planned (no reduction)"),
      maximum: z.number().int().min(4).describe("Largest total"),
      inflationFactor: z
        .number()
        .min(1)
        .default(1)
        .describe("Of the group sequential plan; 1 without interim analyses"),
    }),
  ]),
});

export type SampleSizeReestimationSpec = z.infer<typeof sampleSizeReestimationSpecSchema>;
export type SampleSizeReestimationSpecInput = z.input<typeof sampleSizeReestimationSpecSchema>;
export type UnblindedReestimation = Extract<SampleSizeReestimationSpec["approach"], { kind: "unblinded" }>;
export type BlindedReestimation = Extract<SampleSizeReestimationSpec["approach"], { kind: "blinded-variance" }>;
