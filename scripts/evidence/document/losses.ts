import { formatFixed } from "../../../lib/reporting/format-number.ts";
import type { DataSetResults, LeftOutStudy, MethodAtVisit, MethodResults } from "../evidence-results.ts";
import { withLimits } from "./interval-text.ts";

/**
 * Everything that speaks against the members and the stack on one data set: a larger error than ANCOVA, software others
 * wrote that does better than the stack, bands that miss their share, trajectories that are told apart, studies left out.
 *
 * @param results - One data set.
 * @returns One sentence per loss; demonstrated losses say so.
 */
export function lossesOf(results: DataSetResults): string[] {
  const own = results.methods.filter(({ group }) => group === "member" || group === "stack");
  return [
    ...own.flatMap((method) => method.visits.flatMap((row) => largerError(results, method, row))),
    ...own.flatMap((method) => method.visits.flatMap((row) => missedCoverage(results, method, row))),
    ...own.flatMap((method) => toldApart(results, method)),
    ...betterSoftware(results),
    ...results.leaveOneStudyOut.flatMap((row) => lossInStudy(results, row)),
  ];
}

function lossInStudy(results: DataSetResults, row: LeftOutStudy): string[] {
  const method = results.methods.find(({ id }) => id === row.methodId);
  if (method === undefined || row.gain.value >= 0) return [];
  const demonstrated = row.gain.upper < 0 ? "demonstrably larger error" : "larger error";
  return [
    `${method.name}, ${placeName(results, row)}, ${row.study} left out of training: ${demonstrated} than ANCOVA, gain ${withLimits(row.gain, 1, 100)} %.`,
  ];
}

function largerError(results: DataSetResults, method: MethodResults, row: MethodAtVisit): string[] {
  if (row.gain.value >= 0) return [];
  const demonstrated = row.gain.upper < 0 ? "demonstrably larger error than ANCOVA" : "larger error than ANCOVA";
  return [`${method.name}, ${placeName(results, row)}: ${demonstrated}, gain ${withLimits(row.gain, 1, 100)} %.`];
}

function missedCoverage(results: DataSetResults, method: MethodResults, row: MethodAtVisit): string[] {
  return (row.law?.coverage ?? []).flatMap(({ level, coverage }) =>
    coverage.lower <= level && coverage.upper >= level
      ? []
      : [
          `${method.name}, ${placeName(results, row)}: the ${100 * level} % band covers ${withLimits(coverage, 1, 100)} %.`,
        ],
  );
}

function toldApart(results: DataSetResults, method: MethodResults): string[] {
  return method.endpoints.flatMap(({ endpointId, area, nullUpper, pValue }) =>
    area.value <= nullUpper
      ? []
      : [
          `${method.name}, ${endpointName(results, endpointId)}: drawn trajectories are told from observed ones, area ${withLimits(area, 2)}, p = ${formatFixed(pValue, 2)}.`,
        ],
  );
}

function betterSoftware(results: DataSetResults): string[] {
  const stack = results.methods.find(({ group }) => group === "stack");
  if (stack === undefined) return [];
  return results.methods
    .filter(({ group }) => group === "software")
    .flatMap((method) =>
      method.visits.flatMap((row) => {
        const ours = stack.visits.find((each) => each.endpointId === row.endpointId && each.visitId === row.visitId);
        if (ours === undefined || row.rmse >= ours.rmse) return [];
        return [
          `${method.name} has a smaller error than the stack, ${placeName(results, row)}: gain ${withLimits(row.gain, 1, 100)} % against ${withLimits(ours.gain, 1, 100)} %.`,
        ];
      }),
    );
}

export function endpointName({ endpoints }: DataSetResults, id: string): string {
  return endpoints.find((each) => each.id === id)?.label ?? id;
}

export function visitName({ visits }: DataSetResults, id: string): string {
  return visits.find((each) => each.id === id)?.label ?? id;
}

export function placeName(
  results: DataSetResults,
  at: { readonly endpointId: string; readonly visitId: string },
): string {
  return `${endpointName(results, at.endpointId)}, ${visitName(results, at.visitId)}`;
}
