import { DomainError } from "../../errors/domain-error.ts";
import type { Rng } from "../../numerics/rng.ts";
import type { MemberTraining } from "../member.ts";
import { assignFolds } from "../patient-folds.ts";
import { covariateColumns, covariateRow } from "../transition/covariate-columns.ts";
import { type EventKind, type EventParameters, eventLabel } from "./event-parameters.ts";
import { fitPenalisedLogistic, type LogisticRows, linearPredictor, softplus } from "./penalised-logistic.ts";
import { type RiskSet, riskSet } from "./risk-set.ts";

export interface EventTrainingOptions {
  /** [n] last day on which the patient could have been seen; NaN = not known, null = nobody was cut off. */
  readonly followUpEnds: Float64Array | null;
}

/** Fewest events of a kind from which a hazard can be learnt. */
export const MINIMUM_EVENTS = 5;
const FOLDS = 5;
/** From strong to weak; the search stops after two in a row that are worse than the best. */
const PENALTIES = [3000, 500, 100, 30, 10, 3, 1, 0.3];
/** Fits that are only compared with one another stop at a step of this size; Newton's next one would be its square. */
const COMPARISON_TOLERANCE = 1e-3;
/** Prior precision of an interval's deviation from the common hazard, and of the common hazard about the observed rate. */
const INTERVAL_PRECISION = 1;
const INTERCEPT_PRECISION = 0.01;

/**
 * Discrete-time hazards of competing kinds of event given the last values and baseline covariates. METHODS.md, equations
 * (EV1)–(EV3).
 *
 * @param training - Patients; baseline values of endpoints count as values at day 0.
 * @param kinds - What ends a course; events that are not named censor it.
 * @param options - When follow-up ended by plan.
 * @param rng - For the folds that choose the penalties.
 * @throws DomainError INVALID_INPUT for an unknown kind; INSUFFICIENT_DATA for a kind with fewer than five events.
 */
export function trainEventModel(
  training: MemberTraining,
  kinds: readonly EventKind[],
  options: EventTrainingOptions,
  rng: Rng,
): EventParameters {
  const { table, features, featureValues, weights } = training;
  const E = table.endpoints.length;
  const V = table.visits.length;
  const Q = features.length;
  const baseline = baselineValues(training);
  const risk = riskSet(table, baseline, kinds, options.followUpEnds);
  const covariates = covariateColumns(features, featureValues, weights);
  const rows = new Float64Array(table.count * covariates.length);
  for (let i = 0; i < table.count; i++) {
    covariateRow(covariates, featureValues, i * Q, rows.subarray(i * covariates.length, (i + 1) * covariates.length));
  }
  const endpoints = table.endpoints.map((_, e) => scalingOf(risk, E, e));
  const fold = assignFolds(table.count, Math.min(FOLDS, table.count), rng.fork("folds"));
  const plannedDays = table.visits.map((visit) => visit.targetDay);
  return {
    kind: "discrete-time-events",
    features: [...features],
    baselineFeatures: table.endpoints.map((endpoint) => {
      const at = features.findIndex((each) => each.kind === "baseline-endpoint" && each.endpointId === endpoint.id);
      return at < 0 ? null : at;
    }),
    plannedDays,
    covariates,
    endpoints,
    visitMeans: visitMeans(training, endpoints),
    kinds: kinds.map((event, k) => {
      const data = kindRows(risk, k, { E, V, plannedDays, endpoints, rows, columns: covariates.length, weights });
      const events = data.logistic.response.reduce((sum, happened) => sum + happened, 0);
      if (events < MINIMUM_EVENTS) throw tooFewEvents(event, events);
      const { coefficients, penalty } = fitWithPenalty(data.logistic, data.rowFold(fold));
      return {
        event,
        intercept: coefficients[0]!,
        intervals: Array.from(coefficients.subarray(1, 1 + V)),
        lastValues: Array.from(coefficients.subarray(1 + V, 1 + V + E)),
        covariates: Array.from(coefficients.subarray(1 + V + E)),
        penalty,
        events,
      };
    }),
    patients: table.count,
    neverAtRisk: risk.neverAtRisk,
  };
}

/**
 * The kinds with enough events to be learnt; the others censor.
 *
 * @param candidates - Kinds in question, all known to the data.
 * @returns Those with at least {@link MINIMUM_EVENTS} events among patients at risk, in their order; possibly none.
 */
export function learnableKinds(
  training: MemberTraining,
  candidates: readonly EventKind[],
  options: EventTrainingOptions,
): EventKind[] {
  if (candidates.length === 0) return [];
  const { outcome } = riskSet(training.table, baselineValues(training), candidates, options.followUpEnds);
  const counts = candidates.map((_, k) => outcome.filter((each) => each === k).length);
  const kept = candidates.filter((_, k) => counts[k]! >= MINIMUM_EVENTS);
  // Without a kind that ended some courses, another may be seen in them: count again among the kept.
  return kept.length === candidates.length ? kept : learnableKinds(training, kept, options);
}

/** [n × E] baseline values of the endpoints from the features. */
export function baselineValues({ table, features, featureValues }: MemberTraining): Float64Array {
  const E = table.endpoints.length;
  const values = new Float64Array(table.count * E).fill(Number.NaN);
  table.endpoints.forEach((endpoint, e) => {
    const at = features.findIndex((each) => each.kind === "baseline-endpoint" && each.endpointId === endpoint.id);
    if (at < 0) return;
    for (let i = 0; i < table.count; i++) values[i * E + e] = featureValues[i * features.length + at]!;
  });
  return values;
}

