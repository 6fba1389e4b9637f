import { z } from "zod";
import type { FutilityRule } from "../../../lib/design/futility-bound.ts";
import { startFutilitySpending } from "../../../lib/design/futility-bound.ts";
import {
  boundsOfDesign,
  designGroupSequential,
  type GroupSequentialSpec,
} from "../../../lib/design/group-sequential-design.ts";
import { powerOfDesign } from "../../../lib/design/power-of-design.ts";
import { cumulativeSpend, type ErrorSpending } from "../../../lib/design/spending-function.ts";
import type { ReferenceSet } from "../runner/reference-set.ts";
import { UnknownCaseError } from "../runner/unknown-case-error.ts";
import { inputOf, numbersSchema } from "./gs-rpact.ts";

const inputSchema = z.object({
  k: z.number().int(),
  test_type: z.number().int().min(1).max(6),
  alpha: z.number(),
  beta: z.number(),
  astar: z.number(),
  timing: numbersSchema,
  sfu: z.string(),
  sfl: z.string().nullable(),
  sfupar: z.number().nullish(),
  sflpar: z.number().nullish(),
  n_fix: z.number(),
  theta: numbersSchema,
});

type Input = z.infer<typeof inputSchema>;

/** Name of a spending function with its parameter; a trailing number in the name ("m" its minus sign) stands for it. */
function spendingOf(code: string, parameter: number | null | undefined): ErrorSpending {
  const [, family, written] = /^(LDOF|LDP|Exp|Pow|HSD)(m?[0-9.]*)$/.exec(code) ?? [];
  const value = parameter ?? (written ? Number(written.replace("m", "-")) : Number.NaN);
  switch (family) {
    case "LDOF":
      return { family: "lan-demets-obrien-fleming" };
    case "LDP":
      return { family: "lan-demets-pocock" };
    case "Exp":
      return { family: "exponential", nu: value };
    case "Pow":
      return { family: "kim-demets", rho: value };
    case "HSD":
      return { family: "hwang-shih-decani", gamma: value };
    default:
      throw new UnknownCaseError(`unknown spending function ${code}`);
  }
}

/** gsDesign's test.type: 3, 4 spend beta, 5, 6 spend astar under H0; odd ones are binding. */
function futilityOf({ test_type, sfl, sflpar, alpha, astar }: Input): FutilityRule {
  if (test_type <= 2) return { kind: "none" };
  if (sfl === null) throw new UnknownCaseError(`test type ${test_type} without lower spending function`);
  const binding = test_type % 2 === 1;
  const spending = spendingOf(sfl, sflpar);
  return test_type <= 4
    ? { kind: "beta-spending", spending, binding }
    : { kind: "null-spending", spending, total: astar === 0 ? 1 - alpha : astar, binding };
}

const increments = (cumulative: readonly number[]) => cumulative.map((value, k) => value - (cumulative[k - 1] ?? 0));

/** gsDesign: bounds, spending, sizes relative to n.fix, crossing probabilities of both bounds at several effects. */
export const gsDesignSet: ReferenceSet = {
  files: /^gs_gsdesign/,
  tolerance: ({ path, expected }) => (/^(n_I|en|delta)/.test(path) ? 1e-5 * Math.abs(expected) : 1e-5),
  evaluate: (item) => {
    const input = inputOf(item, inputSchema);
    const spec: GroupSequentialSpec = {
      oneSidedAlpha: input.alpha,
      power: 1 - input.beta,
      informationFractions: input.timing,
      efficacy: spendingOf(input.sfu, input.sfupar),
      futility: futilityOf(input),
      sides: input.test_type === 2 ? "symmetric-two-sided" : "one-sided",
    };
    const design = designGroupSequential(spec);
    const bounds = boundsOfDesign(design);
    const maximum = design.inflationFactor * input.n_fix;
    const delta = design.fixedDrift / Math.sqrt(input.n_fix);
    const lower = lowerBounds(spec, bounds, design.drift);
    const truths = input.theta.map((theta) =>
      powerOfDesign(lower === null ? bounds : { ...bounds, lower }, theta * Math.sqrt(maximum)),
    );
    const upperSpend = increments(cumulativeSpend(spendingOf(input.sfu, input.sfupar), input.alpha, input.timing));
    const rows = (values: (truth: (typeof truths)[number]) => readonly number[]) =>
      input.timing.map((_, k) => truths.map((truth) => values(truth)[k]!));
    return {
      upper: bounds.upper,
      lower,
      upper_spend: upperSpend,
      lower_spend: lowerSpend(spec, upperSpend),
      n_I: input.timing.map((fraction) => fraction * maximum),
      delta,
      en: truths.map((truth) => truth.expectedInformationFraction * maximum),
      upper_prob: rows((truth) => truth.efficacy),
      lower_prob: lower === null ? null : rows((truth) => truth.futility),
    };
  },
};

/** Lower bounds with the last one, which spending under H0 leaves below the efficacy bound. */
function lowerBounds(
  spec: GroupSequentialSpec,
  bounds: ReturnType<typeof boundsOfDesign>,
  drift: number,
): number[] | null {
  const { futility } = spec;
  switch (futility.kind) {
    case "none":
      return spec.sides === "symmetric-two-sided" ? [...bounds.lower] : null;
    case "null-spending": {
      const spender = startFutilitySpending(spec.informationFractions, futility.spending, futility.total, 0);
      return bounds.upper.map((upper, k) => spender.lowerBound(k, upper));
    }
    default:
      return drift === 0 ? null : [...bounds.lower];
  }
}

function lowerSpend(spec: GroupSequentialSpec, upperSpend: readonly number[]): readonly number[] | null {
  const { futility } = spec;
  switch (futility.kind) {
    case "none":
      return spec.sides === "symmetric-two-sided" ? upperSpend : null;
    case "beta-spending":
      return increments(cumulativeSpend(futility.spending, 1 - spec.power, spec.informationFractions));
    case "null-spending":
      return increments(cumulativeSpend(futility.spending, futility.total, spec.informationFractions));
    default:
      throw new UnknownCaseError(`no spending for ${futility.kind}`);
  }
}
