import type { Rng } from "../../numerics/rng.ts";
import type { Covariate } from "../../trial/covariate.ts";
import type { Endpoint } from "../../trial/endpoint.ts";
import { outcomeLevels } from "../../trial/outcome-type.ts";
import type { MemberTraining } from "../member.ts";
import { assignFolds } from "../patient-folds.ts";
import { choosePenalty, type PenaltyChoice } from "./choose-penalty.ts";
import { designColumns, setDesignRow } from "./design-columns.ts";
import type { DiscreteEndpoint, VisitStep } from "./discrete-transition-parameters.ts";
import { openEndpoint } from "./endpoint-chain.ts";
import { conditionChain, marginals, visitPairs } from "./markov-chain.ts";
import { countFamily, levelFamily, type StepDesign, type StepFamily, type StepFit } from "./step-family.ts";
import { rowList, rowsOfVisit, type TransitionRows } from "./transition-rows.ts";

const FOLDS = 5;
const MAXIMUM_ROUNDS = 100;
/** Largest change of a parameter at which the iterations over missing visits have settled. */
const SETTLED = 1e-6;
/** Posterior probabilities of a missing value below this add nothing that shows. */
const NEGLIGIBLE = 1e-9;

/** Tuning of an endpoint: what a refit to part of the patients takes over. */
export type EndpointTuning = Pick<DiscreteEndpoint, "penalties" | "structure">;

/** Data of one endpoint: [n × V] codes, −1 where missing, and the design of every patient. */
interface EndpointData {
  readonly values: Int32Array;
  readonly visits: number;
  readonly count: number;
  readonly weights: Float64Array;
}

/**
 * Learns the chain of one endpoint: penalties from steps between observed values, then all steps with missing visits summed over.
 * METHODS.md, equations (DT1)–(DT4) and (DT7).
 *
 * @param training - Patients.
 * @param e - Position of the endpoint in the table.
 * @param strata - Covariates whose coefficients are hardly penalised.
 * @param rng - For the folds.
 * @param like - Tuning to take over; chosen when null.
 */
export function fitEndpoint(
  training: MemberTraining,
  e: number,
  strata: readonly Covariate[],
  rng: Rng,
  like: EndpointTuning | null,
): DiscreteEndpoint {
  const { table, featureValues } = training;
  const endpoint = table.endpoints[e]!;
  const V = table.visits.length;
  const E = table.endpoints.length;
  const Q = training.features.length;
  const own = designColumns(training, endpoint, strata);
  const design: StepDesign = {
    values: new Float64Array(table.count * own.columns.length),
    columns: own.columns.length,
    precision: own.precision,
  };
  for (let i = 0; i < table.count; i++)
    setDesignRow(own.columns, featureValues.subarray(i * Q, (i + 1) * Q), design.values, i * design.columns);
  const data: EndpointData = {
    values: Int32Array.from({ length: table.count * V }, (_, k) => {
      const value = table.outcomes[(Math.floor(k / V) * E + e) * V + (k % V)]!;
      return Number.isNaN(value) ? -1 : value;
    }),
    visits: V,
    count: table.count,
    weights: training.weights,
  };
  const family = familyOf(endpoint, design, data);
  const tuning = like ?? tune(family, data, rng);
  const header = { endpointId: endpoint.id, columns: [...own.columns], ...tuning };
  const largest = data.values.reduce((most, value) => Math.max(most, value), 1);
  const levels = outcomeLevels(endpoint)?.length ?? null;
  const assembled = (visits: readonly VisitStep[], converged: boolean) =>
    (levels === null
      ? { law: "count", ...header, converged, largest: Math.max(8, 2 * largest), visits }
      : { law: "levels", ...header, converged, levels, visits }) as DiscreteEndpoint;
  return fitWithMissing(family, data, tuning, assembled, (i) => featureValues.subarray(i * Q, (i + 1) * Q));
}

/** One pseudo-patient with the law of all values seen, and a little of every level: no threshold is infinite. */
function familyOf(endpoint: Endpoint, design: StepDesign, data: EndpointData): StepFamily {
  const levels = outcomeLevels(endpoint)?.length ?? null;
  if (levels === null) {
    let sum = 0.5;
    let seen = 1;
    for (const value of data.values) {
      if (value < 0) continue;
      sum += value;
      seen++;
    }
    return countFamily(design, sum / seen);
  }
  const pseudo = new Float64Array(levels).fill(1 / levels);
  let seen = 1;
  for (const value of data.values) {
    if (value < 0) continue;
    pseudo[value]!++;
    seen++;
  }
  return levelFamily(
    design,
    levels,
    pseudo.map((count) => count / seen),
  );
}

function tune(family: StepFamily, data: EndpointData, rng: Rng): EndpointTuning {
  const { first, later } = observedRows(data);
  const folds = Math.min(FOLDS, data.count);
  const fold = assignFolds(data.count, folds, rng.fork("penalties"));
  const choiceFirst = choosePenalty(family, first, 1, true, fold, folds);
  if (data.visits === 1) {
    return { penalties: { first: choiceFirst.penalty, later: choiceFirst.penalty }, structure: "single-visit" };
  }
  const choiceLater: PenaltyChoice = choosePenalty(family, later, data.visits - 1, false, fold, folds);
  return {
    penalties: { first: choiceFirst.penalty, later: choiceLater.penalty },
    structure: choiceLater.structure,
  };
}

