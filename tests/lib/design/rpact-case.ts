import type { EfficacyBoundary } from "../../../lib/design/efficacy-bound.ts";
import type { SpendingFunction } from "../../../lib/design/spending-function.ts";

/** The part of an rpact reference case that says how the efficacy bounds are made. */
export interface BoundaryInput {
  readonly kMax: number;
  readonly alpha: number;
  readonly sided: 1 | 2;
  readonly typeOfDesign: string;
  readonly informationRates: number[];
  readonly gammaA?: number;
  readonly deltaWT?: number;
}

/** rpact states the total error of a two-sided test. */
export const alphaPerSide = (input: BoundaryInput): number => input.alpha / input.sided;

/** rpact's typeOfDesign in our terms. */
export function boundaryOf(input: BoundaryInput): EfficacyBoundary {
  switch (input.typeOfDesign) {
    case "OF":
      return { family: "obrien-fleming" };
    case "P":
      return { family: "pocock" };
    case "WT":
      return { family: "wang-tsiatis", shape: input.deltaWT! };
    case "HP":
      return { family: "haybittle-peto", interimBound: 3 };
    default:
      return spendingOf(input.typeOfDesign, input.gammaA);
  }
}

/** rpact's alpha (as…) and beta (bs…) spending codes in our terms. */
export function spendingOf(code: string, parameter: number | undefined): SpendingFunction {
  switch (code.slice(2)) {
    case "OF":
      return { family: "lan-demets-obrien-fleming" };
    case "P":
      return { family: "lan-demets-pocock" };
    case "HSD":
      return { family: "hwang-shih-decani", gamma: parameter! };
    case "KD":
      return { family: "kim-demets", rho: parameter! };
    default:
      throw new Error(`unknown design code ${code}`);
  }
}

/** A fixture vector: a scalar stands for a vector of one, "Inf" for Infinity. */
export function numbers(value: number | string | readonly (number | string)[]): number[] {
  return [value].flat().map((entry) => (entry === "Inf" ? Infinity : entry === "-Inf" ? -Infinity : Number(entry)));
}
