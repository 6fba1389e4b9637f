import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import type { Findings } from "./assembly-findings.ts";
import { levelCell } from "./cell-value.ts";
import type { MappedColumns } from "./check-mapping.ts";
import type { ProblemList } from "./file-problem.ts";
import type { LongDataSet } from "./long-data-set.ts";
import type { MappingSpec } from "./mapping-spec.ts";
import type { RawColumn, RawTable } from "./raw-table.ts";
import type { SelectedRecords } from "./select-records.ts";
import { counted, listed } from "./sentence.ts";

/** Fewest control patients that a progression model is trained on; a trial with fewer says little about its controls. */
export const minimumControls = 20;

export interface AssembledFrom {
  readonly table: RawTable;
  readonly spec: MappingSpec;
  readonly columns: MappedColumns;
  readonly selected: SelectedRecords;
  readonly findings: Findings;
}

/**
 * What is wrong with a data set as a whole: problems that forbid its use go to `problems`, caveats are returned.
 */
export function checkDataSet(data: LongDataSet, from: AssembledFrom, problems: ProblemList): Diagnostic[] {
  if (data.patients.length === 0) {
    problems.add("no-patients", describeEmpty(from));
    return [];
  }
  return [
    ...checkArms(data, from, problems),
    ...checkEndpoints(data, from, problems),
    ...checkCovariates(data, problems),
    ...checkWindows(from.spec),
    ...findingCaveats(from),
  ];
}

/** Overlapping windows are allowed, because the nearest target decides; whoever did not mean them reads it here. */
function checkWindows({ visits, time }: MappingSpec): Diagnostic[] {
  if (time.kind === "visit") return [];
  return visits.flatMap((visit, v) => {
    const earlier = visits[v - 1];
    if (earlier === undefined || visit.windowFrom > earlier.windowTo) return [];
    return [
      diagnostic(
        "information",
        "windows-overlap",
        `The windows of ${earlier.label} and ${visit.label} overlap from day ${visit.windowFrom} to day ${earlier.windowTo}; a record there counts for the visit with the nearer target day.`,
        visit.id,
      ),
    ];
  });
}

function describeEmpty({ table, selected, columns, spec }: AssembledFrom): string {
  const lost = selected.flow.find((step) => step.patients === 0);
  const step =
    lost === undefined || lost.step === ""
      ? ""
      : ` None is left after the step "${lost.step}" (${lost.reason || "the file has no records"}).`;
  const arms =
    spec.arm.kind === "column" && columns.arm !== null
      ? ` The mapping names the arms ${listed(spec.arm.arms.map((entry) => `"${entry.value}"`))} in column ${columns.arm.name}, which holds ${foundLevels(table, columns.arm)}.`
      : "";
  return `No patient is left for the data set.${step}${arms} Check the mapping against the file.`;
}

function checkArms(data: LongDataSet, from: AssembledFrom, problems: ProblemList): Diagnostic[] {
  const caveats: Diagnostic[] = [];
  const size = (armId: string) => data.patients.filter((patient) => patient.arm === armId).length;
  const controls = data.arms.filter((arm) => arm.role === "control").reduce((sum, arm) => sum + size(arm.id), 0);
  if (controls === 0) {
    problems.add("no-control", describeMissingControl(from));
    return [];
  }
  if (data.role === "historical-control" && controls < minimumControls) {
    problems.add(
      "few-controls",
      `The control arm has ${counted(controls, "patient")}; a historical data set needs at least ${minimumControls} to train and cross-validate a progression model. Add patients or studies, or check the mapping of the arms.`,
    );
  } else if (controls < minimumControls) {
    caveats.push(
      diagnostic(
        "critical",
        "few-controls",
        `The control arm has only ${counted(controls, "patient")}; what is estimated from it is very uncertain.`,
      ),
    );
  }
  for (const arm of data.arms) {
    if (size(arm.id) === 0)
      caveats.push(
        diagnostic(
          "warning",
          "arm-without-patients",
          `No patient belongs to the arm ${arm.label} that the mapping names.`,
          arm.id,
        ),
      );
  }
  return caveats;
}

