import type { LongDataSet } from "../data/long-data-set.ts";
import { type SubjectTable, selectSubjects, subjectTable } from "../data/subject-table.ts";
import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { DomainError, invalidInput } from "../errors/domain-error.ts";
import type { Covariate } from "../trial/covariate.ts";
import type { TrainingProblem } from "./cross-validation.ts";
import { baselineFeatures } from "./feature-encoding.ts";
import type { TrainingSpec } from "./model-document.ts";

/** Fewest control patients with baseline and outcome at the primary visit: below, folds cannot support a regression. */
export const MINIMUM_CONTROLS = 20;
/** Fewest values of any endpoint at any visit. */
const MINIMUM_PER_OUTCOME = 10;
const FEW_CONTROLS = 100;

export interface PreparedTraining {
  readonly problem: TrainingProblem;
  /** Position e·V + v of the primary endpoint at the primary visit. */
  readonly primaryCell: number;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Patients and variables of a training run: control patients only, checked for everything training needs.
 *
 * @param data - History; patients in experimental arms are left out and counted.
 * @param training - What was asked for.
 * @throws DomainError INVALID_INPUT for ids that the data do not have; INSUFFICIENT_DATA for too few controls, or naming
 *   every endpoint and visit with too few values.
 */
export function prepareTraining(data: LongDataSet, training: TrainingSpec): PreparedTraining {
  const strata = findCovariates(data.covariates, training.strata, "training.strata");
  const own = findCovariates(data.covariates, training.covariateIds, "training.covariateIds");
  const covariates = data.covariates.filter((covariate) => own.includes(covariate) || strata.includes(covariate));
  const primaryCell = findPrimaryCell(data, training);
  const everybody = subjectTable(data);
  const controls = positionsOfControls(everybody);
  const table = selectSubjects(everybody, controls);
  refuseTooFew(table, primaryCell, training.folds);
  refuseEmptyOutcomes(table);
  const diagnostics: Diagnostic[] = [];
  const left = everybody.count - table.count;
  if (left > 0) {
    diagnostics.push(
      diagnostic(
        "information",
        "treated-left-out",
        `${left} of ${everybody.count} patients are in experimental arms and were not used for training.`,
      ),
    );
  }
  if (table.count < FEW_CONTROLS) {
    diagnostics.push(
      diagnostic(
        "warning",
        "few-patients",
        `The model was trained on ${table.count} control patients; below ${FEW_CONTROLS} its figures are coarse and its gain is rarely demonstrable.`,
      ),
    );
  }
  return {
    problem: {
      table,
      features: baselineFeatures(
        data.endpoints,
        covariates.filter((covariate) => own.includes(covariate)),
      ),
      covariates,
      strata,
      shrinkage: training.shrinkage,
    },
    primaryCell,
    diagnostics,
  };
}

function findCovariates(all: readonly Covariate[], ids: readonly string[], argument: string): Covariate[] {
  const unknown = ids.filter((id) => !all.some((covariate) => covariate.id === id));
  if (unknown.length > 0) {
    throw invalidInput(
      argument,
      unknown.join(", "),
      `must name covariates of the data set (${all.map((covariate) => covariate.id).join(", ") || "it has none"})`,
    );
  }
  return all.filter((covariate) => ids.includes(covariate.id));
}

function findPrimaryCell(data: LongDataSet, training: TrainingSpec): number {
  const e = data.endpoints.findIndex((endpoint) => endpoint.id === training.primary.endpointId);
  const v = data.visits.findIndex((visit) => visit.id === training.primary.visitId);
  if (e < 0) {
    const known = data.endpoints.map((endpoint) => endpoint.id).join(", ");
    throw invalidInput(
      "training.primary.endpointId",
      training.primary.endpointId,
      `must be an endpoint of the data set (${known})`,
    );
  }
  if (v < 0) {
    const known = data.visits.map((visit) => visit.id).join(", ");
    throw invalidInput(
      "training.primary.visitId",
      training.primary.visitId,
      `must be a visit of the data set (${known})`,
    );
  }
  return e * data.visits.length + v;
}

function positionsOfControls(table: SubjectTable): Int32Array {
  const positions: number[] = [];
  for (let i = 0; i < table.count; i++) if (table.arms[table.arm[i]!]?.role === "control") positions.push(i);
  return Int32Array.from(positions);
}

function refuseTooFew(table: SubjectTable, primaryCell: number, folds: number): void {
  const E = table.endpoints.length;
  const V = table.visits.length;
  const e = Math.floor(primaryCell / V);
  let usable = 0;
  for (let i = 0; i < table.count; i++) {
    const outcome = table.outcomes[i * E * V + primaryCell]!;
    if (!Number.isNaN(outcome) && !Number.isNaN(table.baseline[i * E + e]!)) usable++;
  }
  const needed = Math.max(MINIMUM_CONTROLS, folds);
  if (usable >= needed) return;
  const what = `${table.endpoints[e]!.label} at baseline and at ${table.visits[primaryCell % V]!.label}`;
  throw new DomainError("INSUFFICIENT_DATA", {
    argument: "data",
    received: `${usable} (of ${table.count} control patients)`,
    requirement: `must hold at least ${needed} control patients with ${what}`,
    hint: "Add historical controls, check the visit windows and the control arm in the mapping, or choose another primary endpoint or visit.",
  });
}

function refuseEmptyOutcomes(table: SubjectTable): void {
  const V = table.visits.length;
  const cells = table.endpoints.length * V;
  const counts = new Int32Array(cells);
  for (let k = 0; k < table.outcomes.length; k++) if (!Number.isNaN(table.outcomes[k]!)) counts[k % cells]!++;
  const problems: string[] = [];
  table.endpoints.forEach((endpoint, e) => {
    const own = Array.from(counts.subarray(e * V, (e + 1) * V));
    if (own.every((count) => count === 0)) problems.push(`${endpoint.label}: no value at any visit`);
    else {
      own.forEach((count, v) => {
        if (count < MINIMUM_PER_OUTCOME) problems.push(`${endpoint.label} at ${table.visits[v]!.label}: ${count}`);
      });
    }
  });
  if (problems.length === 0) return;
  throw new DomainError("INSUFFICIENT_DATA", {
    argument: "data",
    received: problems.join("; "),
    requirement: `must hold at least ${MINIMUM_PER_OUTCOME} control patients' values of every endpoint at every visit`,
    hint: "Leave out those endpoints or visits, or widen their windows in the mapping.",
  });
}
