import type { z } from "zod";
import { clopperPearsonInterval } from "../numerics/binomial-interval.ts";
import type { ComparedPatients } from "./gain.ts";
import { BAND_LEVELS } from "./gaussian-joint/band-calibration.ts";
import type { coverageAtVisitSchema } from "./model-document.ts";
import { bandHolds } from "./prediction-bands.ts";

export type CoverageAtVisit = z.infer<typeof coverageAtVisitSchema>;

/**
 * How often held-out observations fall inside the twin's bands, with exact binomial limits. A set of codes holds more than its level, so
 * that for a discrete outcome the set is randomised at its ends: covered are those whose randomised PIT is central; `inSet` counts the
 * observations inside the sets as they are shown. METHODS.md, equations (P16) and (BO3).
 *
 * @param compared - At least 1 patient.
 * @param at - Endpoint and visit.
 * @returns One row per level of {@link BAND_LEVELS}.
 */
export function coverageAtVisit(
  compared: ComparedPatients,
  at: { readonly endpointId: string; readonly visitId: string },
): CoverageAtVisit[] {
  const { observed, twinBands, twinPit } = compared;
  const n = observed.length;
  const randomised = compared.discrete === true && twinPit !== undefined;
  return BAND_LEVELS.map((level, k) => {
    let inBand = 0;
    let central = 0;
    for (let i = 0; i < n; i++) {
      if (bandHolds(twinBands, i, k, observed[i]!)) inBand++;
      if (randomised && Math.abs(twinPit[i]! - 0.5) <= level / 2) central++;
    }
    const covered = randomised ? central : inBand;
    const interval = clopperPearsonInterval(covered, n);
    return {
      endpointId: at.endpointId,
      visitId: at.visitId,
      level,
      covered,
      patients: n,
      ...(randomised ? { inSet: inBand } : {}),
      coverage: { value: covered / n, lower: interval.lower, upper: interval.upper, level: 0.95 },
    };
  });
}
