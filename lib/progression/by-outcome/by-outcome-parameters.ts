import { z } from "zod";
import { discreteTransitionParametersSchema } from "../discrete-transition/discrete-transition-parameters.ts";
import { gaussianJointParametersSchema } from "../gaussian-joint/gaussian-joint-parameters.ts";
import { stackParametersSchema } from "../stack/stack-parameters.ts";

/**
 * What makes the twins where some endpoints are discrete: continuous endpoints and discrete ones apart, independent given baseline.
 */
export const byOutcomeParametersSchema = z.object({
  kind: z.literal("by-outcome"),
  /** Of the continuous endpoints, in the order of the model; null where there is none. Its features are the model's, in their order. */
  continuous: z.discriminatedUnion("kind", [gaussianJointParametersSchema, stackParametersSchema]).nullable(),
  /** Of the binary, ordinal and count endpoints, in the order of the model. */
  discrete: discreteTransitionParametersSchema,
  /** Members that were asked for and are not used, each with the sentence that says why. */
  leftOut: z.array(z.object({ member: z.string(), reason: z.string() })),
});
export type ByOutcomeParameters = z.infer<typeof byOutcomeParametersSchema>;
