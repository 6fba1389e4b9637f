import { z } from "zod";
import { computePower } from "../../../lib/power/compute-power.ts";
import { reportNumber } from "../../../lib/power/power-report.ts";
import { type PowerSpecInput, powerSpecSchema } from "../../../lib/power/power-spec.ts";
import type { ReferenceSet } from "../runner/reference-set.ts";
import { UnknownCaseError } from "../runner/unknown-case-error.ts";

const inputSchema = z.looseObject({
  kind: z.string(),
  delta: z.number(),
  sd: z.number(),
  alpha: z.number(),
  sided: z.union([z.literal(1), z.literal(2)]),
  R2: z.number().default(0),
  margin_thetaH0: z.number().default(0),
  power: z.number().optional(),
  target_power: z.number().optional(),
  ratio_n1_n2: z.number().default(1),
  n1: z.number().optional(),
  n2: z.number().optional(),
  power_at: z.object({ n1: z.number(), n2: z.number() }).optional(),
});

/** One number of the report of a specification. */
function answer(spec: PowerSpecInput, key: string): number | null {
  return reportNumber(computePower(powerSpecSchema.parse(spec)), key);
}

export const powerMeansSet: ReferenceSet = {
  files: /^power_means$/,
  tolerance: ({ path, expected }) => (/^power(_at_n)?$|^ncp$/.test(path) ? 1e-8 : 1e-6 * Math.abs(expected)),
  evaluate: ({ input }) => {
    const given = inputSchema.parse(input);
    const { kind, delta, sd, alpha, sided: sides, ratio_n1_n2: ratio } = given;
    const common = { alpha, sides, effect: delta, nullValue: given.margin_thetaH0, standardDeviation: sd };
    const target = given.power ?? given.target_power;
    if (kind === "one-sample t")
      return { n_t_unrounded: answer({ method: "one-mean", ...common, power: target }, "unrounded") };
    if (kind === "two-sample t" || kind === "non-inferiority two-sample t") {
      const plan = { method: "two-means", ...common } as const;
      const total = answer({ ...plan, power: target, ratio }, "unrounded")!;
      const bothTails = { ...plan, convention: "noncentral-t-both-tails" } as const;
      return {
        n_t_unrounded: total,
        n1_t: (total * ratio) / (1 + ratio),
        n2_t: total / (1 + ratio),
        n_normal_unrounded: answer({ ...plan, power: target, ratio, convention: "normal" }, "unrounded"),
        // power.t.test knows equal arms only.
        power_t_test: ratio === 1 ? answer({ ...bothTails, power: target }, "unrounded")! / 2 : null,
        power_at_n:
          given.power_at === undefined
            ? null
            : answer(
                {
                  ...bothTails,
                  solveFor: "power",
                  experimental: given.power_at.n1,
                  control: given.power_at.n2,
                },
                "answer",
              ),
      };
    }
    if (kind.startsWith("ANCOVA one covariate")) {
      const plan = {
        method: "ancova",
        ...common,
        rSquared: given.R2,
        covariates: 1,
        convention: "noncentral-t-both-tails",
      } as const;
      const sizes = { experimental: given.n1!, control: given.n2! };
      return {
        power: answer({ ...plan, solveFor: "power", ...sizes }, "answer"),
        ncp: answer({ ...plan, solveFor: "power", ...sizes }, "noncentrality"),
        n_total_unrounded_for_target: answer({ ...plan, power: target, ratio }, "unrounded"),
      };
    }
    throw new UnknownCaseError(kind);
  },
};
