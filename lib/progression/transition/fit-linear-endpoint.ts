import { contextValues, designColumns, HISTORY_BASES } from "./design-columns.ts";
import { SUMMARY, slopeOf } from "./history-summary.ts";
import { fitRidge, fitRidgeWith, type RidgeRows } from "./ridge-regression.ts";
import type { TransitionPairs } from "./transition-pairs.ts";
import type { LinearEndpoint } from "./transition-parameters.ts";

/** What the laws of all endpoints are fitted with. */
export interface LinearSetting {
  readonly visits: number;
  /** [n × columns] */
  readonly covariateRows: Float64Array;
  readonly covariateCount: number;
  /** [n] */
  readonly weights: Float64Array;
  /** [n] */
  readonly fold: Int32Array;
  readonly folds: number;
  /** [E] location and spread of all values of each endpoint. */
  readonly scaling: readonly Scaling[];
}

export interface Scaling {
  readonly centre: number;
  readonly scale: number;
}

/** Linear law of one endpoint, learnt from all patients and without each fold. */
export interface LinearEndpointFit {
  readonly law: LinearEndpoint;
  readonly withoutFold: readonly LinearEndpoint[];
  /** [pairs] change minus what the law predicts. */
  readonly residuals: Float64Array;
  /** [folds][pairs] change minus what the law learnt without the fold predicts. */
  readonly foldResiduals: readonly Float64Array[];
}

/** Baseline values of an endpoint: observed ones, or one constant that stands for all. */
export interface BaselineValues {
  /** [n] NaN = missing. */
  readonly values: Float64Array;
  readonly constant: boolean;
}

const GROUP = { history: 0, covariates: 1, interactions: 2 } as const;

/**
 * Linear law of the change of one endpoint to the next visit, and of its baseline value. METHODS.md, equations (TM2), (TM3),
 * (TM6).
 */
export function fitLinearEndpoint(
  pairs: TransitionPairs,
  baseline: BaselineValues,
  setting: LinearSetting,
): LinearEndpointFit {
  const { visits, folds } = setting;
  const { rows, contexts } = linearDesign(pairs, setting);
  const width = rows.columns;
  const fit = fitRidge(rows);
  const start = fitBaseline(baseline, setting);
  const [history, covariates, interactions] = fit.penalties;
  const penalties = { history: history!, covariates: covariates!, interactions: interactions! };
  const lawFrom = (coefficients: Float64Array, startCoefficients: Float64Array): LinearEndpoint => ({
    ...setting.scaling[pairs.endpoint]!,
    contexts,
    ...coefficientsOf(coefficients, visits),
    penalties,
    baseline: baselineLaw(startCoefficients, start.penalty),
    pairs: pairs.count,
  });
  return {
    law: lawFrom(fit.coefficients, start.coefficients),
    withoutFold: Array.from({ length: folds }, (_, k) =>
      lawFrom(fit.foldCoefficients.subarray(k * width, (k + 1) * width), start.withoutFold[k]!),
    ),
    residuals: pairs.change.map((change, r) => change - fit.fitted[r]!),
    foldResiduals: Array.from({ length: folds }, (_, k) =>
      pairs.change.map((change, r) => change - fit.foldFitted[k * pairs.count + r]!),
    ),
  };
}

/** The same law with the penalties of another: nothing is chosen, no patient left out. */
export function refitLinearEndpoint(
  pairs: TransitionPairs,
  baseline: BaselineValues,
  setting: LinearSetting,
  like: LinearEndpoint,
): Pick<LinearEndpointFit, "law" | "residuals"> {
  const { rows, contexts } = linearDesign(pairs, setting);
  const { history, covariates, interactions } = like.penalties;
  const fit = fitRidgeWith(rows, [history, covariates, interactions]);
  const observed = baselineRows(baseline, setting);
  const start = baseline.constant
    ? constantBaseline(baseline, setting)
    : fitRidgeWith(observed, [like.baseline.penalty]).coefficients;
  return {
    law: {
      ...setting.scaling[pairs.endpoint]!,
      contexts,
      ...coefficientsOf(fit.coefficients, setting.visits),
      penalties: { ...like.penalties },
      baseline: baselineLaw(start, like.baseline.penalty),
      pairs: pairs.count,
    },
    residuals: pairs.change.map((change, r) => change - fit.fitted[r]!),
  };
}

function coefficientsOf(
  coefficients: Float64Array,
  visits: number,
): Pick<LinearEndpoint, "intervalChanges" | "coefficients"> {
  return {
    intervalChanges: Array.from(coefficients.subarray(0, visits)),
    coefficients: Array.from(coefficients.subarray(visits)),
  };
}

function baselineLaw(coefficients: Float64Array, penalty: number): LinearEndpoint["baseline"] {
  return { mean: coefficients[0]!, coefficients: Array.from(coefficients.subarray(1)), penalty };
}