/** Steps of which both ends were observed. */
function observedRows({ values, visits: V, count, weights }: EndpointData): {
  first: TransitionRows;
  later: TransitionRows;
} {
  const first = rowList();
  const later = rowList();
  for (let i = 0; i < count; i++) {
    if (values[i * V]! >= 0) first.add(i, -1, values[i * V]!, 0, weights[i]!);
    for (let v = 1; v < V; v++) {
      const [last, value] = [values[i * V + v - 1]!, values[i * V + v]!];
      if (last >= 0 && value >= 0) later.add(i, last, value, v - 1, weights[i]!);
    }
  }
  return { first: first.rows(), later: later.rows() };
}

/** Fits of the first visit and of the blocks of later visits. */
interface Fits {
  readonly first: StepFit;
  readonly later: readonly StepFit[];
}

/** Expectation–maximisation over missing visits before the last one observed; one round where there are none. */
function fitWithMissing(
  family: StepFamily,
  data: EndpointData,
  tuning: EndpointTuning,
  assembled: (visits: readonly VisitStep[], converged: boolean) => DiscreteEndpoint,
  featuresOf: (patient: number) => Float64Array,
): DiscreteEndpoint {
  const complete = observedRows(data);
  let fits = fitAll(family, data, tuning, complete.first, complete.later, null);
  const gaps = patientsWithGaps(data);
  let visits = visitsOf(family, data, fits);
  if (gaps.length === 0) return assembled(visits, true);
  const others = observedRowsOutside(data, new Set(gaps));
  let converged = false;
  for (let round = 0; round < MAXIMUM_ROUNDS && !converged; round++) {
    const current = assembled(visits, false);
    const { first, later } = expectedRows(data, gaps, current, featuresOf);
    fits = fitAll(family, data, tuning, joined(others.first, first), joined(others.later, later), fits);
    const next = visitsOf(family, data, fits);
    converged = largestChange(visits, next) < SETTLED;
    visits = next;
  }
  return assembled(visits, converged);
}

function fitAll(
  family: StepFamily,
  data: EndpointData,
  { penalties, structure }: EndpointTuning,
  first: TransitionRows,
  later: TransitionRows,
  start: Fits | null,
): Fits {
  const steps = data.visits - 1;
  const ofFirst = family.fit(first, 1, true, penalties.first, start?.first ?? null);
  if (steps === 0) return { first: ofFirst, later: [] };
  if (structure === "common") {
    return { first: ofFirst, later: [family.fit(later, steps, false, penalties.later, start?.later[0] ?? null)] };
  }
  return {
    first: ofFirst,
    later: Array.from({ length: steps }, (_, v) =>
      family.fit(rowsOfVisit(later, v), 1, false, penalties.later, start?.later[v] ?? null),
    ),
  };
}

function visitsOf(family: StepFamily, data: EndpointData, { first, later }: Fits): readonly VisitStep[] {
  const each = later.length === 1 ? data.visits - 1 : 1;
  return [...family.stepsOf(first, 1), ...later.flatMap((fit) => family.stepsOf(fit, each))];
}

/** Patients with a missing value before an observed one. */
function patientsWithGaps({ values, visits: V, count }: EndpointData): number[] {
  const found: number[] = [];
  for (let i = 0; i < count; i++) {
    let missing = false;
    let gap = false;
    for (let v = 0; v < V; v++) {
      if (values[i * V + v]! < 0) missing = true;
      else if (missing) gap = true;
    }
    if (gap) found.push(i);
  }
  return found;
}

function observedRowsOutside(data: EndpointData, without: ReadonlySet<number>) {
  const values = data.values.map((value, k) => (without.has(Math.floor(k / data.visits)) ? -1 : value));
  return observedRows({ ...data, values });
}

/** Steps of patients with gaps, weighted by their probability given all that was observed. METHODS.md, equation (DT7). */
function expectedRows(
  data: EndpointData,
  patients: readonly number[],
  endpoint: DiscreteEndpoint,
  featuresOf: (patient: number) => Float64Array,
): { first: TransitionRows; later: TransitionRows } {
  const { values, visits: V, weights } = data;
  const first = rowList();
  const later = rowList();
  const opened = openEndpoint(endpoint);
  for (const i of patients) {
    const known = values.slice(i * V, (i + 1) * V);
    let end = V - 1;
    while (known[end]! < 0) end--;
    const { chain } = opened.chain(featuresOf(i), known);
    const { chain: given } = conditionChain(chain, known);
    const laws = marginals(given);
    laws[0]!.forEach((p, k) => {
      if (p > NEGLIGIBLE) first.add(i, -1, k, 0, p * weights[i]!);
    });
    for (let v = 1; v <= end; v++) {
      visitPairs(given, laws, v - 1, NEGLIGIBLE, (j, k, p) => later.add(i, j, k, v - 1, p * weights[i]!));
    }
  }
  return { first: first.rows(), later: later.rows() };
}

function joined(a: TransitionRows, b: TransitionRows): TransitionRows {
  const ints = (x: Int32Array, y: Int32Array) => {
    const both = new Int32Array(x.length + y.length);
    both.set(x);
    both.set(y, x.length);
    return both;
  };
  const weight = new Float64Array(a.weight.length + b.weight.length);
  weight.set(a.weight);
  weight.set(b.weight, a.weight.length);
  return {
    patient: ints(a.patient, b.patient),
    last: ints(a.last, b.last),
    value: ints(a.value, b.value),
    visit: ints(a.visit, b.visit),
    weight,
  };
}

function largestChange(before: readonly VisitStep[], after: readonly VisitStep[]): number {
  const numbers = (visits: readonly VisitStep[]) =>
    visits.flatMap((step) =>
      "thresholds" in step
        ? [...step.thresholds, ...step.steps, ...step.coefficients]
        : [step.intercept, step.last, ...step.coefficients, step.dispersion],
    );
  const later = numbers(after);
  return numbers(before).reduce((most, value, k) => Math.max(most, Math.abs(value - later[k]!)), 0);
}
