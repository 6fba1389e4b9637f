import { z } from "zod";
import { twoCountsSpecSchema } from "./counts/two-counts.ts";
import { mmrmPlanSpecSchema } from "./longitudinal/mmrm-plan.ts";
import { slopePlanSpecSchema } from "./longitudinal/slope-plan.ts";
import { ancovaSpecSchema } from "./means/ancova-plan.ts";
import { equivalenceMeansSpecSchema } from "./means/equivalence.ts";
import { oneMeanSpecSchema } from "./means/one-mean.ts";
import { twoMeansSpecSchema } from "./means/two-means.ts";
import { welchSpecSchema } from "./means/welch.ts";
import { wilcoxonSpecSchema } from "./means/wilcoxon.ts";
import { equivalenceRatesSpecSchema } from "./rates/equivalence-rates.ts";
import { exactRatesSpecSchema } from "./rates/exact-rates.ts";
import { oneRateSpecSchema } from "./rates/one-rate.ts";
import { twoRatesSpecSchema } from "./rates/two-rates.ts";

/** A calculation of power, size, detectable effect or type I error; `method` says which. */
export const powerSpecSchema = z.discriminatedUnion("method", [
  oneMeanSpecSchema,
  twoMeansSpecSchema,
  welchSpecSchema,
  equivalenceMeansSpecSchema,
  ancovaSpecSchema,
  wilcoxonSpecSchema,
  oneRateSpecSchema,
  twoRatesSpecSchema,
  exactRatesSpecSchema,
  equivalenceRatesSpecSchema,
  twoCountsSpecSchema,
  mmrmPlanSpecSchema,
  slopePlanSpecSchema,
]);

export type PowerSpec = z.infer<typeof powerSpecSchema>;
/** The same before defaults are filled in. */
export type PowerSpecInput = z.input<typeof powerSpecSchema>;
