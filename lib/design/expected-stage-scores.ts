import { z } from "zod";
import { restrictedProportions } from "../analysis/proportions/restricted-proportions.ts";
import { invalidInput } from "../errors/domain-error.ts";
import { normalUpperQuantile } from "../numerics/normal.ts";
import type { BenefitDirection } from "./adaptive-test.ts";

/** What is assumed about the effect in the stages to come. */
export const assumedEffectSchema = z.discriminatedUnion("endpoint", [
  z.object({ endpoint: z.literal("means"), effect: z.number(), standardDeviation: z.number().positive() }),
  z.object({
    endpoint: z.literal("rates"),
    experimentalRate: z.number().gt(0).lt(1),
    controlRate: z.number().gt(0).lt(1),
  }),
  z.object({ endpoint: z.literal("survival"), hazardRatio: z.number().positive() }),
  /** An effect on the scale of the estimates; the sizes of the stages are then increments of information 1/SE². */
  z.object({ endpoint: z.literal("estimates"), effect: z.number() }),
]);

export type AssumedEffect = z.infer<typeof assumedEffectSchema>;

export interface StagesToCome {
  /** Patients of both arms (events for survival, information for estimates) of each remaining stage. */
  readonly sizes: readonly number[];
  /** Experimental patients for each control patient. */
  readonly allocationRatio: number;
  readonly nullValue: number;
  readonly benefit: BenefitDirection;
  /** Conditional rejection probability of the trial so far; used for rates only. */
  readonly conditionalError: number;
}

/**
 * Expected normal score of each remaining stage.
 *
 * @param assumed - Effect in the stages to come.
 * @param stages - Sizes, allocation, null value, direction.
 * @returns Effect times root of the stage's information, one per remaining stage.
 * @throws DomainError INVALID_INPUT for sizes that are not positive.
 *
 * @remarks
 * METHODS.md eq. (G42)–(G43). For rates the standard error under the null value differs from that under the assumed rates;
 * the critical value of the remainder, known from the conditional error, carries the difference.
 * Reference values: `conditionalPower` in gs_analysis.json (rpact 3.3.4).
 */
export function expectedStageScores(assumed: AssumedEffect, stages: StagesToCome): number[] {
  const { sizes, allocationRatio: ratio, nullValue, benefit, conditionalError } = stages;
  sizes.forEach((size, k) => {
    if (!(size > 0 && Number.isFinite(size)))
      throw invalidInput(`remainingSizes.${k}`, size, "must be a positive number");
  });
  const sign = benefit === "larger" ? 1 : -1;
  const share = ratio / (1 + ratio) ** 2;
  switch (assumed.endpoint) {
    case "means": {
      const standardized = (sign * (assumed.effect - nullValue)) / assumed.standardDeviation;
      return sizes.map((size) => standardized * Math.sqrt(share * size));
    }
    case "survival": {
      const standardized = sign * Math.log(assumed.hazardRatio / nullValue);
      return sizes.map((size) => standardized * Math.sqrt(share * size));
    }
    case "estimates":
      return sizes.map((information) => sign * (assumed.effect - nullValue) * Math.sqrt(information));
    case "rates": {
      const { experimentalRate: p, controlRate: q } = assumed;
      const table = {
        experimentalEvents: p * ratio,
        experimentalTotal: ratio,
        controlEvents: q,
        controlTotal: 1,
      };
      const { experimental: p0, control: q0 } = restrictedProportions(table, "risk-difference", nullValue);
      const spread = Math.sqrt(p * (1 - p) + ratio * q * (1 - q));
      const nullSpread = Math.sqrt(p0 * (1 - p0) + ratio * q0 * (1 - q0));
      const total = sizes.reduce((sum, size) => sum + size, 0);
      const adjustment =
        (boundedQuantile(conditionalError) * (1 - nullSpread / spread) * (1 + ratio)) / Math.sqrt(ratio * total);
      const standardized = (sign * (p - q - nullValue) * Math.sqrt(1 + ratio)) / spread + adjustment;
      return sizes.map((size) => standardized * Math.sqrt(share * size));
    }
  }
}

/** A trial that has rejected has conditional error 1 and no finite quantile; rpact stops at that of 1e-100 too. */
function boundedQuantile(upperTail: number): number {
  const largest = normalUpperQuantile(1e-100);
  return Math.min(Math.max(normalUpperQuantile(upperTail), -largest), largest);
}
