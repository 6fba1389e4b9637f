import { z } from "zod";
import { computePower } from "../../../lib/power/compute-power.ts";
import { reportNumber } from "../../../lib/power/power-report.ts";
import { type PowerSpecInput, powerSpecSchema } from "../../../lib/power/power-spec.ts";
import type { ReferenceSet } from "../runner/reference-set.ts";
import { UnknownCaseError } from "../runner/unknown-case-error.ts";

const inputSchema = z.looseObject({
  kind: z.string(),
  pi1: z.number(),
  pi2: z.number().default(Number.NaN),
  alpha: z.number(),
  sided: z.union([z.literal(1), z.literal(2)]).default(1),
  power: z.number().optional(),
  ratio_n1_n2: z.number().default(1),
  thetaH0: z.number().optional(),
  n1: z.number().optional(),
  n2: z.number().optional(),
});

function answer(spec: PowerSpecInput, key: string): number | null {
  return reportNumber(computePower(powerSpecSchema.parse(spec)), key);
}

export const powerRatesSet: ReferenceSet = {
  files: /^power_rates$/,
  tolerance: ({ path, expected }) => (/^(fisher_exact|z_)/.test(path) ? 1e-10 : 1e-6 * Math.abs(expected)),
  evaluate: ({ input }) => {
    const {
      kind,
      pi1,
      pi2,
      alpha,
      sided: sides,
      power,
      ratio_n1_n2: ratio,
      thetaH0,
      n1,
      n2,
    } = inputSchema.parse(input);
    const two = { method: "two-rates", alpha, sides, power, ratio, experimentalRate: pi1, controlRate: pi2 } as const;
    const arms = (total: number) => [(total * ratio) / (1 + ratio), total / (1 + ratio)] as const;
    if (kind === "two proportions superiority") {
      const total = answer(two, "unrounded")!;
      const [first, second] = arms(total);
      return {
        n_rpact_unrounded: total,
        n1: first,
        n2: second,
        gsDesign_nBinomial_n1: first,
        gsDesign_nBinomial_n2: second,
        // power.prop.test knows equal arms only.
        power_prop_test_n_per_group: ratio === 1 ? total / 2 : null,
      };
    }
    if (kind.startsWith("non-inferiority risk difference")) {
      const total = answer({ ...two, nullValue: thetaH0 }, "unrounded")!;
      const [first, second] = arms(total);
      return { n_rpact_unrounded: total, gsDesign_n1: first, gsDesign_n2: second };
    }
    if (kind.startsWith("risk ratio") || kind.startsWith("non-inferiority risk ratio"))
      return {
        n_rpact_unrounded: answer({ ...two, measure: "risk-ratio", nullValue: thetaH0 }, "unrounded"),
      };
    if (kind.startsWith("one-sample proportion normal"))
      return {
        n_rpact_unrounded: answer(
          { method: "one-rate", alpha, sides, power, rate: pi1, nullValue: thetaH0! },
          "unrounded",
        ),
      };
    if (kind.startsWith("one-sample proportion exact"))
      return {
        n_rpact: answer(
          {
            method: "one-rate",
            alpha,
            sides,
            power,
            rate: pi1,
            nullValue: thetaH0!,
            convention: "exact-binomial",
            exactSize: "first",
          },
          "subjects",
        ),
      };
    if (kind.startsWith("exact unconditional power by enumeration")) {
      const exact = {
        method: "exact-rates",
        solveFor: "power",
        alpha,
        sides,
        experimentalRate: pi1,
        controlRate: pi2,
        experimental: n1!,
        control: n2!,
        alternative: kind.includes("pi1<pi2") ? "less" : "greater",
      } as const;
      return {
        fisher_exact: answer({ ...exact, convention: "fisher" }, "answer"),
        z_pooled: answer({ ...exact, convention: "z-pooled" }, "answer"),
        z_unpooled: answer({ ...exact, convention: "z-unpooled" }, "answer"),
      };
    }
    throw new UnknownCaseError(kind);
  },
};
