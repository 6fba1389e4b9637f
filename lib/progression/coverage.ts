import type { z } from "zod";
import { clopperPearsonInterval } from "../numerics/binomial-interval.ts";
import type { ComparedPatients } from "./gain.ts";
import { BAND_LEVELS } from "./gaussian-joint/band-calibration.ts";
import type { coverageAtVisitSchema } from "./model-document.ts";
import { bandHolds } from "./prediction-bands.ts";

export type CoverageAtVisit = z.infer<typeof coverageAtVisitSchema>;

/**
 * How often held-out observations fall inside the twin's bands, with exact binomial limits.
 * METHODS.md, equation (P16).
 *
 * @param compared - At least 1 patient.
 * @param at - Endpoint and visit.
 * @returns One row per level of {@link BAND_LEVELS}.
 */
export function coverageAtVisit(
  compared: ComparedPatients,
  at: { readonly endpointId: string; readonly visitId: string },
): CoverageAtVisit[] {
  const { observed, twinBands } = compared;
  const n = observed.length;
  return BAND_LEVELS.map((level, k) => {
    let covered = 0;
    for (let i = 0; i < n; i++) {
      if (bandHolds(twinBands, i, k, observed[i]!)) covered++;
    }
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
