import type { SubjectTable } from "../data/subject-table.ts";
import { createRng } from "../numerics/philox.ts";

/** Belongs to the rule, not to a run: the same patient has the same numbers in every fold, repetition and member. */
const SEED = 20_260_102;

/**
 * Numbers that randomise the probability integral transform of a patient's discrete outcomes.
 *
 * @param table - Patients.
 * @param i - Position of the patient.
 * @returns [E·V] uniform on (0, 1); order e·V + v.
 */
export function pitUniforms(table: SubjectTable, i: number): Float64Array {
  const rng = createRng(SEED).fork(table.studies[i]!).fork(table.ids[i]!);
  return Float64Array.from({ length: table.endpoints.length * table.visits.length }, () => rng.uniform());
}
