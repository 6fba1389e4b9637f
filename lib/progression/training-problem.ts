import { minimumControls } from "../data/check-data-set.ts";
import type { LongDataSet } from "../data/long-data-set.ts";
import { type SubjectTable, selectSubjects, subjectTable } from "../data/subject-table.ts";
import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { DomainError, invalidInput } from "../errors/domain-error.ts";
import { outcomeType } from "../trial/outcome-type.ts";
import type { TrainingProblem } from "./cross-validation.ts";
import { defaultMembers } from "./default-members.ts";
import { assertEnrichment, enrichmentDiagnostic } from "./enrichment.ts";
import { baselineFeatures } from "./feature-encoding.ts";
import { leakingCovariates, refuseLeakingCovariates } from "./leakage.ts";
import type { TrainingSpec } from "./model-document.ts";
import { float64Backend } from "./neural-boltzmann/float64-backend.ts";
import type { NeuralBackend } from "./neural-boltzmann/likelihood-backend.ts";
import { DEFAULT_NEURAL_OPTIONS } from "./neural-boltzmann/neural-boltzmann-options.ts";
import { studyDifferences } from "./study-differences.ts";

/** Fewest control patients with baseline and outcome at the primary visit: below, folds cannot support a regression. */
export const MINIMUM_CONTROLS = minimumControls;
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
 * @param neuralBackend - Where a neural Boltzmann machine is trained; by default the typed arrays of this area.
 * @throws DomainError INVALID_INPUT for ids that the data do not have; INSUFFICIENT_DATA for too few controls, or naming
 *   every endpoint and visit with too few values; INVALID_INPUT for covariates that know too much of an outcome.
 */
export function prepareTraining(
  data: LongDataSet,
  training: TrainingSpec,
  neuralBackend: NeuralBackend = float64Backend,
): PreparedTraining {
  const [fault] = unknownNames(data, training);
  if (fault !== undefined) throw fault;
  const named = (ids: readonly string[]) => data.covariates.filter((covariate) => ids.includes(covariate.id));
  const strata = named(training.strata);
  const own = named(training.covariateIds);
  const covariates = data.covariates.filter((covariate) => own.includes(covariate) || strata.includes(covariate));
  const primaryCell =
    data.endpoints.findIndex((endpoint) => endpoint.id === training.primary.endpointId) * data.visits.length +
    data.visits.findIndex((visit) => visit.id === training.primary.visitId);
  const everybody = subjectTable(data);
  const controls = positionsOfControls(everybody);
  const { table, without } = withCodedBaseline(selectSubjects(everybody, controls));
  refuseTooFew(table, primaryCell, training.folds);
  refuseEmptyOutcomes(table);
  refuseOutcomesThatAreBaseline(table);
  const features = baselineFeatures(
    data.endpoints.filter(({ id }) => !without.includes(id)),
    covariates.filter((covariate) => own.includes(covariate)),
  );
  refuseLeakingCovariates(leakingCovariates(table, features, covariates), training);
  const diagnostics: Diagnostic[] = [...studyDifferences(table)];
  if (training.enrichment !== undefined) {
    assertEnrichment(table, data.covariates, training.enrichment);
    diagnostics.push(enrichmentDiagnostic(table, training.enrichment));
  }
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
      features,
      covariates,
      strata,
      shrinkage: training.shrinkage,
      curvature: training.curvature ?? "chosen",
      ...(training.enrichment === undefined ? {} : { enrichment: training.enrichment }),
      members: training.members ?? defaultMembers(table.endpoints),
      neural: { ...DEFAULT_NEURAL_OPTIONS, ...training.neuralBoltzmann, backend: neuralBackend },
    },
    primaryCell,
    diagnostics,
  };
}

/**
 * Discrete endpoints without a baseline value in anybody, such as a response: coded 0 for everybody, so that regressions on the baseline
 * value have no slope there; the value is no feature.
 */
function withCodedBaseline(table: SubjectTable): { table: SubjectTable; without: readonly string[] } {
  const E = table.endpoints.length;
  const unknown = table.endpoints.map(
    (endpoint, e) =>
      outcomeType(endpoint) !== "continuous" &&
      Array.from({ length: table.count }, (_, i) => table.baseline[i * E + e]!).every(Number.isNaN),
  );
  if (!unknown.includes(true)) return { table, without: [] };
  return {
    table: { ...table, baseline: table.baseline.map((value, k) => (unknown[k % E] ? 0 : value)) },
    without: table.endpoints.filter((_, e) => unknown[e]).map(({ id }) => id),
  };
}

/**
 * Every name in a training document that the data do not have.
 *
 * @param data - History.
 * @param training - What was asked for.
 * @returns One refusal for each field at fault; empty when all names are known.
 */
export function unknownNames(data: LongDataSet, training: TrainingSpec): DomainError[] {
  const faults: DomainError[] = [];
  const check = (
    argument: string,
    given: readonly string[],
    known: readonly { readonly id: string }[],
    what: string,
  ) => {
    const unknown = given.filter((id) => !known.some((each) => each.id === id));
    if (unknown.length === 0) return;
    const names = known.map((each) => each.id).join(", ") || "it has none";
    faults.push(invalidInput(argument, unknown.join(", "), `must name ${what} of the data set (${names})`));
  };
  check("training.covariateIds", training.covariateIds, data.covariates, "covariates");
  check("training.strata", training.strata, data.covariates, "covariates");
  check("training.primary.endpointId", [training.primary.endpointId], data.endpoints, "an endpoint");
  check("training.primary.visitId", [training.primary.visitId], data.visits, "a visit");
  return faults;
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

/** Unexplained share of the variance below which an outcome is its baseline but for rounding. */
const ROUNDING = 1e-12;

/** Nothing can be learnt, and no share of an error of 0 be gained, where an outcome is an exact function of its baseline. */
function refuseOutcomesThatAreBaseline(table: SubjectTable): void {
  const E = table.endpoints.length;
  const V = table.visits.length;
  const problems = table.endpoints.flatMap((endpoint, e) =>
    table.visits.flatMap((visit, v) => {
      const pairs = Array.from({ length: table.count }, (_, i) => ({
        x: table.baseline[i * E + e]!,
        y: table.outcomes[(i * E + e) * V + v]!,
      })).filter(({ x, y }) => !Number.isNaN(x) && !Number.isNaN(y));
      return unexplainedShare(pairs) < ROUNDING ? [`${endpoint.label} at ${visit.label}`] : [];
    }),
  );
  if (problems.length === 0) return;
  throw new DomainError("NOT_ESTIMABLE", {
    argument: "data",
    received: problems.join("; "),
    requirement: "must hold outcomes that are not the same function of their baseline in every control patient",
    hint: "Check that the mapping names the measured value, not the baseline column.",
  });
}

/** 1 − r² of the least-squares line; 1 where either variable is constant (refused elsewhere or uninformative). */
function unexplainedShare(pairs: readonly { readonly x: number; readonly y: number }[]): number {
  const mean = (of: (pair: { x: number; y: number }) => number) =>
    pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length;
  const meanX = mean(({ x }) => x);
  const meanY = mean(({ y }) => y);
  let sxx = 0;
  let sxy = 0;
  let syy = 0;
  for (const { x, y } of pairs) {
    sxx += (x - meanX) ** 2;
    sxy += (x - meanX) * (y - meanY);
    syy += (y - meanY) ** 2;
  }
  if (!(sxx > 0 && syy > 0)) return 1;
  const slope = sxy / sxx;
  const residual = pairs.reduce((sum, { x, y }) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return residual / syy;
}
