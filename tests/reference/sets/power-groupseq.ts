import { z } from "zod";
import type { FutilityRule } from "../../../lib/design/futility-bound.ts";
import {
  boundsOfDesign,
  designGroupSequential,
  type GroupSequentialDesign,
} from "../../../lib/design/group-sequential-design.ts";
import { powerOfDesign } from "../../../lib/design/power-of-design.ts";
import type { SequentialOperation, SequentialSize } from "../../../lib/design/sequential-size.ts";
import {
  meanDifferenceAtBound,
  type SequentialMeans,
  sequentialPowerOfMeans,
  sequentialSizeOfMeans,
} from "../../../lib/design/sequential-size-means.ts";
import {
  experimentalRateAtBound,
  type SequentialRates,
  sequentialPowerOfRates,
  sequentialSizeOfRates,
} from "../../../lib/design/sequential-size-rates.ts";
import type { ReferenceSet } from "../runner/reference-set.ts";
import {
  alphaPerSide,
  boundaryOf,
  futilityRuleOf,
  inputOf,
  numbersSchema,
  rpactDesignSchema,
  rpactFutilitySchema,
  sidesOf,
} from "./gs-rpact.ts";

const designSchema = rpactDesignSchema.extend(rpactFutilitySchema.shape);

const inputSchema = z.discriminatedUnion("endpoint", [
  z.object({
    endpoint: z.literal("means"),
    design: designSchema,
    ratio_n1_n2: z.number().default(1),
    pars: z.object({ alternative: numbersSchema, stDev: z.number(), thetaH0: z.number().default(0) }),
    power_pars: z.object({ alternative: numbersSchema, maxN: z.number() }),
  }),
  z.object({
    endpoint: z.literal("rates"),
    design: designSchema,
    ratio_n1_n2: z.number().default(1),
    pars: z.object({ pi1: numbersSchema, pi2: z.number(), thetaH0: z.number().default(0) }),
    power_pars: z.object({ pi1: numbersSchema, maxN: z.number() }),
  }),
]);

/** One trial per alternative; the functions differ by endpoint. */
interface Plan {
  readonly sizes: readonly SequentialSize[];
  readonly powers: readonly SequentialOperation[];
  readonly effectAtBound: (alternative: number, z: number, total: number) => number | null;
}

export const powerGroupSequentialSet: ReferenceSet = {
  files: /^power_groupseq$/,
  tolerance: ({ expected }) => 1e-4 * Math.abs(expected),
  evaluate: (item) => {
    const input = inputOf(item, inputSchema);
    const design = designGroupSequential({
      oneSidedAlpha: alphaPerSide(input.design),
      power: 1 - input.design.beta,
      informationFractions: input.design.informationRates,
      efficacy: boundaryOf(input.design),
      futility: futilityOf(input.design),
      sides: sidesOf(input.design),
    });
    const { sizes, powers, effectAtBound } =
      input.endpoint === "means" ? planOfMeans(design, input) : planOfRates(design, input);
    const bounds = boundsOfDesign(design);
    const hasFutility = design.spec.futility.kind !== "none";
    const last = bounds.upper.length - 1;
    const first = sizes[0]!.underDesignEffect;
    const noFutilityStop =
      hasFutility || design.spec.sides === "symmetric-two-sided" ? null : crossingOfMinusSix(design);
    return {
      criticalValues: bounds.upper,
      futilityBounds: hasFutility
        ? (bounds.inner?.slice(0, last).map((bound) => (bound > 0 ? bound : null)) ?? bounds.lower.slice(0, last))
        : null,
      maxNumberOfSubjects: sizes.map(({ total }) => total),
      numberOfSubjects: design.looks.map((_, k) => sizes.map(({ totalPerStage }) => totalPerStage[k]!)),
      expectedN_H0: sizes.map(({ underNull }) => underNull.expectedTotal),
      expectedN_H01: sizes.map(({ underHalfEffect }) => underHalfEffect.expectedTotal),
      expectedN_H1: sizes.map(({ underDesignEffect }) => underDesignEffect.expectedTotal),
      rejectPerStage: first.rejectPerStage.map((probability) => [probability]),
      earlyStop: stopsBeforeTheEnd(first),
      critEffectScale:
        design.spec.sides === "symmetric-two-sided"
          ? []
          : bounds.upper.map((z, k) => sizes.map(({ totalPerStage }, i) => effectAtBound(i, z, totalPerStage[k]!))),
      power: {
        overallReject: powers.map(({ power }) => power),
        rejectPerStage: design.looks.map((_, k) => powers.map(({ rejectPerStage }) => rejectPerStage[k]!)),
        futilityStop: powers.map(
          ({ futilityPerStage }) => noFutilityStop ?? futilityPerStage.reduce((sum, each) => sum + each, 0),
        ),
        expectedN: powers.map(({ expectedTotal }) => expectedTotal),
        earlyStop: powers.map(({ earlyStop }) => earlyStop),
      },
    };
  },
};

