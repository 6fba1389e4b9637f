import { invalidInput } from "../../../lib/errors/domain-error.ts";
import type { StudySpecification } from "../../../lib/trial/study-specification.ts";

/** Refuses a specification whose parts contradict each other; shapes are checked by its schema. */
export function checkSpecification(specification: StudySpecification): void {
  assertUnique("endpoints", specification.endpoints);
  assertUnique("visits", specification.visits);
  assertUnique("arms", specification.arms);
  const { endpointId, visitId } = specification.primary;
  if (!specification.endpoints.some((endpoint) => endpoint.id === endpointId)) {
    throw invalidInput("primary.endpointId", endpointId, "must be one of the study's endpoints");
  }
  if (!specification.visits.some((visit) => visit.id === visitId)) {
    throw invalidInput("primary.visitId", visitId, "must be one of the planned visits");
  }
  if (!specification.arms.some((arm) => arm.role === "control")) {
    throw invalidInput("arms", "no control arm", "must contain an arm of role control");
  }
  if (!specification.arms.some((arm) => arm.role === "experimental")) {
    throw invalidInput("arms", "no experimental arm", "must contain an arm of role experimental");
  }
  const names = specification.arms.map(({ label }) => label.trim().toLowerCase());
  const repeated = specification.arms.find((_, index) => names.indexOf(names[index]!) < index);
  if (repeated !== undefined) throw invalidInput("arms", repeated.label, "must have names that differ");
  if (specification.targetEffect === 0) throw invalidInput("targetEffect", 0, "must differ from 0");
  specification.visits.forEach((visit, index) => {
    const before = specification.visits[index - 1];
    if (before !== undefined && before.targetDay >= visit.targetDay) {
      throw invalidInput(`visits.${index}.targetDay`, visit.targetDay, "must come after the visit before it");
    }
  });
}

function assertUnique(argument: string, items: readonly { readonly id: string }[]): void {
  const seen = new Set<string>();
  for (const { id } of items) {
    if (seen.has(id)) throw invalidInput(argument, id, "must have ids that differ");
    seen.add(id);
  }
}
