import { z } from "zod";
import { conditionalPower, conditionalPowerAtFinal, shiftedBounds } from "../../../lib/design/conditional-power.ts";
import { predictivePower, predictivePowerAtFinal } from "../../../lib/design/predictive-power.ts";
import type { ReferenceSet } from "../runner/reference-set.ts";
import { inputOf, numbersSchema } from "./gs-rpact.ts";

const inputSchema = z.object({
  n_I: numbersSchema,
  upper: numbersSchema,
  lower: numbersSchema.nullable(),
  interim: z.number().int(),
  z: z.number(),
  theta: numbersSchema,
  delta: z.number(),
  prior_mean: z.number().nullish(),
  prior_sd: z.number().nullish(),
});

/**
 * gsDesign's gsCP and gsPP. The prior of the predictive power, when the inputs do not state it, is the one of the
 * reference: normal with mean and standard deviation of half the design effect.
 */
export const conditionalPowerSet: ReferenceSet = {
  files: /^gs_conditional_power/,
  tolerance: ({ path }) => (/predictive_prob_normal_prior\.value/.test(path) ? 1e-3 : 1e-6),
  evaluate: (item) => {
    const input = inputOf(item, inputSchema);
    const maximum = input.n_I.at(-1)!;
    const root = Math.sqrt(maximum);
    const fractions = input.n_I.map((n, k) => (k === input.n_I.length - 1 ? 1 : n / maximum));
    const interim = { z: input.z, informationFraction: fractions[input.interim - 1]! };
    const remaining = {
      informationFractions: fractions.slice(input.interim),
      upper: input.upper.slice(input.interim),
      lower: (input.lower ?? input.upper.map(() => -Infinity)).slice(input.interim),
    };
    const finalBound = input.upper.at(-1)!;
    const powers = input.theta.map((theta) => conditionalPower(interim, remaining, theta * root));
    const prior = { mean: input.prior_mean ?? input.delta / 2, sd: input.prior_sd ?? input.delta / 2 };
    const belief = { kind: "normal" as const, mean: prior.mean * root, standardDeviation: prior.sd * root };
    return {
      conditional_power_all_remaining: powers.map((power) => power.total),
      conditional_power_per_remaining_stage: remaining.upper.map((_, k) => powers.map((power) => power.perAnalysis[k])),
      remaining_upper: shiftedBounds(interim, remaining).upper,
      conditional_power_final_only: input.theta.map((theta) =>
        conditionalPowerAtFinal(interim, finalBound, theta * root),
      ),
      predictive_prob_normal_prior: {
        prior_mean: prior.mean,
        prior_sd: prior.sd,
        value: predictivePower(interim, remaining, belief).perAnalysis.map((power) => [power]),
        final_only: predictivePowerAtFinal(interim, finalBound, belief),
        flat_prior_final_only: predictivePowerAtFinal(interim, finalBound, { kind: "flat" }),
      },
    };
  },
};
