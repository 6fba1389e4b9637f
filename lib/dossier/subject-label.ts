import type { DossierRecord } from "./dossier-record.ts";

const known = new WeakMap<DossierRecord, Map<string, string>>();

/**
 * Sequence label of an enrolled patient, "S-001", in the order of the scores in results.json; identifiers of the data are
 * not printed.
 */
export function subjectLabel(record: DossierRecord, patientId: string): string {
  let labels = known.get(record);
  if (labels === undefined) {
    labels = new Map(
      record.twins.scores.map((row, index) => [row.patientId, `S-${String(index + 1).padStart(3, "0")}`]),
    );
    known.set(record, labels);
  }
  return labels.get(patientId) ?? "S-?";
}
