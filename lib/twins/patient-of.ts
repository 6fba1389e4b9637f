import type { LongDataSet, PatientRecord } from "../data/long-data-set.ts";
import { DomainError } from "../errors/domain-error.ts";

/**
 * A patient of a data set by identifier.
 *
 * @param data - Patients.
 * @param patientId - Identifier in its study.
 * @param study - Narrows the patient down where several studies use the same identifiers.
 * @throws DomainError INVALID_INPUT when nobody has the identifier.
 */
export function patientOf(data: LongDataSet, patientId: string, study?: string): PatientRecord {
  const patient = data.patients.find(
    (candidate) => candidate.id === patientId && (study === undefined || candidate.study === study),
  );
  if (patient !== undefined) return patient;
  throw new DomainError("INVALID_INPUT", {
    argument: "patientId",
    received: patientId,
    requirement: "must be a patient of the data set",
    hint: "Choose a patient from the list of twins.",
  });
}
