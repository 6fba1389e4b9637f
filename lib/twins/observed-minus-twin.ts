import type { z } from "zod";
import { meanInterval } from "../progression/mean-interval.ts";
import type { FrozenModel } from "../progression/model-document.ts";
import type { AlignedPatients } from "./align-to-model.ts";
import type { observedMinusTwinSchema } from "./twin-document.ts";

export type ObservedMinusTwin = z.infer<typeof observedMinusTwinSchema>;

/**
 * Mean of observed − twin by arm, endpoint and visit, with 95 % t intervals over the patients observed there.
 *
 * A description, not an effect estimate: the twin is a prediction from other patients, and who is still observed at a
 * visit is not random. METHODS.md, equation (T4).
 *
 * @param model - Frozen model.
 * @param patients - Aligned patients.
 * @param means - [n × E·V] twin means.
 * @returns One row per arm that has patients, endpoint and visit; the difference is null below two observed patients.
 */
export function observedMinusTwin(
  model: FrozenModel,
  patients: AlignedPatients,
  means: Float64Array,
): ObservedMinusTwin[] {
  const { table, outcomes } = patients;
  const V = model.visits.length;
  const cells = model.endpoints.length * V;
  return table.arms.flatMap((arm, a) => {
    const members: number[] = [];
    for (let i = 0; i < table.count; i++) if (table.arm[i] === a) members.push(i);
    if (members.length === 0) return [];
    return model.endpoints.flatMap((endpoint, e) =>
      model.visits.map((visit, v) => {
        const cell = e * V + v;
        const differences = members
          .map((i) => outcomes[i * cells + cell]! - means[i * cells + cell]!)
          .filter((difference) => !Number.isNaN(difference));
        return {
          endpointId: endpoint.id,
          visitId: visit.id,
          arm: arm.id,
          patients: differences.length,
          difference: meanInterval(Float64Array.from(differences)),
        };
      }),
    );
  });
}
