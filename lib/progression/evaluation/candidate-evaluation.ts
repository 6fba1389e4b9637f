import type { Rng } from "../../numerics/rng.ts";
import { outcomeType } from "../../trial/outcome-type.ts";
import { calibrationAtVisit } from "../calibration.ts";
import { coverageAtVisit } from "../coverage.ts";
import type { CrossValidated, TrainingProblem } from "../cross-validation.ts";
import { type ComparedPatients, comparedPatients, errorGainInterval, gainAtVisit } from "../gain.ts";
import { columnScales } from "../gaussian-joint/standardise.ts";
import { memberOf } from "../members.ts";
import { bootstrapIntervals, type PatientResamples } from "../patient-bootstrap.ts";
import type { CandidateAtVisit, CandidateEvaluation } from "./candidate-document.ts";
import type { CandidateId, CandidatePredictions } from "./candidate-predictions.ts";
import { correlationError } from "./correlation-sums.ts";
import { meanDiscrepancy } from "./maximum-mean-discrepancy.ts";
import { trajectoryColumns, twoSampleTest } from "./two-sample-test.ts";

/** Fewer compared patients than this give no figures. */
const MINIMUM_COMPARED = 10;
/** Fewest patients for the two-sample test. */
const MINIMUM_PAIRS = 20;

type PointNull = "meanChange" | "lastValueCarriedForward" | "allCovariateAncova";

const POINT_NULLS: readonly { readonly id: string; readonly name: string; readonly key: PointNull }[] = [
  { id: "last-value-carried-forward", name: "Last value carried forward", key: "lastValueCarriedForward" },
  { id: "mean-change", name: "Mean change", key: "meanChange" },
  { id: "all-covariate-ancova", name: "ANCOVA on all covariates", key: "allCovariateAncova" },
];

/** Name of a candidate for the reader. */
export function candidateName(id: CandidateId): string {
  if (id === "by-outcome") return "Members by type of endpoint";
  return id === "stack" ? "Stack of all members" : memberOf(id).name;
}

/**
 * Every member, the stack and the nulls on the same patients, folds and resamples.
 *
 * @param problem - Training patients.
 * @param predictions - Cross-validated.
 * @param expected - Patient predictions a candidate must have: n × repetitions; one with fewer failed in some fold.
 * @param resamples - Of the table's patients.
 * @param rng - For the two-sample tests.
 * @returns Nulls, members in the order of the registry, the stack; and candidates that failed in some fold.
 */
export function evaluateCandidates(
  problem: TrainingProblem,
  predictions: CrossValidated,
  expected: number,
  resamples: PatientResamples,
  rng: Rng,
): { candidates: CandidateEvaluation[]; incomplete: CandidateId[] } {
  const makers: readonly CandidateId[] = ["stack", "by-outcome", "discrete-transition"];
  const chosen = makers.find((id) => predictions.candidates.has(id)) ?? "gaussian-joint";
  const incomplete: CandidateId[] = [];
  const reference = predictions.candidates.get("baseline-ancova");
  const candidates = POINT_NULLS.map(({ id, name, key }) => pointNull(problem, predictions, id, name, key, resamples));
  for (const [id, own] of predictions.candidates) {
    if (own.predicted.count < expected) {
      incomplete.push(id);
      continue;
    }
    candidates.push({
      id,
      name: candidateName(id),
      role: id === "stack" || id === "by-outcome" ? "stack" : id === "baseline-ancova" ? "null" : "member",
      chosen: id === chosen,
      visits: eachCell(problem, (cell, at) => lawAtVisit(problem, predictions, id, own, cell, at, resamples)),
      trajectories: trajectories(problem, own, reference ?? own, resamples, rng.fork(id)).filter(
        ({ endpointId }) => !isNormalLawOfCodes(problem, id, endpointId),
      ),
      leaveOneStudyOut: [],
    });
  }
  return { candidates, incomplete };
}

type At = { readonly endpointId: string; readonly visitId: string };

function eachCell<T>(problem: TrainingProblem, figure: (cell: number, at: At) => T | null): T[] {
  const { endpoints, visits } = problem.table;
  return endpoints.flatMap((endpoint, e) =>
    visits.flatMap((visit, v) => {
      const made = figure(e * visits.length + v, { endpointId: endpoint.id, visitId: visit.id });
      return made === null ? [] : [made];
    }),
  );
}

function pointNull(
  problem: TrainingProblem,
  predictions: CrossValidated,
  id: string,
  name: string,
  key: PointNull,
  resamples: PatientResamples,
): CandidateEvaluation {
  return {
    id,
    name,
    role: "null",
    chosen: false,
    visits: eachCell(problem, (cell, at): CandidateAtVisit | null => {
      const compared = comparedPatients(problem.table, predictions, cell);
      if (compared.patients.length < MINIMUM_COMPARED) return null;
      const { gain, rmse } = errorGainInterval(compared, compared[key], resamples);
      return { ...at, patients: compared.patients.length, gain, rmse, law: null };
    }),
    trajectories: [],
    leaveOneStudyOut: [],
  };
}

