import { z } from "zod";

const path = z.string().min(1);

/** A data file with its mapping, and the file with one row a patient (e.g. ADSL) that is joined to it. */
const sourceSchema = z.object({ file: path, mapping: path, subjects: path.optional() });

/** Which files a dossier is made of; paths are relative to the plan's own folder. */
export const dossierPlanSchema = z.object({
  format: z.literal("understudy-dossier-plan/1"),
  study: path,
  historical: sourceSchema,
  enrolled: sourceSchema,
  model: path,
  twins: path,
  sizing: path,
  /** Result of `understudy simulate`. */
  simulation: path,
  /** Result of `understudy analyse` on the enrolled data set. */
  analyses: path.optional(),
  /** Specifications that `understudy calculate` takes; calculated again for the dossier. */
  calculations: z.array(z.object({ name: z.string().min(1).max(120), spec: path })).default([]),
  /** Printed as responsible persons; the first one is the author. */
  persons: z
    .array(z.object({ name: z.string().min(1), role: z.enum(["sponsor", "statistician", "regulatory", "admin"]) }))
    .default([]),
});
export type DossierPlan = z.infer<typeof dossierPlanSchema>;
