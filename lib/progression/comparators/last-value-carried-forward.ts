import type { Comparator } from "./comparator.ts";

/**
 * The last value known before treatment, unchanged: ŷ_v = baseline. A twin sees baseline only, so the last value it could
 * carry forward is the baseline value.
 */
export const lastValueCarriedForward: Comparator = {
  name: "last value carried forward",
  predict(_training, heldOut) {
    const V = heldOut.visits.length;
    return Float64Array.from({ length: heldOut.outcomes.length }, (_, k) => heldOut.baseline[Math.floor(k / V)]!);
  },
};
