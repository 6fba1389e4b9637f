import type { TrainingProblem } from "../../lib/progression/cross-validation.ts";
import { encodeFeatures } from "../../lib/progression/feature-encoding.ts";
import { hasR } from "../../tests/support/run-r-program.ts";
import { runRFile } from "./r-session.ts";
import { readSoftwarePredictions, type SoftwarePredictions } from "./software-predictions.ts";

const PROGRAMS = [
  { file: "mixed-models", packages: ["lme4", "nlme"] },
  { file: "imputation", packages: ["mice"] },
] as const;

export interface SoftwareRun {
  readonly predictions: readonly SoftwarePredictions[];
  /** Versions of the packages and what they had to give up. */
  readonly notes: readonly string[];
  /** Packages that are not installed: their lines are missing from the report. */
  readonly missing: readonly string[];
}

/**
 * Runs the R programs of this folder on the patients and folds of a cross-validation.
 *
 * @param problem - Patients and features; the programs see the same features as the members.
 * @param fold - [n] fold of each patient.
 */
export function runRSoftware(problem: TrainingProblem, fold: Int32Array): SoftwareRun {
  const inputs = inputFiles(problem, fold);
  const predictions: SoftwarePredictions[] = [];
  const notes: string[] = [];
  const missing: string[] = [];
  for (const { file, packages } of PROGRAMS) {
    if (!hasR(packages)) {
      missing.push(...packages);
      continue;
    }
    const [rows = "", remarks = ""] = runRFile(file, inputs, [`${file}.csv`, `${file}.txt`]);
    predictions.push(...readSoftwarePredictions(rows, problem.table, fold));
    notes.push(...remarks.trim().split("\n"));
  }
  return { predictions, notes, missing };
}

/**
 * patients.csv (fold, features x1 …, outcomes y1_1 …; empty = missing) and cells.csv (where each outcome belongs); positions from 1.
 *
 * @param problem - Patients and features.
 * @param fold - [n] fold of each patient, 0 first.
 */
export function inputFiles(problem: TrainingProblem, fold: Int32Array): Record<"patients.csv" | "cells.csv", string> {
  const { table, features, covariates } = problem;
  const Q = features.length;
  const V = table.visits.length;
  const places = table.endpoints.flatMap((_, e) => table.visits.map((visit, v) => ({ e, v, day: visit.targetDay })));
  const values = encodeFeatures(table, features, covariates);
  const text = (value: number) => (Number.isNaN(value) ? "" : String(value));
  const outcome = (e: number, v: number) => `y${e + 1}_${v + 1}`;
  const rows = Array.from({ length: table.count }, (_, i) =>
    [
      String(fold[i]! + 1),
      ...Array.from(values.subarray(i * Q, (i + 1) * Q), text),
      ...places.map(({ e, v }) => text(table.outcomes[(i * table.endpoints.length + e) * V + v]!)),
    ].join(","),
  );
  const header = ["fold", ...features.map((_, q) => `x${q + 1}`), ...places.map(({ e, v }) => outcome(e, v))].join(",");
  const baselineOf = (e: number) =>
    features.findIndex((each) => each.kind === "baseline-endpoint" && each.endpointId === table.endpoints[e]!.id);
  const cells = places.map(({ e, v, day }) => [e + 1, v + 1, day, `x${baselineOf(e) + 1}`, outcome(e, v)].join(","));
  return {
    "patients.csv": `${[header, ...rows].join("\n")}\n`,
    "cells.csv": `${["endpoint,visit,day,baseline,outcome", ...cells].join("\n")}\n`,
  };
}
