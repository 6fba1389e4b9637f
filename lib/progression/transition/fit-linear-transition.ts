import { DomainError } from "../../errors/domain-error.ts";
import type { Rng } from "../../numerics/rng.ts";
import type { MemberTraining } from "../member.ts";
import { assignFolds } from "../patient-folds.ts";
import { covariateColumns, covariateRow } from "./covariate-columns.ts";
import {
  type BaselineValues,
  fitLinearEndpoint,
  heldOutResiduals,
  type LinearEndpointFit,
  type LinearSetting,
  refitLinearEndpoint,
  type Scaling,
} from "./fit-linear-endpoint.ts";
import { fitResidualLaw } from "./residual-law.ts";
import { type TransitionPairs, transitionPairs } from "./transition-pairs.ts";
import type { LinearEndpoint, LinearTransition, ResidualLaw } from "./transition-parameters.ts";

/** Fewest values of an outcome, pairs of an endpoint, and baseline values for a law of the baseline. */
const MINIMUM_VALUES = 3;
const MINIMUM_PAIRS = 10;
const MAXIMUM_FOLDS = 5;

/** Everything learnt for the linear law, with what patients left out say about it. */
export interface LinearTransitionFit {
  /** With inflation 1. */
  readonly model: LinearTransition;
  readonly setting: LinearSetting;
  readonly pairs: readonly TransitionPairs[];
  readonly endpoints: readonly LinearEndpointFit[];
  /** [n × E] baseline value minus its prediction without the patient's fold; NaN = missing. */
  readonly baselineResiduals: Float64Array;
}

/**
 * Linear laws of all endpoints from all patients, and without each of five folds of patients. METHODS.md, equations
 * (TM1)–(TM6).
 *
 * @throws DomainError INSUFFICIENT_DATA when an outcome has fewer than three values, an endpoint does not vary or has fewer
 *   than ten pairs of visits.
 */
export function fitLinearTransition(training: MemberTraining, rng: Rng): LinearTransitionFit {
  const { table, weights } = training;
  const prepared = prepareLinear(training, rng);
  const { setting, pairs, baseline } = prepared;
  const endpoints = pairs.map((set, e) => fitLinearEndpoint(set, baseline[e]!, setting));
  const baselineResiduals = heldOutBaseline(baseline, endpoints, setting);
  const residual = fitResidualLaw(
    {
      pairs,
      residuals: endpoints.map((fit, e) => heldOutResiduals(pairs[e]!, setting.fold, fit.foldResiduals)),
      baseline: baselineResiduals,
      weights,
      visits: table.visits.length,
      scaling: setting.scaling,
    },
    false,
  );
  const laws = endpoints.map((fit) => fit.law);
  const inflation = new Array<number>(table.outcomes.length / table.count).fill(1);
  const model = linearModel(training, prepared, laws, residual, inflation);
  return { model, setting, pairs, endpoints, baselineResiduals };
}

/** Linear laws refitted with the tuning of another model; see {@link refitLinearTransition}. */
export interface LinearTransitionRefit {
  readonly model: LinearTransition;
  readonly setting: LinearSetting;
  readonly pairs: readonly TransitionPairs[];
  /** [E][pairs] change minus its prediction. */
  readonly residuals: readonly Float64Array[];
}

/**
 * Linear laws from part of the patients of another training: penalties, residual law and inflation are taken over, so that no
 * patient has to be left out.
 *
 * @param training - Patients.
 * @param like - Model of all patients, with the same endpoints and visits.
 * @param rng - As for {@link fitLinearTransition}.
 */
export function refitLinearTransition(
  training: MemberTraining,
  like: LinearTransition,
  rng: Rng,
): LinearTransitionRefit {
  const prepared = prepareLinear(training, rng);
  const { setting, pairs, baseline } = prepared;
  const fits = pairs.map((set, e) => refitLinearEndpoint(set, baseline[e]!, setting, like.endpoints[e]!));
  const laws = fits.map((fit) => fit.law);
  return {
    model: linearModel(training, prepared, laws, like.residual, like.inflation),
    setting,
    pairs,
    residuals: fits.map((fit) => fit.residuals),
  };
}

