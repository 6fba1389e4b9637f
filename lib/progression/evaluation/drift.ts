import { studentTUpperQuantile } from "../../numerics/student-t.ts";
import type { LeaveOneStudyOut } from "../leave-one-study-out.ts";
import type { Drift } from "./candidate-document.ts";

const LEVEL = 0.95;

/**
 * Random-effects summary of the mean error in studies that were left out of training: by how much a new study may differ
 * from all that went before, whatever its size. METHODS.md, equation (P24).
 *
 * @param rows - Leave-one-study-out rows of one method.
 * @returns One row per endpoint and visit with at least two studies.
 *
 * Source: DerSimonian & Laird (1986), Controlled Clinical Trials 7:177–188; t limits on k − 1 degrees of freedom.
 */
export function driftAcrossStudies(rows: readonly LeaveOneStudyOut[]): Drift[] {
  const places = [...new Set(rows.map((row) => JSON.stringify([row.endpointId, row.visitId])))];
  return places.flatMap((place): Drift[] => {
    const own = rows.filter((row) => JSON.stringify([row.endpointId, row.visitId]) === place);
    const studies = own.flatMap(({ patients, meanError }) => {
      const t = studentTUpperQuantile((1 - LEVEL) / 2, patients - 1);
      const error = (meanError.upper - meanError.lower) / (2 * t);
      return error > 0 ? [{ value: meanError.value, variance: error ** 2 }] : [];
    });
    if (studies.length < 2) return [];
    const weights = studies.map(({ variance }) => 1 / variance);
    const total = sum(weights);
    const fixed = sum(studies.map(({ value }, k) => weights[k]! * value)) / total;
    const q = sum(studies.map(({ value }, k) => weights[k]! * (value - fixed) ** 2));
    const scale = total - sum(weights.map((weight) => weight ** 2)) / total;
    const between = Math.max(0, (q - (studies.length - 1)) / scale);
    const random = studies.map(({ variance }) => 1 / (variance + between));
    const mean = sum(studies.map(({ value }, k) => random[k]! * value)) / sum(random);
    const margin = studentTUpperQuantile((1 - LEVEL) / 2, studies.length - 1) / Math.sqrt(sum(random));
    return [
      {
        endpointId: own[0]!.endpointId,
        visitId: own[0]!.visitId,
        studies: studies.length,
        meanError: { value: mean, lower: mean - margin, upper: mean + margin, level: LEVEL },
        betweenStudies: Math.sqrt(between),
      },
    ];
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
