import type { SubjectTable } from "../../lib/data/subject-table.ts";
import type { Rng } from "../../lib/numerics/rng.ts";
import { coverageAtVisit } from "../../lib/progression/coverage.ts";
import type { CrossValidated } from "../../lib/progression/cross-validation.ts";
import { trajectoryColumns, twoSampleTest } from "../../lib/progression/evaluation/two-sample-test.ts";
import { normalCrps } from "../../lib/progression/forecast-scores.ts";
import { type ComparedPatients, comparedPatients, errorGainInterval, gainAtVisit } from "../../lib/progression/gain.ts";
import { columnScales } from "../../lib/progression/gaussian-joint/standardise.ts";
import { bootstrapIntervals, type PatientResamples } from "../../lib/progression/patient-bootstrap.ts";
import type { MethodAtVisit, MethodResults } from "./evidence-results.ts";
import type { MethodPredictions } from "./method-predictions.ts";

/** Fewer compared patients than this give no figures. */
const MINIMUM_COMPARED = 10;
const MINIMUM_PAIRS = 20;

/** Patients, the predictions of the nulls on them, and the resamples that all methods share. */
export interface Scoring {
  readonly table: SubjectTable;
  readonly nulls: CrossValidated;
  /** Held-out law of ANCOVA on baseline value and strata: what CRPS is compared with. */
  readonly ancova: MethodPredictions;
  readonly resamples: PatientResamples;
}

export type PointNull = "meanChange" | "lastValueCarriedForward" | "allCovariateAncova";

/**
 * Figures of a method with a law, at every endpoint and visit with enough patients, and of its trajectories.
 *
 * @param predictions - Held out, on the same folds as the nulls.
 * @param rng - Of the two-sample test.
 */
export function scoreMethod(
  scoring: Scoring,
  predictions: MethodPredictions,
  rng: Rng,
): Pick<MethodResults, "visits" | "endpoints"> {
  const { table, resamples } = scoring;
  const visits = eachCell(table, (cell, at): MethodAtVisit | null => {
    const compared = comparedWith(scoring, predictions, cell);
    if (compared.patients.length < MINIMUM_COMPARED) return null;
    const { patients, gain, partialCorrelation, rmse, gainClaimed } = gainAtVisit(compared, at, resamples);
    const coverage = coverageAtVisit(compared, at).map(({ level, coverage: share }) => ({ level, coverage: share }));
    const [crps, crpsGain] = crpsIntervals(compared, comparedWith(scoring, scoring.ancova, cell), resamples);
    return {
      ...at,
      patients,
      gain,
      rmse: rmse.twin,
      law: { partialCorrelation, coverage, crps, crpsGain, gainClaimed },
    };
  });
  return { visits, endpoints: trajectoryTests(table, predictions.draw, rng) };
}

/** Figures of a null that is a number and has no law. */
export function scorePointNull(scoring: Scoring, key: PointNull): MethodAtVisit[] {
  const { table, nulls, resamples } = scoring;
  return eachCell(table, (cell, at): MethodAtVisit | null => {
    const compared = comparedPatients(table, nulls, cell);
    if (compared.patients.length < MINIMUM_COMPARED) return null;
    const { gain, rmse } = errorGainInterval(compared, compared[key], resamples);
    return { ...at, patients: compared.patients.length, gain, rmse, law: null };
  });
}

function comparedWith({ table, nulls }: Scoring, own: MethodPredictions, cell: number): ComparedPatients {
  const as = {
    ...nulls,
    twin: own.mean,
    twinVariance: own.variance,
    twinBands: own.bands,
    scoreBeyondBaseline: own.scoreBeyondBaseline,
  };
  return comparedPatients(table, as, cell);
}

type At = { readonly endpointId: string; readonly visitId: string };

function eachCell<T>(table: SubjectTable, figure: (cell: number, at: At) => T | null): T[] {
  return table.endpoints.flatMap((endpoint, e) =>
    table.visits.flatMap((visit, v) => {
      const made = figure(e * table.visits.length + v, { endpointId: endpoint.id, visitId: visit.id });
      return made === null ? [] : [made];
    }),
  );
}

/** Mean CRPS of normal laws and its gain over that of ANCOVA, patients resampled. */
function crpsIntervals(own: ComparedPatients, ancova: ComparedPatients, resamples: PatientResamples) {
  const scores = ({ observed, twin, twinVariance }: ComparedPatients) =>
    observed.map((value, i) => {
      const deviation = Math.sqrt(twinVariance[i]!);
      return normalCrps((value - twin[i]!) / deviation, deviation);
    });
  const [mine, reference] = [scores(own), scores(ancova)];
  return bootstrapIntervals(
    resamples,
    own.patients,
    (weights, into) => {
      let [sum, other, total] = [0, 0, 0];
      for (let i = 0; i < weights.length; i++) {
        sum += weights[i]! * mine[i]!;
        other += weights[i]! * reference[i]!;
        total += weights[i]!;
      }
      into[0] = total > 0 ? sum / total : 0;
      into[1] = other > 0 ? 1 - sum / other : 0;
    },
    2,
  ) as [MethodAtVisit["gain"], MethodAtVisit["gain"]];
}

function trajectoryTests(table: SubjectTable, draw: Float64Array, rng: Rng): MethodResults["endpoints"] {
  const E = table.endpoints.length;
  const V = table.visits.length;
  const scales = columnScales(table.outcomes, table.count, E * V);
  const baselineScales = columnScales(table.baseline, table.count, E);
  return table.endpoints.flatMap((endpoint, e) => {
    const seen = Array.from({ length: table.count }, (_, i) => i).filter((i) => {
      const own = table.outcomes.subarray((i * E + e) * V, (i * E + e + 1) * V);
      return own.some((value) => !Number.isNaN(value));
    });
    if (seen.length < MINIMUM_PAIRS) return [];
    const patients = Int32Array.from(seen);
    const shape = {
      endpoints: E,
      visits: V,
      endpoint: e,
      location: (cell: number) => scales[cell]!,
      baselineLocation: baselineScales[e]!,
    };
    const columns = (outcomes: Float64Array) =>
      trajectoryColumns(outcomes, table.outcomes, table.baseline, patients, shape);
    const test = twoSampleTest(columns(table.outcomes), columns(draw), patients.length, rng.fork(endpoint.id));
    const { pairs, interval: area, nullUpper, pValue } = test;
    return [{ endpointId: endpoint.id, pairs, area, nullUpper, pValue }];
  });
}