/** What the regressions of all endpoints begin with. */
interface PreparedLinear {
  readonly setting: LinearSetting;
  readonly pairs: readonly TransitionPairs[];
  readonly baseline: readonly BaselineValues[];
  readonly baselineFeatures: readonly (number | null)[];
  readonly covariates: ReturnType<typeof covariateColumns>;
}

function prepareLinear(training: MemberTraining, rng: Rng): PreparedLinear {
  const { table, features, featureValues, weights } = training;
  const E = table.endpoints.length;
  const Q = features.length;
  refuseEmptyOutcomes(training);
  const covariates = covariateColumns(features, featureValues, weights);
  const covariateRows = new Float64Array(table.count * covariates.length);
  for (let i = 0; i < table.count; i++) {
    const row = covariateRows.subarray(i * covariates.length, (i + 1) * covariates.length);
    covariateRow(covariates, featureValues, i * Q, row);
  }
  const folds = Math.min(MAXIMUM_FOLDS, table.count);
  const baselineFeatures: (number | null)[] = [];
  const baseline: BaselineValues[] = [];
  const starts = new Float64Array(table.count * E);
  for (let e = 0; e < E; e++) {
    const own = baselineOf(training, e);
    baselineFeatures.push(own.feature);
    baseline.push(own);
    for (let i = 0; i < table.count; i++) starts[i * E + e] = own.values[i]!;
  }
  const setting: LinearSetting = {
    visits: table.visits.length,
    covariateRows,
    covariateCount: covariates.length,
    weights,
    fold: assignFolds(table.count, folds, rng.fork("folds")),
    folds,
    scaling: table.endpoints.map((_, e) => scalingOf(training, baseline[e]!.values, e)),
  };
  const pairs = transitionPairs(training, starts);
  pairs.forEach((set, e) => {
    if (set.count < MINIMUM_PAIRS) throw tooFewPairs(training, e, set.count);
  });
  return { setting, pairs, baseline, baselineFeatures, covariates };
}

function linearModel(
  { table, features }: MemberTraining,
  { baselineFeatures, covariates }: PreparedLinear,
  endpoints: readonly LinearEndpoint[],
  residual: ResidualLaw,
  inflation: readonly number[],
): LinearTransition {
  return {
    features: [...features],
    baselineFeatures: [...baselineFeatures],
    plannedDays: table.visits.map((visit) => visit.targetDay),
    covariates,
    endpoints: [...endpoints],
    residual,
    inflation: [...inflation],
    patients: table.count,
  };
}

/** The model as it would be without the patients of a fold; residual law as given. */
export function modelWithoutFold(fit: LinearTransitionFit, residual: ResidualLaw, k: number): LinearTransition {
  const endpoints: LinearEndpoint[] = fit.endpoints.map((endpoint) => endpoint.withoutFold[k]!);
  return { ...fit.model, residual, endpoints };
}

/**
 * Baseline values of an endpoint and the feature that holds them. Where hardly any patient has one, the mean of the first
 * values after baseline stands for all, so that a course can still start somewhere.
 */
function baselineOf(
  { table, features, featureValues }: MemberTraining,
  e: number,
): BaselineValues & { feature: number | null } {
  const id = table.endpoints[e]!.id;
  const feature = features.findIndex((each) => each.kind === "baseline-endpoint" && each.endpointId === id);
  const Q = features.length;
  const values = new Float64Array(table.count).fill(Number.NaN);
  let observed = 0;
  if (feature >= 0) {
    for (let i = 0; i < table.count; i++) {
      values[i] = featureValues[i * Q + feature]!;
      if (!Number.isNaN(values[i]!)) observed++;
    }
  }
  if (observed >= MINIMUM_VALUES) return { values, constant: false, feature };
  return { values: values.fill(meanFirstValue(table, e)), constant: true, feature: null };
}

