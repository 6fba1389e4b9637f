import type { SubjectTable } from "../data/subject-table.ts";
import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { analysisUnit } from "../trial/endpoint.ts";
import { quantile } from "./patient-bootstrap.ts";

/** Fewest values of a study for its distribution to be compared with that of the others. */
const MINIMUM_VALUES = 10;
const LOW = 0.05;
const HIGH = 0.95;

/**
 * Whether the studies that are pooled measure the same things on the same scale at the same times: a variable whose middle
 * nine tenths lie wholly outside those of the other studies looks like another unit; an endpoint that a study has at no
 * visit, or at fewer visits than the others, is named; as are visits that one study holds outside the days of the others.
 * METHODS.md, "Limits".
 *
 * @param table - Training patients; nothing is said about a single study.
 * @returns One summary, and a warning for each difference.
 */
export function studyDifferences(table: SubjectTable): Diagnostic[] {
  const studies = [...new Set(table.studies)];
  if (studies.length < 2) return [];
  const members = studies.map((study) => table.studies.flatMap((name, i) => (name === study ? [i] : [])));
  const sizes = studies.map((study, s) => `${study} (${members[s]!.length})`).join(", ");
  const pooled = `Control patients of ${studies.length} studies are pooled: ${sizes}. Drift between them is measured by leaving each out that can be.`;
  return [
    diagnostic("information", "studies-pooled", pooled),
    ...studies.flatMap((study, s) => [
      ...unitWarnings(table, study, members, s),
      ...visitWarnings(table, study, members[s]!),
      ...dayWarnings(table, study, members, s),
    ]),
  ];
}

/** A baseline variable of the patients, analysis scale. */
interface Variable {
  readonly label: string;
  readonly unit: string;
  readonly value: (patient: number) => number;
}

function variables(table: SubjectTable): Variable[] {
  const E = table.endpoints.length;
  const P = table.covariates.length;
  return [
    ...table.endpoints.map((endpoint, e) => ({
      label: `${endpoint.label} at baseline`,
      unit: analysisUnit(endpoint),
      value: (i: number) => table.baseline[i * E + e]!,
    })),
    ...table.covariates.flatMap((covariate, p) =>
      covariate.type === "continuous"
        ? [{ label: covariate.label, unit: covariate.unit, value: (i: number) => table.covariateValues[i * P + p]! }]
        : [],
    ),
  ];
}

function unitWarnings(
  table: SubjectTable,
  study: string,
  members: readonly (readonly number[])[],
  s: number,
): Diagnostic[] {
  return variables(table).flatMap(({ label, unit, value }) => {
    const own = known(members[s]!, value);
    const others = known(
      members.flatMap((group, k) => (k === s ? [] : group)),
      value,
    );
    if (own.length < MINIMUM_VALUES || others.length < MINIMUM_VALUES || !disjoint(own, others)) return [];
    return [
      diagnostic(
        "warning",
        "study-unit",
        `${label} of study ${study} has median ${short(quantile(own, 0.5))}, the other studies ${short(quantile(others, 0.5))}${unit === "" ? "" : ` (${unit})`}, and their middle nine tenths do not overlap: check that all studies use the same unit before they are pooled.`,
        study,
      ),
    ];
  });
}

function visitWarnings(table: SubjectTable, study: string, own: readonly number[]): Diagnostic[] {
  const V = table.visits.length;
  const cells = table.endpoints.length * V;
  return table.endpoints.flatMap((endpoint, e) => {
    const absent = table.visits.filter((_, v) =>
      own.every((i) => Number.isNaN(table.outcomes[i * cells + e * V + v]!)),
    );
    if (absent.length === 0) return [];
    const where = absent.length === V ? "at no visit" : `not at ${absent.map(({ label }) => label).join(", ")}`;
    return [
      diagnostic(
        "warning",
        "study-visits",
        `Study ${study} has ${endpoint.label} ${where}; its patients teach nothing there, and the twin rests on the other studies. Check the visit windows of the mapping.`,
        study,
      ),
    ];
  });
}

function dayWarnings(
  table: SubjectTable,
  study: string,
  members: readonly (readonly number[])[],
  s: number,
): Diagnostic[] {
  const V = table.visits.length;
  const cells = table.endpoints.length * V;
  const shifted = table.visits.flatMap((visit, v) => {
    const day = (i: number) => {
      const measured = Array.from(table.endpoints, (_, e) => i * cells + e * V + v).find(
        (at) => !Number.isNaN(table.outcomes[at]!),
      );
      return measured === undefined ? Number.NaN : table.days[measured]!;
    };
    const own = known(members[s]!, day);
    const others = known(
      members.flatMap((group, k) => (k === s ? [] : group)),
      day,
    );
    if (own.length < MINIMUM_VALUES || others.length < MINIMUM_VALUES || !disjoint(own, others)) return [];
    return [`${visit.label} (median day ${quantile(own, 0.5)} against ${quantile(others, 0.5)})`];
  });
  if (shifted.length === 0) return [];
  return [
    diagnostic(
      "warning",
      "study-days",
      `Study ${study} was seen on other days than the others at ${shifted.join(", ")}: narrow the visit windows, or map the visit separately.`,
      study,
    ),
  ];
}

function known(patients: readonly number[], value: (patient: number) => number): Float64Array {
  return Float64Array.from(patients, value)
    .filter((own) => !Number.isNaN(own))
    .sort();
}

function disjoint(a: Float64Array, b: Float64Array): boolean {
  return quantile(a, LOW) > quantile(b, HIGH) || quantile(b, LOW) > quantile(a, HIGH);
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
