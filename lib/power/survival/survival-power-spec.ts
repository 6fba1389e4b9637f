import { z } from "zod";
import type { PowerConvention } from "../power-report.ts";
import { severalValues } from "../several-values.ts";
import { twoArmShape } from "../two-arm-spec.ts";
import { survivalCourseShape } from "./survival-course-spec.ts";

export type SurvivalConvention = "schoenfeld" | "freedman" | "hsieh-freedman" | "lachin-foulkes";

export const SURVIVAL_CONVENTIONS: Readonly<Record<SurvivalConvention, PowerConvention>> = {
  schoenfeld: {
    id: "schoenfeld",
    name: "Schoenfeld's events",
    software: ["rpact (default)", "East", "gsDesign nEvents"],
    note: "Variance of the log hazard ratio from the allocation alone; the number of subjects follows from the expected share with the event.",
  },
  freedman: {
    id: "freedman",
    name: "Freedman's events",
    software: ["rpact (Freedman)", "nQuery", "PASS"],
    note: "Counts more events than Schoenfeld for equal arms and large effects, and depends on which arm is larger.",
  },
  "hsieh-freedman": {
    id: "hsieh-freedman",
    name: "Freedman's events with Hsieh's allocation",
    software: ["rpact (HsiehFreedman)"],
    note: "As Freedman for equal arms; for unequal arms the events grow as with Schoenfeld.",
  },
  "lachin-foulkes": {
    id: "lachin-foulkes",
    name: "Lachin and Foulkes",
    software: ["gsDesign nSurv", "East"],
    note: "Variances of the log hazard ratio from the events of each arm, under the null hypothesis and the alternative, for a study of this duration.",
  },
};

/** Log-rank test of two arms: events, subjects, power, hazard ratio, type I error, duration. */
export const survivalPowerSpecSchema = z.object({
  method: z.literal("survival"),
  solveFor: z
    .enum(["sample-size", "events", "power", "effect", "alpha", "duration"])
    .default("sample-size")
    .describe("The quantity to compute: subjects, events alone, power, hazard ratio, type I error, or study duration."),
  convention: z
    .enum(["schoenfeld", "freedman", "hsieh-freedman", "lachin-foulkes"])
    .default("schoenfeld")
    .describe("How events become power."),
  sides: twoArmShape.sides,
  bothTails: z
    .boolean()
    .default(false)
    .describe(
      "Whether a two-sided test counts rejections in the wrong direction as power; not with Lachin and Foulkes.",
    ),
  alpha: twoArmShape.alpha,
  power: twoArmShape.power,
  ratio: twoArmShape.ratio,
  ...survivalCourseShape,
  total: severalValues("subjects")
    .optional()
    .describe("Subjects of both arms together; given unless the sample size or the events are solved for."),
  events: severalValues("subjects")
    .optional()
    .describe("Events of both arms together, in place of subjects and their course; not with Lachin and Foulkes."),
  direction: z
    .enum(["less", "greater"])
    .default("less")
    .describe("Where a hazard ratio is sought when it is solved for: below or above its null value."),
  rounding: twoArmShape.rounding,
  combine: twoArmShape.combine,
});
export type SurvivalPowerSpec = z.infer<typeof survivalPowerSpecSchema>;
