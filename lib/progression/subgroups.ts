import type { z } from "zod";
import type { SubjectTable } from "../data/subject-table.ts";
import { calibrationAtVisit } from "./calibration.ts";
import { coverageAtVisit } from "./coverage.ts";
import type { HeldOutPredictions } from "./cross-validation.ts";
import { comparedPatients, gainInterval, partialCorrelationInterval } from "./gain.ts";
import { meanInterval } from "./mean-interval.ts";
import type { subgroupGainSchema } from "./model-document.ts";
import type { PatientResamples } from "./patient-bootstrap.ts";

export type SubgroupGain = z.infer<typeof subgroupGainSchema>;

/** Below this many patients a subgroup's figures would be noise dressed as findings. */
const MINIMUM_SUBGROUP = 10;

/**
 * Gain, signed partial correlation, mean error (observed − twin), calibration slope, CRPS and coverage in the levels of every
 * categorical covariate and in the two halves of every continuous one, at one endpoint and visit. Not adjusted for the number of subgroups: for looking, not for claiming.
 *
 * @param table - Patients.
 * @param predictions - Their held-out predictions.
 * @param cell - e·V + v.
 * @param resamples - Of the table's patients.
 */
export function subgroupGains(
  table: SubjectTable,
  predictions: HeldOutPredictions,
  cell: number,
  resamples: PatientResamples,
): SubgroupGain[] {
  const V = table.visits.length;
  const at = {
    endpointId: table.endpoints[Math.floor(cell / V)]!.id,
    visitId: table.visits[cell % V]!.id,
  };
  return subgroups(table).flatMap(({ name, members }) => {
    const compared = comparedPatients(table, predictions, cell, members);
    if (compared.patients.length < MINIMUM_SUBGROUP) return [];
    const error = meanInterval(compared.observed.map((value, i) => value - compared.twin[i]!));
    if (error === null) return [];
    const { slope, crps } = calibrationAtVisit(compared, at);
    return [
      {
        ...at,
        subgroup: name,
        patients: compared.patients.length,
        gain: gainInterval(compared, resamples),
        meanError: error,
        partialCorrelation: partialCorrelationInterval(compared, resamples),
        slope,
        crps,
        coverage: coverageAtVisit(compared, at).map(({ level, coverage }) => ({ level, coverage })),
      },
    ];
  });
}

function subgroups(table: SubjectTable): { name: string; members: number[] }[] {
  const P = table.covariates.length;
  return table.covariates.flatMap((covariate, p) => {
    const value = (i: number) => table.covariateValues[i * P + p]!;
    const known = Array.from({ length: table.count }, (_, i) => i).filter((i) => !Number.isNaN(value(i)));
    if (covariate.type === "categorical") {
      return covariate.levels.map((level, index) => ({
        name: `${covariate.label}: ${level}`,
        members: known.filter((i) => value(i) === index),
      }));
    }
    const sorted = known.map(value).sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)];
    // A covariate that hardly varies (or a 0/1 one with mostly zeros) may have nobody below its median.
    if (median === undefined || sorted[0] === median) return [];
    const cut = Number(median.toPrecision(4));
    return [
      { name: `${covariate.label} below ${cut}`, members: known.filter((i) => value(i) < cut) },
      { name: `${covariate.label} ${cut} or above`, members: known.filter((i) => value(i) >= cut) },
    ];
  });
}
