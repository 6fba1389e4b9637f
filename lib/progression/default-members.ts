import type { MemberId } from "./member-parameters.ts";

/**
 * Members of a training that names none: the Gaussian joint model alone. METHODS.md, "Default members".
 *
 * @param _patients - Control patients.
 */
export function defaultMembers(_patients: number): readonly MemberId[] {
  return ["gaussian-joint"];
}
