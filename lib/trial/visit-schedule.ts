import { z } from "zod";

/** A planned post-baseline visit; days are counted from time zero (randomisation or first dose = day 0). */
export const plannedVisitSchema = z
  .object({
    id: z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/, "letters, digits and _; starts with a letter; at most 40"),
    label: z.string().min(1).max(60),
    targetDay: z.number(),
    /** First and last day on which a measurement may count for this visit, both included. */
    windowFrom: z.number(),
    windowTo: z.number(),
  })
  .refine((visit) => visit.windowFrom <= visit.targetDay && visit.targetDay <= visit.windowTo, {
    error: "targetDay must lie inside [windowFrom, windowTo]",
  });

export type PlannedVisit = z.infer<typeof plannedVisitSchema>;
