import { crossingProbability, cumulative } from "../../../lib/design/crossing-probability.ts";
import { efficacyBounds } from "../../../lib/design/efficacy-bound.ts";
import { normalUpperTail } from "../../../lib/numerics/normal.ts";
import type { ReferenceSet } from "../runner/reference-set.ts";
import { alphaPerSide, boundaryOf, inputOf, rpactDesignSchema, sidesOf } from "./gs-rpact.ts";

/** Efficacy bounds of rpact designs: bounds, their one-sided levels, cumulative error on all sides. */
export const groupSequentialBoundariesSet: ReferenceSet = {
  files: /^gs_boundaries/,
  tolerance: () => 1e-5,
  evaluate: (item) => {
    const design = inputOf(item, rpactDesignSchema);
    const informationFractions = design.informationRates;
    const upper = efficacyBounds({
      boundary: boundaryOf(design),
      oneSidedAlpha: alphaPerSide(design),
      informationFractions,
      sides: sidesOf(design),
    });
    const lower = upper.map((bound) => (design.sided === 2 ? -bound : -Infinity));
    const crossing = crossingProbability({ informationFractions, upper, lower }, 0);
    return {
      criticalValues: upper,
      stageLevels: upper.map(normalUpperTail),
      alphaSpent: cumulative(crossing.upper).map((spent) => spent * design.sided),
    };
  },
};
