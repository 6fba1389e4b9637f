import { z } from "zod";
import { severalValues } from "../power/several-values.ts";
import { survivalCourseShape } from "../power/survival/survival-course-spec.ts";
import { sequentialQuestionShape } from "./sequential-size-spec.ts";

/** A group sequential trial with a log-rank test, with everything a user can choose. */
export const survivalDesignSpecSchema = z.object({
  method: z.literal("group-sequential-survival"),
  solveFor: z
    .enum(["sample-size", "power", "effect", "alpha", "duration"])
    .default("sample-size")
    .describe("Events and subjects for the power of the design; or power, hazard ratio, type I error or duration."),
  ...sequentialQuestionShape,
  informationFractions: sequentialQuestionShape.informationFractions.describe(
    "Events at each analysis divided by the events at the final analysis; increasing, the last is 1",
  ),
  convention: z
    .enum(["schoenfeld", "freedman", "hsieh-freedman", "lachin-foulkes"])
    .default("schoenfeld")
    .describe("How events become power."),
  ...survivalCourseShape,
  total: severalValues("subjects")
    .optional()
    .describe("Most subjects, both arms together; or give events. Only when something else is solved for."),
  events: severalValues("subjects")
    .optional()
    .describe("Most events, both arms together, in place of total; not when the duration is solved for."),
  direction: z
    .enum(["less", "greater"])
    .default("less")
    .describe("Where a hazard ratio is sought when it is solved for: below or above its null value."),
});

export type SurvivalDesignSpec = z.infer<typeof survivalDesignSpecSchema>;