/** The patients of a candidate are those of the twin: only the predictions differ. */
export function candidateCompared(
  problem: TrainingProblem,
  predictions: CrossValidated,
  own: CandidatePredictions,
  cell: number,
  among?: ArrayLike<number>,
): ComparedPatients {
  const as = {
    ...predictions,
    twin: own.mean,
    twinVariance: own.variance,
    twinBands: own.bands,
    twinPit: own.pit,
    twinCrps: own.crps,
    scoreBeyondBaseline: own.scoreBeyondBaseline,
  };
  return comparedPatients(problem.table, as, cell, among);
}

/** ANCOVA predicts the mean of a code; the normal law around it is no law of a discrete outcome and is not shown. */
function isNormalLawOfCodes(problem: TrainingProblem, id: CandidateId, endpointId: string): boolean {
  const endpoint = problem.table.endpoints.find((candidate) => candidate.id === endpointId);
  return id === "baseline-ancova" && endpoint !== undefined && outcomeType(endpoint) !== "continuous";
}

function lawAtVisit(
  problem: TrainingProblem,
  predictions: CrossValidated,
  id: CandidateId,
  own: CandidatePredictions,
  cell: number,
  at: At,
  resamples: PatientResamples,
): CandidateAtVisit | null {
  const compared = candidateCompared(problem, predictions, own, cell);
  if (compared.patients.length < MINIMUM_COMPARED) return null;
  const { gain, partialCorrelation, rmse, gainClaimed } = gainAtVisit(compared, at, resamples);
  const point = { ...at, patients: compared.patients.length, gain, rmse: rmse.twin };
  if (isNormalLawOfCodes(problem, id, at.endpointId)) return { ...point, law: null };
  const { crps, pitMean, pitKs, slope } = calibrationAtVisit(compared, at);
  const coverage = coverageAtVisit(compared, at).map(({ level, covered, coverage: share }) => ({
    level,
    covered,
    coverage: share,
  }));
  return {
    ...point,
    law: { partialCorrelation, crps, pitMean, pitKs, slope, coverage, gainClaimed },
  };
}

function trajectories(
  problem: TrainingProblem,
  own: CandidatePredictions,
  reference: CandidatePredictions,
  resamples: PatientResamples,
  rng: Rng,
): CandidateEvaluation["trajectories"] {
  const { table } = problem;
  const E = table.endpoints.length;
  const V = table.visits.length;
  const cells = E * V;
  const scales = columnScales(table.outcomes, table.count, cells);
  const baselineScales = columnScales(table.baseline, table.count, E);
  return table.endpoints.flatMap((endpoint, e) => {
    const seen: number[] = [];
    for (let i = 0; i < table.count; i++) {
      for (let v = 0; v < V; v++) {
        if (Number.isNaN(table.outcomes[i * cells + e * V + v]!)) continue;
        seen.push(i);
        break;
      }
    }
    if (seen.length < MINIMUM_COMPARED) return [];
    const patients = Int32Array.from(seen);
    const [energyScore, energyGain] = bootstrapIntervals(
      resamples,
      patients,
      (weights, into) => {
        let sum = 0;
        let other = 0;
        let total = 0;
        for (let k = 0; k < weights.length; k++) {
          sum += weights[k]! * own.energy[patients[k]! * E + e]!;
          other += weights[k]! * reference.energy[patients[k]! * E + e]!;
          total += weights[k]!;
        }
        into[0] = total > 0 ? sum / total : 0;
        into[1] = other > 0 ? 1 - sum / other : 0;
      },
      2,
    );
    const shape = {
      endpoints: E,
      visits: V,
      endpoint: e,
      location: (cell: number) => scales[cell]!,
      baselineLocation: baselineScales[e]!,
    };
    const columns = (outcomes: Float64Array) =>
      trajectoryColumns(outcomes, table.outcomes, table.baseline, patients, shape);
    return [
      {
        endpointId: endpoint.id,
        patients: patients.length,
        energyScore: energyScore!,
        energyGain: energyGain!,
        twoSampleTest:
          patients.length < MINIMUM_PAIRS
            ? null
            : twoSampleTest(columns(table.outcomes), columns(own.draw), patients.length, rng.fork(endpoint.id)),
        meanDiscrepancy:
          patients.length < MINIMUM_PAIRS
            ? null
            : meanDiscrepancy(
                columns(table.outcomes),
                columns(own.draw),
                patients.length,
                rng.fork(endpoint.id).fork("discrepancy"),
              ),
        correlationError: correlationError(own.correlation, e, V),
      },
    ];
  });
}
