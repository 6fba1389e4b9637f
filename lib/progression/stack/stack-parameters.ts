import { z } from "zod";
import { baselineFeatureSchema } from "../baseline-feature.ts";
import { memberParametersSchema } from "../member-parameters.ts";

/** Members, their weights and the calibration of their mixture; outcomes in the order e·V + v. */
export const stackParametersSchema = z.object({
  kind: z.literal("stack"),
  /** Features that every member was trained on, in order. */
  features: z.array(baselineFeatureSchema),
  members: z.array(memberParametersSchema),
  /** [E][members] convex weights of each endpoint, shared by its visits. */
  weights: z.array(z.array(z.number().min(0).max(1))),
  /** [E·V] factor on the SD of the mixture: root mean square of the inner folds' residuals in SDs of the mixture. */
  deviationScale: z.array(z.number().positive()),
  /** [E·V][level of BAND_LEVELS] conformal half width of the band in SDs of the mixture. */
  bandMultipliers: z.array(z.array(z.number())),
  /** Inner folds that weights and calibration were learnt from. */
  innerFolds: z.number().int(),
  /** Members that were asked for and could not be trained, each with the sentence that says why. */
  leftOut: z.array(z.object({ member: z.string(), reason: z.string() })),
});
export type StackParameters = z.infer<typeof stackParametersSchema>;