/** rpact's early stop of a size counts the rejections that are power, in one direction. */
function stopsBeforeTheEnd({ rejectPerStage, futilityPerStage }: SequentialOperation): number {
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  return sum(rejectPerStage.slice(0, -1)) + sum(futilityPerStage);
}

type Input = z.infer<typeof inputSchema>;

function planOfMeans(design: GroupSequentialDesign, input: Input & { endpoint: "means" }): Plan {
  const means = (alternative: number): SequentialMeans => ({
    distance: alternative - input.pars.thetaH0,
    standardDeviation: input.pars.stDev,
    ratio: input.ratio_n1_n2,
    convention: "noncentral-t",
  });
  return {
    sizes: input.pars.alternative.map((alternative) => sequentialSizeOfMeans(design, means(alternative))),
    powers: input.power_pars.alternative.map((alternative) =>
      sequentialPowerOfMeans(design, means(alternative), input.power_pars.maxN),
    ),
    effectAtBound: (i, bound, total) =>
      input.pars.thetaH0 + meanDifferenceAtBound(means(input.pars.alternative[i]!), bound, total),
  };
}

function planOfRates(design: GroupSequentialDesign, input: Input & { endpoint: "rates" }): Plan {
  const rates = (experimentalRate: number): SequentialRates => ({
    experimentalRate,
    controlRate: input.pars.pi2,
    measure: "risk-difference",
    nullValue: input.pars.thetaH0,
    ratio: input.ratio_n1_n2,
    convention: "pooled",
  });
  return {
    sizes: input.pars.pi1.map((pi1) => sequentialSizeOfRates(design, rates(pi1))),
    powers: input.power_pars.pi1.map((pi1) => sequentialPowerOfRates(design, rates(pi1), input.power_pars.maxN, true)),
    effectAtBound: (i, bound, total) => {
      const rate = experimentalRateAtBound(rates(input.pars.pi1[i]!), bound, total);
      return rate === null ? null : rate - input.pars.pi2;
    },
  };
}

/** rpact writes "no futility bound" as a bound at −6 and reports its crossing probability without drift. */
function crossingOfMinusSix(design: GroupSequentialDesign): number {
  const bounds = boundsOfDesign(design);
  const last = bounds.upper.length - 1;
  const lower = bounds.lower.map((bound, k) => (k === last ? bound : -6));
  return powerOfDesign({ ...bounds, lower }, 0)
    .futility.slice(0, last)
    .reduce((sum, each) => sum + each, 0);
}

function futilityOf(design: z.infer<typeof designSchema>): FutilityRule {
  const rule = futilityRuleOf(design);
  // Sizes and powers of rpact count crossings of −6, its "no bound".
  return rule.kind === "z-scale" ? { ...rule, values: rule.values.map((value) => value ?? -6) } : rule;
}
