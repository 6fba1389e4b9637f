import fc from "fast-check";
import type { SpendingFunction } from "../../../lib/design/spending-function.ts";

/** Any admissible spending function. */
export const spendingFunctions: fc.Arbitrary<SpendingFunction> = fc.oneof(
  fc.constant<SpendingFunction>({ family: "lan-demets-obrien-fleming" }),
  fc.constant<SpendingFunction>({ family: "lan-demets-pocock" }),
  fc
    .double({ min: -40, max: 40, noNaN: true })
    .map((gamma): SpendingFunction => ({ family: "hwang-shih-decani", gamma })),
  fc.double({ min: 0.05, max: 20, noNaN: true }).map((rho): SpendingFunction => ({ family: "kim-demets", rho })),
  fc.double({ min: 0.05, max: 1.5, noNaN: true }).map((nu): SpendingFunction => ({ family: "exponential", nu })),
);

/** Two to six analyses at unequal information, the last at 1. */
export const unequalFractions: fc.Arbitrary<number[]> = fc
  .array(fc.double({ min: 0.02, max: 1, noNaN: true }), { minLength: 2, maxLength: 6 })
  .map((steps) => {
    const total = steps.reduce((sum, step) => sum + step, 0);
    let sum = 0;
    return steps.map((step, k) => {
      sum += step;
      return k === steps.length - 1 ? 1 : sum / total;
    });
  });