function meanFirstValue(table: MemberTraining["table"], e: number): number {
  const E = table.endpoints.length;
  const V = table.visits.length;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < table.count; i++) {
    for (let v = 0; v < V; v++) {
      const value = table.outcomes[(i * E + e) * V + v]!;
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
      break;
    }
  }
  return sum / count;
}

function scalingOf({ table, weights }: MemberTraining, baseline: Float64Array, e: number): Scaling {
  const E = table.endpoints.length;
  const V = table.visits.length;
  let weight = 0;
  let sum = 0;
  const each = (use: (value: number, weight: number) => void) => {
    for (let i = 0; i < table.count; i++) {
      if (!Number.isNaN(baseline[i]!)) use(baseline[i]!, weights[i]!);
      for (let v = 0; v < V; v++) {
        const value = table.outcomes[(i * E + e) * V + v]!;
        if (!Number.isNaN(value)) use(value, weights[i]!);
      }
    }
  };
  each((value, w) => {
    weight += w;
    sum += w * value;
  });
  const centre = sum / weight;
  let square = 0;
  each((value, w) => {
    square += w * (value - centre) ** 2;
  });
  return { centre, scale: Math.sqrt(square / weight) };
}

function heldOutBaseline(
  baseline: readonly BaselineValues[],
  endpoints: readonly LinearEndpointFit[],
  { weights, fold, covariateRows, covariateCount }: LinearSetting,
): Float64Array {
  const E = baseline.length;
  const residuals = new Float64Array(weights.length * E).fill(Number.NaN);
  for (let i = 0; i < weights.length; i++) {
    for (let e = 0; e < E; e++) {
      const law = endpoints[e]!.withoutFold[fold[i]!]!.baseline;
      let predicted = law.mean;
      for (let p = 0; p < covariateCount; p++)
        predicted += law.coefficients[p]! * covariateRows[i * covariateCount + p]!;
      residuals[i * E + e] = baseline[e]!.values[i]! - predicted;
    }
  }
  return residuals;
}

function refuseEmptyOutcomes({ table }: MemberTraining): void {
  const E = table.endpoints.length;
  const V = table.visits.length;
  const faults: string[] = [];
  table.endpoints.forEach((endpoint, e) => {
    let minimum = Number.POSITIVE_INFINITY;
    let maximum = Number.NEGATIVE_INFINITY;
    table.visits.forEach((visit, v) => {
      let count = 0;
      for (let i = 0; i < table.count; i++) {
        const value = table.outcomes[(i * E + e) * V + v]!;
        if (Number.isNaN(value)) continue;
        count++;
        minimum = Math.min(minimum, value);
        maximum = Math.max(maximum, value);
      }
      if (count < MINIMUM_VALUES) faults.push(`${endpoint.label} at ${visit.label}: ${count} values`);
    });
    if (maximum <= minimum) faults.push(`${endpoint.label}: the same value everywhere`);
  });
  if (faults.length === 0) return;
  throw new DomainError("INSUFFICIENT_DATA", {
    argument: "data",
    received: faults.join("; "),
    requirement: `must hold at least ${MINIMUM_VALUES} values of every endpoint at every visit, not all the same`,
    hint: "Leave out the visit or endpoint, or add patients.",
  });
}

function tooFewPairs({ table }: MemberTraining, e: number, pairs: number): DomainError {
  return new DomainError("INSUFFICIENT_DATA", {
    argument: "data",
    received: `${pairs} pairs of ${table.endpoints[e]!.label}`,
    requirement: `must hold at least ${MINIMUM_PAIRS} pairs of successive values of every endpoint for a transition model`,
    hint: "Add patients or visits, or leave this member out.",
  });
}
