import { z } from "zod";
import type { EfficacyBoundary } from "../../../lib/design/efficacy-bound.ts";
import type { ErrorSpending } from "../../../lib/design/spending-function.ts";
import type { ReferenceCase } from "../runner/reference-file.ts";
import { UnknownCaseError } from "../runner/reference-set.ts";

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
  constantBoundsHP: z.number().nullish(),
  userAlphaSpending: numbersSchema.nullish(),
});

export type RpactDesign = z.infer<typeof rpactDesignSchema>;

/** Input of a case in the shape of its schema; a case that does not fit is of an unknown kind. */
export function inputOf<T>(item: ReferenceCase, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(item.input);
  if (!parsed.success) throw new UnknownCaseError(`${item.id}: ${parsed.error.issues[0]?.message ?? "unknown input"}`);
  return parsed.data;
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
    case "WT":
      return { family: "wang-tsiatis", shape: wanted(design.deltaWT, "deltaWT") };
    case "HP":
      return { family: "haybittle-peto", interimBound: design.constantBoundsHP ?? 3 };
    case "noEarlyEfficacy":
      return { family: "final-only" };
    case "asUser": {
      const spent = design.userAlphaSpending;
      if (spent === null || spent === undefined) throw new UnknownCaseError("asUser without userAlphaSpending");
      return {
        family: "user-defined",
        points: design.informationRates.map((informationFraction, k) => ({
          informationFraction,
          share: k === spent.length - 1 ? 1 : spent[k]! / design.alpha,
        })),
      };
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

function wanted(value: number | null | undefined, name: string): number {
  if (value === null || value === undefined) throw new UnknownCaseError(`${name} is missing`);
  return value;
}
