import type { z } from "zod";
import { clopperPearsonInterval } from "../numerics/binomial-interval.ts";
import { normalQuantile } from "../numerics/normal.ts";
import type { ComparedPatients } from "./gain.ts";
import type { coverageAtVisitSchema } from "./model-document.ts";

export type CoverageAtVisit = z.infer<typeof coverageAtVisitSchema>;

/** Nominal levels of the bands shown around a twin. */
export const BAND_LEVELS: readonly number[] = [0.5, 0.8, 0.95];

/**
 * How often held-out observations fall inside the twin's bands mean ± z √variance, with exact binomial limits.
 * METHODS.md, equation (P15).
 *
 * @param compared - At least 1 patient.
 * @param at - Endpoint and visit.
 * @returns One row per level of {@link BAND_LEVELS}.
 */
export function coverageAtVisit(
  compared: ComparedPatients,
  at: { readonly endpointId: string; readonly visitId: string },
): CoverageAtVisit[] {
  const { observed, twin, twinVariance } = compared;
  const n = observed.length;
  return BAND_LEVELS.map((level) => {
    const z = normalQuantile(0.5 + level / 2);
    let covered = 0;
    for (let i = 0; i < n; i++) if (Math.abs(observed[i]! - twin[i]!) <= z * Math.sqrt(twinVariance[i]!)) covered++;
    const interval = clopperPearsonInterval(covered, n);
    return {
      endpointId: at.endpointId,
      visitId: at.visitId,
      level,
      covered,
      patients: n,
      coverage: { value: covered / n, lower: interval.lower, upper: interval.upper, level: 0.95 },
    };
  });
}
