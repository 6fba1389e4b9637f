import { DomainError } from "../errors/domain-error.ts";
import type { MemberTraining } from "./member.ts";

/**
 * Refuses weighted training for a member that cannot weight patients.
 *
 * @param training - What the member was given.
 * @param member - Name for the reader.
 * @throws DomainError UNSUPPORTED_COMBINATION when the weights differ.
 */
export function refuseWeights(training: MemberTraining, member: string): void {
  if (training.weights.every((weight) => weight === 1)) return;
  throw new DomainError("UNSUPPORTED_COMBINATION", {
    argument: "training.weights",
    received: "weights that differ between patients",
    requirement: `must all be 1 for the ${member}`,
    hint: "Train without enrichment of subgroups, or without this member.",
  });
}
