import { z } from "zod";
import { survivalCourseShape } from "../power/survival/survival-course-spec.ts";
import { designSpecSchema } from "./design-spec.ts";

/** A group sequential trial with a log-rank test, with everything a user can choose. One value in every field. */
export const survivalDesignSpecSchema = z.object({
  method: z.literal("group-sequential-survival"),
  oneSidedAlpha: designSpecSchema.shape.oneSidedAlpha,
  sides: designSpecSchema.shape.sides,
  power: designSpecSchema.shape.power,
  powerCounts: designSpecSchema.shape.powerCounts,
  informationFractions: designSpecSchema.shape.informationFractions.describe(
    "Events at each analysis divided by the events at the final analysis; increasing, the last is 1",
  ),
  efficacy: designSpecSchema.shape.efficacy,
  efficacyLooks: designSpecSchema.shape.efficacyLooks,
  futility: designSpecSchema.shape.futility,
  convention: z
    .enum(["schoenfeld", "freedman", "hsieh-freedman", "lachin-foulkes"])
    .default("schoenfeld")
    .describe("How events become power."),
  hazardRatio: z.number().positive().describe("Hazard ratio experimental : control for which the trial has its power."),
  nullHazardRatio: z.number().positive().default(1).describe("Hazard ratio under the null hypothesis, or the margin."),
  ratio: z.number().positive().default(1).describe("Allocation experimental : control, as one number."),
  controlMedian: z
    .number()
    .positive()
    .optional()
    .describe("Median time to event in the control arm (exponential); not beside controlHazard."),
  controlHazard: survivalCourseShape.controlHazard,
  accrualDuration: z.number().positive().optional().describe("Time of entry at a constant rate; not beside accrual."),
  accrual: survivalCourseShape.accrual,
  followUp: z.number().min(0).describe("Time from the last entry to the final analysis."),
  dropout: z.number().min(0).lt(1).optional().describe("Share of subjects lost by dropoutTime; 0 if not given."),
  dropoutExperimental: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .describe("The same in the experimental arm; as dropout if not given."),
  dropoutTime: z.number().positive().optional().describe("Time by which that share is lost; 12 if not given."),
  timeUnit: survivalCourseShape.timeUnit,
});

export type SurvivalDesignSpec = z.infer<typeof survivalDesignSpecSchema>;
