import { z } from "zod";
import type { EfficacyBoundary } from "../../../lib/design/efficacy-bound.ts";
import type { FutilityRule } from "../../../lib/design/futility-bound.ts";
import type { ErrorSpending } from "../../../lib/design/spending-function.ts";
import type { ReferenceCase } from "../runner/reference-file.ts";
import { UnknownCaseError } from "../runner/unknown-case-error.ts";

/** A vector of one may stand as a scalar. */
export const numbersSchema = z.union([z.number().transform((value) => [value]), z.array(z.number())]);

/** rpact's arguments that say how the efficacy bounds are made. */
export const rpactDesignSchema = z.object({
  kMax: z.number().int(),
  alpha: z.number(),
  sided: z.union([z.literal(1), z.literal(2)]).default(1),
  typeOfDesign: z.string(),
  informationRates: numbersSchema,
  gammaA: z.number().nullish(),
  deltaWT: z.number().nullish(),
  deltaPT1: z.number().nullish(),
  deltaPT0: z.number().nullish(),
  constantBoundsHP: z.number().nullish(),
  userAlphaSpending: numbersSchema.nullish(),
});

export type RpactDesign = z.infer<typeof rpactDesignSchema>;

/** Input of a case in the shape of its schema; a case that does not fit is of an unknown kind. */
export function inputOf<T>(item: ReferenceCase, schema: z.ZodType<T>): T {
  return schema.parse(item.input);
}

/** rpact states the total error of a two-sided test. */
export const alphaPerSide = (design: Pick<RpactDesign, "alpha" | "sided">): number => design.alpha / design.sided;

/** Sidedness in our words. */
export const sidesOf = ({ sided }: Pick<RpactDesign, "sided">) =>
  sided === 2 ? ("symmetric-two-sided" as const) : ("one-sided" as const);

/** rpact's typeOfDesign in our terms. */
export function boundaryOf(design: RpactDesign): EfficacyBoundary {
  switch (design.typeOfDesign) {
    case "OF":
      return { family: "obrien-fleming" };
    case "P":
      return { family: "pocock" };
    case "PT":
      return { family: "wang-tsiatis", shape: wanted(design.deltaPT1, "deltaPT1") };
    case "WT":
      return { family: "wang-tsiatis", shape: wanted(design.deltaWT, "deltaWT") };
    case "HP":
      return { family: "haybittle-peto", interimBound: design.constantBoundsHP ?? 3 };
    case "noEarlyEfficacy":
      return { family: "final-only" };
    case "asUser": {
      return userDefinedSpending(design.informationRates, wanted(design.userAlphaSpending, "userAlphaSpending"));
    }
    default:
      return spendingOf(design.typeOfDesign, design.gammaA);
  }
}

/** rpact's alpha (as…) and beta (bs…) spending codes in our terms. */
export function spendingOf(code: string, parameter: number | null | undefined): ErrorSpending {
  switch (/^[ab]s(.*)$/.exec(code)?.[1]) {
    case "OF":
      return { family: "lan-demets-obrien-fleming" };
    case "P":
      return { family: "lan-demets-pocock" };
    case "HSD":
      return { family: "hwang-shih-decani", gamma: wanted(parameter, "gamma") };
    case "KD":
      return { family: "kim-demets", rho: wanted(parameter, "gamma") };
    default:
      throw new UnknownCaseError(`unknown spending function ${code}`);
  }
}

/** Cumulative error by analysis as rpact states it, the last being all of it. */
function userDefinedSpending(informationRates: readonly number[], spent: readonly number[]): ErrorSpending {
  const total = spent.at(-1)!;
  const points = informationRates.map((informationFraction, k) => ({ informationFraction, share: spent[k]! / total }));
  return { family: "user-defined", points };
}

/** rpact's arguments that say how the trial stops for futility. */
export const rpactFutilitySchema = z.object({
  beta: z.number(),
  typeBetaSpending: z.string().nullish(),
  gammaB: z.number().nullish(),
  userBetaSpending: numbersSchema.nullish(),
  betaAdjustment: z.boolean().nullish(),
  twoSidedPower: z.boolean().nullish(),
  bindingFutility: z.boolean().nullish(),
  futilityBounds: z
    .union([z.number().transform((value) => [value]), z.array(z.union([z.number(), z.literal("-Inf")]))])
    .nullish(),
});

/** rpact's futility rule in our terms. */
export function futilityRuleOf(input: RpactDesign & z.infer<typeof rpactFutilitySchema>): FutilityRule {
  const binding = input.bindingFutility ?? false;
  if (input.typeOfDesign === "PT")
    return { kind: "pampallona-tsiatis", shape: wanted(input.deltaPT0, "deltaPT0"), binding };
  if (typeof input.typeBetaSpending === "string" && input.typeBetaSpending !== "none")
    return {
      kind: "beta-spending",
      spending:
        input.typeBetaSpending === "bsUser"
          ? userDefinedSpending(input.informationRates, wanted(input.userBetaSpending, "userBetaSpending"))
          : spendingOf(input.typeBetaSpending, input.gammaB),
      binding,
      ...(input.sided === 2
        ? { overlap: (input.betaAdjustment ?? true) ? ("adjust" as const) : ("carry" as const) }
        : {}),
    };
  if (input.futilityBounds)
    return {
      kind: "z-scale",
      // rpact writes −6 for "no bound".
      values: input.futilityBounds.map((bound) => (bound === "-Inf" || bound <= -6 ? null : bound)),
      binding,
    };
  return { kind: "none" };
}

function wanted<T>(value: T | null | undefined, name: string): T {
  if (value === null || value === undefined) throw new UnknownCaseError(`${name} is missing`);
  return value;
}
