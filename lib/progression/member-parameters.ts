import { z } from "zod";
import { baselineAncovaParametersSchema } from "./baseline-ancova/baseline-ancova-parameters.ts";
import { discreteTransitionParametersSchema } from "./discrete-transition/discrete-transition-parameters.ts";
import { diseaseCourseParametersSchema } from "./disease-course/disease-course-parameters.ts";
import { gaussianJointParametersSchema } from "./gaussian-joint/gaussian-joint-parameters.ts";
import { mixedEffectsParametersSchema } from "./mixed-effects/mixed-effects-parameters.ts";
import { neuralBoltzmannParametersSchema } from "./neural-boltzmann/neural-boltzmann-parameters.ts";
import {
  boostedTransitionParametersSchema,
  ridgeTransitionParametersSchema,
} from "./transition/transition-parameters.ts";

/** Parameter document of any member. Kept apart from the members, so that reading a document loads no training code. */
export const memberParametersSchema = z.discriminatedUnion("kind", [
  gaussianJointParametersSchema,
  mixedEffectsParametersSchema,
  ridgeTransitionParametersSchema,
  boostedTransitionParametersSchema,
  diseaseCourseParametersSchema,
  neuralBoltzmannParametersSchema,
  baselineAncovaParametersSchema,
  discreteTransitionParametersSchema,
]);
export type MemberParameters = z.infer<typeof memberParametersSchema>;
export type MemberId = MemberParameters["kind"];
/** Kinds in the order of the union. */
export const memberIds: readonly MemberId[] = memberParametersSchema.options.map((option) => option.shape.kind.value);
export const memberIdSchema = z.enum(memberIds as readonly [MemberId, ...MemberId[]]);
