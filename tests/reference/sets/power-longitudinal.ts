import { z } from "zod";
import { computePower } from "../../../lib/power/compute-power.ts";
import { type PowerReport, reportNumber } from "../../../lib/power/power-report.ts";
import { type PowerSpecInput, powerSpecSchema } from "../../../lib/power/power-spec.ts";
import { issueSentence } from "../runner/reference-file.ts";
import type { ReferenceSet } from "../runner/reference-set.ts";
import { UnknownCaseError } from "../runner/unknown-case-error.ts";

const sided = z.union([z.literal(1), z.literal(2)]).default(2);

const mmrmSchema = z.looseObject({
  method: z.string().regex(/^power\.mmrm/),
  R: z.array(z.array(z.number())),
  retention: z.array(z.number()),
  sigma: z.number(),
  lambda_na_over_nb: z.number().default(1),
  delta: z.number(),
  alpha: z.number(),
  sided,
  power: z.number(),
  N_for_power: z.number().optional(),
});

const slopeSchema = z.looseObject({
  t: z.array(z.number()),
  delta: z.number(),
  sigma2: z.number(),
  rho_exchangeable: z.number(),
  alpha: z.number(),
  sided,
  power: z.number(),
  lambda: z.number().default(1),
  edland: z.looseObject({
    sig2_s: z.number(),
    sig2_int: z.number().default(0),
    cov_b0b1: z.number().default(0),
    sig2_e: z.number(),
    p: z.array(z.number()).optional(),
  }),
});

function report(spec: PowerSpecInput): PowerReport {
  return computePower(powerSpecSchema.parse(spec));
}

export const powerLongitudinalSet: ReferenceSet = {
  files: /^power_longitudinal$/,
  tolerance: ({ expected }) => 1e-6 * Math.abs(expected),
  evaluate: ({ input }) => {
    const mmrm = mmrmSchema.safeParse(input);
    if (mmrm.success) {
      const {
        R,
        retention,
        sigma,
        lambda_na_over_nb: ratio,
        delta,
        alpha,
        sided: sides,
        power,
        N_for_power,
      } = mmrm.data;
      const plan = {
        method: "repeated-measures",
        structure: "matrix",
        correlation: R,
        retention,
        standardDeviation: sigma,
        effect: delta,
        alpha,
        sides,
        ratio,
      } as const;
      const total = reportNumber(report({ ...plan, power }), "unrounded")!;
      const at = N_for_power === undefined ? null : report({ ...plan, solveFor: "power", total: N_for_power });
      return {
        n1: (total * ratio) / (1 + ratio),
        n2: total / (1 + ratio),
        [`power_at_N${N_for_power}`]: at === null ? null : reportNumber(at, "answer"),
      };
    }
    const slope = slopeSchema.safeParse(input);
    if (!slope.success) throw new UnknownCaseError(`neither an MMRM (${issueSentence(mmrm.error)}) nor slopes`);
    const { t: times, delta: effect, sigma2, rho_exchangeable: rho, alpha, sided: sides, power, edland } = slope.data;
    const common = { method: "slopes", times, effect, alpha, sides, power } as const;
    const exchangeable = report({ ...common, covariance: "exchangeable", variance: sigma2, rho });
    const total = reportNumber(exchangeable, "unrounded")!;
    const ratio = slope.data.lambda;
    const random = report({
      ...common,
      ratio,
      covariance: "random-coefficients",
      slopeVariance: edland.sig2_s,
      interceptVariance: edland.sig2_int,
      interceptSlopeCovariance: edland.cov_b0b1,
      residualVariance: edland.sig2_e,
      lastVisit: edland.p,
    });
    const edlandTotal = reportNumber(random, "unrounded")!;
    return {
      diggle_n_per_group: total / 2,
      liu_liang_N: total,
      edland_N: edlandTotal,
      edland_n: [(edlandTotal * ratio) / (1 + ratio), edlandTotal / (1 + ratio)],
    };
  },
};