/** Rows of the regression of changes: intervals, then the columns of (TM2). */
function linearDesign(
  pairs: TransitionPairs,
  setting: LinearSetting,
): { rows: RidgeRows; contexts: LinearEndpoint["contexts"] } {
  const { visits, covariateCount, folds } = setting;
  const E = setting.scaling.length;
  const contexts = contextScalings(pairs, setting.weights);
  const columns = designColumns(pairs.endpoint, E, covariateCount);
  const width = visits + columns.length;
  const design = new Float64Array(pairs.count * width);
  const bases = new Float64Array(HISTORY_BASES + E + covariateCount);
  const baseOf = Int32Array.from(columns, ({ base }) => base);
  const contextOf = Int32Array.from(columns, ({ context }) => context);
  for (let r = 0; r < pairs.count; r++) {
    for (let v = pairs.from[r]! + 1; v <= pairs.visit[r]!; v++) design[r * width + v] = 1;
    baseValues(pairs, r, setting, bases);
    const count = pairs.summaries[r * SUMMARY.size + SUMMARY.count]!;
    const context = contextValues(contexts, pairs.gap[r]!, pairs.time[r]!, count);
    const at = r * width + visits;
    for (let j = 0; j < baseOf.length; j++) design[at + j] = bases[baseOf[j]!]! * context[contextOf[j]!]!;
  }
  const groups = new Int32Array(width).fill(-1);
  columns.forEach((column, j) => {
    groups[visits + j] = GROUP[column.group];
  });
  return {
    contexts,
    rows: {
      rows: pairs.count,
      columns: width,
      design,
      response: pairs.change,
      weights: Float64Array.from(pairs.patient, (i) => setting.weights[i]!),
      fold: Int32Array.from(pairs.patient, (i) => setting.fold[i]!),
      folds,
      groups,
      groupCount: 3,
    },
  };
}

/** Base quantities of a pair in units of the endpoints' spread; 0 where there is nothing. */
function baseValues(pairs: TransitionPairs, r: number, setting: LinearSetting, into: Float64Array): void {
  const { scaling, covariateRows, covariateCount } = setting;
  const E = scaling.length;
  const state = pairs.summaries;
  const at = r * SUMMARY.size;
  const { centre, scale } = scaling[pairs.endpoint]!;
  const baseline = state[at + SUMMARY.baseline]!;
  const slope = slopeOf(state, at);
  into[0] = (state[at + SUMMARY.last]! - centre) / scale;
  into[1] = Number.isNaN(baseline) ? 0 : (baseline - centre) / scale;
  into[2] = (state[at + SUMMARY.sum]! / state[at + SUMMARY.count]! - centre) / scale;
  into[3] = Number.isNaN(slope) ? 0 : (slope * pairs.gap[r]!) / scale;
  for (let f = 0; f < E; f++) {
    const value = pairs.lastValues[r * E + f]!;
    into[HISTORY_BASES + f] = Number.isNaN(value) ? 0 : (value - scaling[f]!.centre) / scaling[f]!.scale;
  }
  const row = pairs.patient[r]! * covariateCount;
  for (let p = 0; p < covariateCount; p++) into[HISTORY_BASES + E + p] = covariateRows[row + p]!;
}

function contextScalings(pairs: TransitionPairs, weights: Float64Array): LinearEndpoint["contexts"] {
  const of = (value: (r: number) => number): Scaling => {
    let weight = 0;
    let sum = 0;
    for (let r = 0; r < pairs.count; r++) {
      weight += weights[pairs.patient[r]!]!;
      sum += weights[pairs.patient[r]!]! * value(r);
    }
    const centre = sum / weight;
    let square = 0;
    for (let r = 0; r < pairs.count; r++) square += weights[pairs.patient[r]!]! * (value(r) - centre) ** 2;
    const deviation = Math.sqrt(square / weight);
    // A context that hardly varies makes no column: its scale is then so large that the column is 0.
    return { centre, scale: deviation > 1e-6 ? deviation : 1e9 };
  };
  return [
    of((r) => pairs.gap[r]!),
    of((r) => pairs.time[r]!),
    of((r) => 1 / pairs.summaries[r * SUMMARY.size + SUMMARY.count]!),
  ];
}

/** Regression of the baseline value on the covariate columns: [1 + columns] coefficients. */
function fitBaseline(
  baseline: BaselineValues,
  setting: LinearSetting,
): { coefficients: Float64Array; withoutFold: Float64Array[]; penalty: number } {
  const { folds } = setting;
  if (baseline.constant) {
    const coefficients = constantBaseline(baseline, setting);
    return { coefficients, withoutFold: Array.from({ length: folds }, () => coefficients), penalty: 0 };
  }
  const rows = baselineRows(baseline, setting);
  const fit = fitRidge(rows);
  const width = rows.columns;
  return {
    coefficients: fit.coefficients,
    withoutFold: Array.from({ length: folds }, (_, k) => fit.foldCoefficients.slice(k * width, (k + 1) * width)),
    penalty: fit.penalties[0]!,
  };
}

function constantBaseline(baseline: BaselineValues, { covariateCount }: LinearSetting): Float64Array {
  const coefficients = new Float64Array(1 + covariateCount);
  coefficients[0] = baseline.values.find((value) => !Number.isNaN(value))!;
  return coefficients;
}

function baselineRows(
  baseline: BaselineValues,
  { covariateRows, covariateCount, weights, fold, folds }: LinearSetting,
): RidgeRows {
  const width = 1 + covariateCount;
  const rows: number[] = [];
  baseline.values.forEach((value, i) => {
    if (!Number.isNaN(value)) rows.push(i);
  });
  const design = new Float64Array(rows.length * width);
  rows.forEach((i, r) => {
    design[r * width] = 1;
    design.set(covariateRows.subarray(i * covariateCount, (i + 1) * covariateCount), r * width + 1);
  });
  return {
    rows: rows.length,
    columns: width,
    design,
    response: Float64Array.from(rows, (i) => baseline.values[i]!),
    weights: Float64Array.from(rows, (i) => weights[i]!),
    fold: Int32Array.from(rows, (i) => fold[i]!),
    folds,
    groups: Int32Array.from({ length: width }, (_, j) => (j === 0 ? -1 : 0)),
    groupCount: 1,
  };
}

/** [pairs] of residuals by fold, the one of the pair's own patient's fold: what a law that has not seen the patient misses. */
export function heldOutResiduals(
  pairs: TransitionPairs,
  fold: Int32Array,
  foldResiduals: readonly Float64Array[],
): Float64Array {
  return Float64Array.from(pairs.patient, (i, r) => foldResiduals[fold[i]!]![r]!);
}
