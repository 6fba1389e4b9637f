import type { CrossValidated, TrainingProblem } from "../cross-validation.ts";
import { comparedPatients, gainAtVisit } from "../gain.ts";
import type { PatientResamples } from "../patient-bootstrap.ts";
import type { RunInAtVisit } from "./candidate-document.ts";
import { afterRunIn } from "./run-in-predictions.ts";

/** Fewer compared patients than this give no figures. */
const MINIMUM_COMPARED = 10;

/**
 * What one or two visits before randomisation would buy: gain and partial correlation over ANCOVA on the last run-in value,
 * and R² for sizing beside those of the same patients without a run-in. METHODS.md, equation (P23).
 *
 * @param problem - Training patients.
 * @param predictions - Cross-validated.
 * @param resamples - Of the table's patients.
 */
export function runInEvaluation(
  problem: TrainingProblem,
  predictions: CrossValidated,
  resamples: PatientResamples,
): RunInAtVisit[] {
  const { table } = problem;
  const V = table.visits.length;
  return predictions.runIns.flatMap(({ visits, predictions: own }) => {
    const after = afterRunIn(table, visits);
    return table.endpoints.flatMap((endpoint, e) =>
      table.visits.flatMap((visit, v): RunInAtVisit[] => {
        if (v < visits) return [];
        const cell = e * V + v;
        const at = { endpointId: endpoint.id, visitId: visit.id };
        // Baseline value too, so that the same patients can be shown without the run-in.
        const both = comparedPatients(table, predictions, cell, comparedPatients(after, own, cell).patients);
        if (both.patients.length < MINIMUM_COMPARED) return [];
        const compared = comparedPatients(after, own, cell, both.patients);
        const gain = gainAtVisit(compared, at, resamples);
        const without = gainAtVisit(both, at, resamples).variance;
        return [
          {
            ...at,
            runInVisits: visits,
            lastRunInVisitId: table.visits[visits - 1]!.id,
            patients: gain.patients,
            gain: gain.gain,
            partialCorrelation: gain.partialCorrelation,
            gainClaimed: gain.gainClaimed,
            variance: gain.variance,
            withoutRunIn: {
              rSquaredAncova: without.rSquaredAncova,
              rSquaredWithScore: without.rSquaredWithScore,
            },
          },
        ];
      }),
    );
  });
}
