import { z } from "zod";
import { ancovaSpecSchema } from "./means/ancova-plan.ts";
import { equivalenceMeansSpecSchema } from "./means/equivalence.ts";
import { oneMeanSpecSchema } from "./means/one-mean.ts";
import { twoMeansSpecSchema } from "./means/two-means.ts";
import { welchSpecSchema } from "./means/welch.ts";
import { wilcoxonSpecSchema } from "./means/wilcoxon.ts";

/** A calculation of power, size, detectable effect or type I error; `method` says which. */
export const powerSpecSchema = z.discriminatedUnion("method", [
  oneMeanSpecSchema,
  twoMeansSpecSchema,
  welchSpecSchema,
  equivalenceMeansSpecSchema,
  ancovaSpecSchema,
  wilcoxonSpecSchema,
]);

export type PowerSpec = z.infer<typeof powerSpecSchema>;
/** The same before defaults are filled in. */
export type PowerSpecInput = z.input<typeof powerSpecSchema>;