function describeMissingControl({ table, spec, columns }: AssembledFrom): string {
  if (spec.arm.kind === "pooled-control" || columns.arm === null) return "The data set has no control patient.";
  const controls = spec.arm.arms.filter((entry) => entry.arm.role === "control").map((entry) => `"${entry.value}"`);
  return `No patient has the control level ${listed(controls)} that the mapping names. Column ${columns.arm.name} holds ${foundLevels(table, columns.arm)}. Correct the control level in the mapping, or add control patients.`;
}

/** Values of the arm column with their numbers of rows. */
function foundLevels(table: RawTable, column: RawColumn): string {
  const counts = new Map<string, number>();
  for (let row = 0; row < table.rowCount; row++) {
    const level = levelCell(column, row, new Set());
    if (level !== null) counts.set(level, (counts.get(level) ?? 0) + 1);
  }
  return listed([...counts].map(([level, rows]) => `"${level}" (${counted(rows, "row")})`)) || "no values";
}

function checkEndpoints(data: LongDataSet, from: AssembledFrom, problems: ProblemList): Diagnostic[] {
  const caveats: Diagnostic[] = [];
  const patients = data.patients.length;
  data.endpoints.forEach((endpoint, e) => {
    const source = from.spec.endpoints[e]?.source ?? endpoint.derivation ?? "";
    const observed = data.visits.map(
      (_, v) => data.patients.filter((patient) => "value" in (patient.outcomes[e]?.[v] ?? { missing: null })).length,
    );
    const withBaseline = data.patients.filter((patient) => patient.baseline[e] !== null).length;
    if (observed.every((count) => count === 0)) {
      const unscheduled = from.findings.rowCount("unscheduled");
      const hint =
        unscheduled > 0
          ? ` ${counted(unscheduled, "record")} lie outside every planned visit: check the windows and the unit of time.`
          : " Check the mapped column, and the texts that mean missing.";
      problems.add(
        "endpoint-all-missing",
        `${endpoint.label} (${source}) has no value at any planned visit (${counted(patients, "patient")}).${hint}`,
      );
    } else {
      data.visits.forEach((visit, v) => {
        if (observed[v] === 0)
          caveats.push(
            diagnostic(
              "critical",
              "visit-without-values",
              `No patient has a value of ${endpoint.label} at ${visit.label}.`,
              `${endpoint.id} @ ${visit.id}`,
            ),
          );
      });
    }
    if (withBaseline === 0 && endpoint.outcome !== undefined)
      caveats.push(
        diagnostic(
          "warning",
          "no-baseline",
          `${endpoint.label} (${source}) has no baseline value: twins rest on the other baseline items, and the ANCOVA they are compared with has the strata only.`,
          endpoint.id,
        ),
      );
    else if (withBaseline === 0)
      problems.add(
        "baseline-all-missing",
        `${endpoint.label} (${source}) has no baseline value (${counted(patients, "patient")}). Name a baseline flag or column, map the records on or before time zero, or take time as visits and name the one that is the baseline.`,
      );
    else if (withBaseline < patients)
      caveats.push(
        diagnostic(
          "warning",
          "baseline-missing",
          `${counted(patients - withBaseline, "patient")} of ${patients} ${patients - withBaseline === 1 ? "has" : "have"} no baseline value of ${endpoint.label}.`,
          endpoint.id,
        ),
      );
  });
  return caveats;
}

function checkCovariates(data: LongDataSet, problems: ProblemList): Diagnostic[] {
  const caveats: Diagnostic[] = [];
  data.covariates.forEach((covariate, p) => {
    const known = data.patients.map((patient) => patient.covariates[p] ?? null).filter((value) => value !== null);
    const missing = data.patients.length - known.length;
    if (known.length === 0) {
      problems.add(
        "covariate-all-missing",
        `The covariate ${covariate.label} has no value for any patient. Map another column, or leave it out.`,
      );
      return;
    }
    if (known.every((value) => value === known[0]))
      caveats.push(
        diagnostic(
          "warning",
          "constant-covariate",
          `The covariate ${covariate.label} is ${known[0]} for every patient; it carries no information and cannot improve any prediction.`,
          covariate.id,
        ),
      );
    if (missing > 0)
      caveats.push(
        diagnostic(
          "information",
          "covariate-missing",
          `The covariate ${covariate.label} is missing for ${counted(missing, "patient")} of ${data.patients.length}.`,
          covariate.id,
        ),
      );
  });
  return caveats;
}

