import { z } from "zod";
import { adaptivePlanSchema } from "./adaptive-test.ts";
import { assumedEffectSchema } from "./expected-stage-scores.ts";
import { stageDataSchema } from "./stage-data.ts";

/** What is assumed about the stages to come: their sizes and an effect. */
export const stagesToComeSchema = z.object({
  sizes: z
    .array(z.number().positive())
    .min(1)
    .max(20)
    .describe("Patients of both arms (events for survival, information 1/SE² for estimates) of each remaining stage"),
  allocationRatio: z.number().positive().default(1).describe("Experimental patients for each control patient"),
  assumed: assumedEffectSchema.describe("Effect in the remaining stages"),
});

/** An analysis of a group sequential or adaptive trial at one of its looks. */
export const interimAnalysisSpecSchema = z.object({
  method: z.literal("interim-analysis"),
  ...adaptivePlanSchema.shape,
  data: stageDataSchema.describe("Results of the stages held so far"),
  nullValue: z.number().optional().describe("Effect under the null hypothesis; absent: 0, or a hazard ratio of 1"),
  benefit: z.enum(["larger", "smaller"]).default("larger").describe("Direction of benefit of the effect"),
  stagesToCome: stagesToComeSchema.optional().describe("For conditional power under an assumed effect"),
  timing: z
    .object({
      maximumInformation: z.number().positive(),
      final: z.boolean().default(false),
    })
    .optional()
    .describe("Planned maximum information, when bounds are to follow the information that was really there"),
});

export type InterimAnalysisSpec = z.infer<typeof interimAnalysisSpecSchema>;
export type InterimAnalysisSpecInput = z.input<typeof interimAnalysisSpecSchema>;
