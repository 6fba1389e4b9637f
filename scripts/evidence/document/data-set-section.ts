import { formatFixed, formatSignificant } from "../../../lib/reporting/format-number.ts";
import type { DataSetResults, MethodAtVisit, MethodResults } from "../evidence-results.ts";
import { lastVisitRunIn } from "./evidence-figures.ts";
import { markdownTable, withLimits } from "./interval-text.ts";
import { endpointName, lossesOf, placeName, visitName } from "./losses.ts";

/**
 * One data set: every endpoint at every visit, losses, studies left out, run-in.
 *
 * @param results - Figures.
 * @param images - Markdown of the data set's charts: per endpoint, and of the run-in.
 */
export function dataSetSection(
  results: DataSetResults,
  images: { readonly endpoint: (id: string) => string[]; readonly runIn: string[] },
): string[] {
  const { software } = results;
  return [
    `## ${results.title}`,
    "",
    results.description,
    "",
    `${results.patients} control patients, ${results.features} baseline features, ${results.folds} folds by patient.`,
    ...results.leftOut.map((reason) => `\nLeft out: ${reason}`),
    ...(software.notes.length > 0 ? ["", `Software others wrote: ${software.notes.join("; ")}.`] : []),
    ...(software.missing.length > 0
      ? ["", `Not compared, because not installed where this was made: ${software.missing.join(", ")}.`]
      : []),
    "",
    ...results.endpoints.flatMap(({ id }) => endpointLines(results, id, images.endpoint(id))),
    ...lossLines(results),
    ...studyLines(results),
    ...runInLines(results, images.runIn),
  ];
}

function endpointLines(results: DataSetResults, endpointId: string, image: string[]): string[] {
  const visits = results.visits.filter(({ id }) => claims(results, endpointId, id) !== null);
  return [
    `### ${results.title}: ${endpointName(results, endpointId)}`,
    "",
    ...visits.map(({ id }) => `- ${claims(results, endpointId, id)}`),
    "",
    ...image,
    ...visits.flatMap(({ id }) => [`${visitName(results, id)}:`, "", ...visitTable(results, endpointId, id), ""]),
  ];
}

/** The verdict at an endpoint and visit in one sentence; null without figures. */
export function claims(results: DataSetResults, endpointId: string, visitId: string): string | null {
  const rows = results.methods
    .filter(({ group }) => group === "member" || group === "stack")
    .flatMap((method) => {
      const row = rowAt(method, endpointId, visitId);
      return row === undefined ? [] : [{ method, row }];
    });
  if (rows.length === 0) return null;
  const claimed = rows.filter(({ row }) => row.law?.gainClaimed);
  const what = placeName(results, { endpointId, visitId });
  if (claimed.length === 0)
    return `${what}: no model beats ANCOVA on baseline value and strata demonstrably. Plan without the twin's score.`;
  const stack = claimed.some(({ method }) => method.group === "stack");
  const names = claimed.map(({ method, row }) => `${method.name} ${withLimits(row.gain, 1, 100)} %`);
  return `${what}: a gain is claimed for ${names.join(", ")}${stack ? "" : "; not for the stack"}.`;
}

function rowAt(method: MethodResults, endpointId: string, visitId: string): MethodAtVisit | undefined {
  return method.visits.find((each) => each.endpointId === endpointId && each.visitId === visitId);
}

function visitTable(results: DataSetResults, endpointId: string, visitId: string): string[] {
  const last = visitId === results.visits.at(-1)?.id;
  const rows = results.methods.flatMap((method) => {
    const row = rowAt(method, endpointId, visitId);
    if (row === undefined) return [];
    const { law } = row;
    const test = method.endpoints.find((each) => each.endpointId === endpointId);
    const coverage = (level: number) => {
      const found = law?.coverage.find((each) => each.level === level);
      return found === undefined ? "—" : withLimits(found.coverage, 0, 100);
    };
    return [
      [
        law?.gainClaimed ? `**${method.name}**` : method.name,
        withLimits(row.gain, 1, 100),
        law === null ? "—" : withLimits(law.partialCorrelation, 2),
        coverage(0.5),
        coverage(0.8),
        coverage(0.95),
        law === null ? "—" : crpsText(law.crps),
        ...(last ? [test === undefined ? "—" : `${withLimits(test.area, 2)}; ${formatFixed(test.nullUpper, 2)}`] : []),
      ],
    ];
  });
  const patients = results.methods.map((method) => rowAt(method, endpointId, visitId)?.patients).find(Boolean) ?? 0;
  const unit = results.endpoints.find(({ id }) => id === endpointId)?.unit ?? "";
  const header = [
    `method (${patients} patients)`,
    "gain, %",
    "signed partial r",
    "50 % band, %",
    "80 % band, %",
    "95 % band, %",
    `CRPS, ${unit}`,
    ...(last ? ["two-sample area, all visits; 95 % limit of the null"] : []),
  ];
  return markdownTable(header, rows);
}

function crpsText({ value, lower, upper }: { value: number; lower: number; upper: number }): string {
  const text = (number: number) => formatSignificant(number, 3);
  return `${text(value)} (${text(lower)} to ${text(upper)})`;
}

function lossLines(results: DataSetResults): string[] {
  const losses = lossesOf(results);
  return [
    `### ${results.title}: losses`,
    "",
    ...(losses.length === 0
      ? [
          "None: no member and not the stack is worse than ANCOVA or than other software at any place, bands and courses hold.",
        ]
      : losses.map((loss) => `- ${loss}`)),
    "",
  ];
}

function studyLines(results: DataSetResults): string[] {
  const last = results.visits.at(-1)?.id;
  const rows = results.leaveOneStudyOut.filter(({ visitId }) => visitId === last);
  if (rows.length === 0) return [];
  const name = (id: string) => results.methods.find((method) => method.id === id)?.name ?? id;
  return [
    `### ${results.title}: each study left out`,
    "",
    `${visitName(results, last ?? "")}; models of the other studies, ANCOVA of the other studies. Mean error is observed minus predicted: a difference between studies that nothing at baseline foretells.`,
    "",
    ...markdownTable(
      ["method", "study left out", "patients", "gain, %", "mean error"],
      rows.map((row) => [
        name(row.methodId),
        row.study,
        String(row.patients),
        withLimits(row.gain, 1, 100),
        withLimits(row.meanError, 2),
      ]),
    ),
    "",
  ];
}

function runInLines(results: DataSetResults, image: string[]): string[] {
  const rows = lastVisitRunIn(results);
  if (rows.length === 0) return [];
  return [
    `### ${results.title}: what a run-in buys`,
    "",
    `R² at ${visitName(results, results.visits.at(-1)?.id ?? "")}, where the last run-in value takes the place of baseline; without a run-in: the patients of the line with one visit. A run-in takes the first planned visits before randomisation, so follow-up is shorter by them.`,
    "",
    ...image,
    ...markdownTable(
      ["endpoint", "run-in visits", "R² of ANCOVA", "R² with the stack's score"],
      rows.map((row) => [
        endpointName(results, row.endpointId),
        String(row.runInVisits),
        withLimits(row.rSquaredAncova, 2),
        withLimits(row.rSquaredWithScore, 2),
      ]),
    ),
    "",
  ];
}