/** One sentence for each kind of finding. */
function findingCaveats({ findings, spec }: AssembledFrom): Diagnostic[] {
  const caveats: Diagnostic[] = [];
  const note = (
    severity: Diagnostic["severity"],
    code: Parameters<Findings["count"]>[0],
    sentence: (count: number, rows: number) => string,
  ) => {
    const count = findings.count(code);
    if (count > 0) caveats.push(diagnostic(severity, code, sentence(count, findings.rowCount(code))));
  };
  note(
    "warning",
    "out-of-range",
    (count) => `${counted(count, "value")} outside the admissible range ${count === 1 ? "was" : "were"} set missing.`,
  );
  note(
    "warning",
    "covariate-out-of-range",
    (count) =>
      `${counted(count, "covariate value")} outside the admissible range ${count === 1 ? "was" : "were"} set missing.`,
  );
  note(
    "warning",
    "after-event",
    (count) =>
      `${counted(count, "value")} recorded after an intercurrent event that ends the variable ${count === 1 ? "was" : "were"} not used.`,
  );
  note(
    "warning",
    "after-follow-up",
    (_, rows) =>
      `${counted(rows, "record")} ${rows === 1 ? "is" : "are"} later than the patient's last day of follow-up.`,
  );
  note(
    "warning",
    "no-time",
    (_, rows) => `${counted(rows, "record")} without a day ${rows === 1 ? "was" : "were"} left out.`,
  );
  note(
    "warning",
    "duplicate",
    (_, rows) =>
      `${counted(rows, "record")} ${rows === 1 ? "repeats an earlier one and was" : "repeat earlier ones and were"} counted once.`,
  );
  note(
    "warning",
    "visit-before-zero",
    (_, rows) =>
      `${counted(rows, "record")} of a planned visit ${rows === 1 ? "has its day" : "have their days"} on or before time zero, which cannot be; ${rows === 1 ? "it counts" : "they count"} as the visit named. Check the days.`,
  );
  note(
    "information",
    "visit-outside-window",
    (_, rows) =>
      `${counted(rows, "record")} of a planned visit ${rows === 1 ? "was" : "were"} made outside of its window, and ${rows === 1 ? "counts" : "count"} as the visit named.`,
  );
  note(
    "information",
    "unscheduled",
    (_, rows) =>
      `${counted(rows, "record")} after baseline ${rows === 1 ? "belongs" : "belong"} to no planned visit and ${rows === 1 ? "was" : "were"} not used.`,
  );
  note(
    "warning",
    "baseline-differs",
    (count) => `The baseline column differs between records of ${counted(count, "patient")}; the first value was used.`,
  );
  note(
    "information",
    "baseline-not-flagged",
    (count) =>
      `No record is flagged ${spec.baseline.flag?.column ?? ""} = ${spec.baseline.flag?.value ?? ""} for ${counted(count, "baseline value")}; the baseline column, or the last value on or before time zero, was used.`,
  );
  note(
    "warning",
    "several-flags",
    (count) =>
      `${counted(count, "patient")} ${count === 1 ? "has" : "have"} several records flagged as baseline; the last one counts.`,
  );
  note(
    "warning",
    "covariate-after-baseline",
    (count) =>
      `${counted(count, "covariate value")} ${count === 1 ? "is" : "are"} known only from later records that differ, and count as missing.`,
  );
  note(
    "warning",
    "site-differs",
    (count) =>
      `${counted(count, "patient")} ${count === 1 ? "has" : "have"} records of several sites; the first was used.`,
  );
  note(
    "information",
    "out-of-order",
    (count) => `The records of ${counted(count, "patient")} are not in order of time in the file; they were sorted.`,
  );
  return caveats;
}
