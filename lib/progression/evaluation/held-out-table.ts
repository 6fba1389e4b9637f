import type { SubjectTable } from "../../data/subject-table.ts";
import type { CrossValidated } from "../cross-validation.ts";

/** Out-of-fold predictions as a table: one row per patient, endpoint and visit. */
export interface HeldOutTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/**
 * What every method predicted for every patient it had not seen, beside what was observed; analysis scale.
 *
 * @param table - Control patients.
 * @param predictions - Cross-validated.
 */
export function heldOutTable(table: SubjectTable, predictions: CrossValidated): HeldOutTable {
  const candidates = [...predictions.candidates];
  const V = table.visits.length;
  const E = table.endpoints.length;
  const number = (value: number) => (Number.isFinite(value) ? value : null);
  const rows: (string | number | null)[][] = [];
  for (let i = 0; i < table.count; i++) {
    for (let cell = 0; cell < E * V; cell++) {
      const e = Math.floor(cell / V);
      const at = i * E * V + cell;
      rows.push([
        table.studies[i]!,
        table.ids[i]!,
        table.endpoints[e]!.id,
        table.visits[cell % V]!.id,
        number(table.baseline[i * E + e]!),
        number(table.outcomes[at]!),
        number(predictions.twin[at]!),
        number(Math.sqrt(predictions.twinVariance[at]!)),
        number(predictions.scoreBeyondBaseline[at]!),
        number(predictions.baselineAncova[at]!),
        number(predictions.allCovariateAncova[at]!),
        number(predictions.meanChange[at]!),
        number(predictions.lastValueCarriedForward[at]!),
        ...candidates.flatMap(([, own]) => [number(own.mean[at]!), number(Math.sqrt(own.variance[at]!))]),
      ]);
    }
  }
  return {
    columns: [
      "study",
      "patient",
      "endpoint",
      "visit",
      "baseline",
      "observed",
      "twin",
      "twin_sd",
      "score_beyond_baseline",
      "baseline_ancova",
      "all_covariate_ancova",
      "mean_change",
      "last_value_carried_forward",
      ...candidates.flatMap(([id]) => [`member_${id.replaceAll("-", "_")}`, `member_${id.replaceAll("-", "_")}_sd`]),
    ],
    rows,
  };
}