/** log of the length of an interval relative to the mean length: what a constant hazard would bring. */
export function logRelativeLength(plannedDays: readonly number[], v: number): number {
  const mean = plannedDays.at(-1)! / plannedDays.length;
  return Math.log((plannedDays[v]! - (v === 0 ? 0 : plannedDays[v - 1]!)) / mean);
}

interface KindSetting {
  readonly E: number;
  readonly V: number;
  readonly plannedDays: readonly number[];
  readonly endpoints: EventParameters["endpoints"];
  readonly rows: Float64Array;
  readonly columns: number;
  readonly weights: Float64Array;
}

/** One kind against event-free intervals: the separate logit of a multinomial one. */
function kindRows(risk: RiskSet, k: number, setting: KindSetting) {
  const { E, V, plannedDays, endpoints, rows, columns, weights } = setting;
  const used: number[] = [];
  for (let r = 0; r < risk.count; r++) if (risk.outcome[r] === -1 || risk.outcome[r] === k) used.push(r);
  const width = 1 + V + E + columns;
  const design = new Float64Array(used.length * width);
  used.forEach((r, at) => {
    const row = design.subarray(at * width, (at + 1) * width);
    row[0] = 1;
    row[1 + risk.interval[r]!] = 1;
    for (let e = 0; e < E; e++) {
      const value = risk.lastValues[r * E + e]!;
      row[1 + V + e] = Number.isNaN(value) ? 0 : (value - endpoints[e]!.centre) / endpoints[e]!.scale;
    }
    row.set(rows.subarray(risk.patient[r]! * columns, (risk.patient[r]! + 1) * columns), 1 + V + E);
  });
  const response = Uint8Array.from(used, (r) => (risk.outcome[r] === k ? 1 : 0));
  const happened = response.reduce((sum, each) => sum + each, 0);
  const priorMean = new Float64Array(width);
  priorMean[0] = Math.log((happened + 0.5) / (used.length - happened + 0.5));
  const priorPrecision = new Float64Array(width).fill(-1);
  priorPrecision[0] = INTERCEPT_PRECISION;
  priorPrecision.fill(INTERVAL_PRECISION, 1, 1 + V);
  const logistic: LogisticRows = {
    rows: used.length,
    columns: width,
    design,
    response,
    weights: Float64Array.from(used, (r) => weights[risk.patient[r]!]!),
    offset: Float64Array.from(used, (r) => logRelativeLength(plannedDays, risk.interval[r]!)),
    priorMean,
    priorPrecision,
  };
  return { logistic, rowFold: (fold: Int32Array) => Int32Array.from(used, (r) => fold[risk.patient[r]!]!) };
}

/** Penalty with the highest likelihood of patients left out, then the fit to all. METHODS.md, equation (EV3). */
function fitWithPenalty(data: LogisticRows, fold: Int32Array): { coefficients: Float64Array; penalty: number } {
  const folds = fold.reduce((largest, k) => Math.max(largest, k), 0) + 1;
  const starts = Array.from({ length: folds }, (): Float64Array => data.priorMean.slice());
  let [best, highest, worse] = [PENALTIES[0]!, Number.NEGATIVE_INFINITY, 0];
  for (const penalty of PENALTIES) {
    let sum = 0;
    for (let k = 0; k < folds; k++) {
      const used = Uint8Array.from(fold, (own) => (own === k ? 0 : 1));
      starts[k] = fitPenalisedLogistic(data, penalty, used, starts[k]!, COMPARISON_TOLERANCE);
      for (let r = 0; r < data.rows; r++) {
        if (fold[r] !== k) continue;
        const eta = linearPredictor(data, starts[k]!, r);
        sum += data.weights[r]! * (data.response[r]! * eta - softplus(eta));
      }
    }
    if (sum > highest) [best, highest, worse] = [penalty, sum, 0];
    else if (++worse === 2) break;
  }
  return { coefficients: fitPenalisedLogistic(data, best, null, data.priorMean), penalty: best };
}

function scalingOf(risk: RiskSet, E: number, e: number): { centre: number; scale: number } {
  let [count, sum] = [0, 0];
  for (let r = 0; r < risk.count; r++) {
    const value = risk.lastValues[r * E + e]!;
    if (Number.isNaN(value)) continue;
    count++;
    sum += value;
  }
  const centre = count > 0 ? sum / count : 0;
  let square = 0;
  for (let r = 0; r < risk.count; r++) {
    const value = risk.lastValues[r * E + e]!;
    if (!Number.isNaN(value)) square += (value - centre) ** 2;
  }
  const deviation = count > 0 ? Math.sqrt(square / count) : 0;
  return { centre, scale: deviation > 1e-12 * Math.abs(centre) && deviation > 0 ? deviation : 1 };
}

function visitMeans({ table }: MemberTraining, endpoints: EventParameters["endpoints"]): number[] {
  const cells = table.endpoints.length * table.visits.length;
  return Array.from({ length: cells }, (_, j) => {
    let [count, sum] = [0, 0];
    for (let i = 0; i < table.count; i++) {
      const value = table.outcomes[i * cells + j]!;
      if (Number.isNaN(value)) continue;
      count++;
      sum += value;
    }
    return count > 0 ? sum / count : endpoints[Math.floor(j / table.visits.length)]!.centre;
  });
}

function tooFewEvents(event: EventKind, events: number): DomainError {
  return new DomainError("INSUFFICIENT_DATA", {
    argument: "kinds",
    received: `${events} of ${eventLabel(event)} before the last planned visit`,
    requirement: `must be kinds with at least ${MINIMUM_EVENTS} events among patients at risk`,
    hint: "Leave this kind out, or join it with another under one name in the mapping.",
  });
}
