import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { choleskyDecompose, choleskyInverse, choleskySolve } from "../../numerics/cholesky.ts";
import { errorLaw, type FailureTimeLaw } from "./failure-time-distribution.ts";
import type { CoxColumn } from "./fit-cox.ts";
import { assertSurvivalTimes, eventCount, type SurvivalTimes } from "./survival-times.ts";

export interface FailureTimeFit {
  readonly law: FailureTimeLaw;
  /** Intercept first; NaN for a column that the others determine. */
  readonly names: readonly string[];
  readonly coefficients: Float64Array;
  /** Indices of the columns in the model. */
  readonly used: Int32Array;
  /** σ of the error law. */
  readonly scale: number;
  /** Of the used coefficients, then log σ where it is estimated; row-major. */
  readonly covariance: Float64Array;
  /** Log-likelihood of the times themselves. */
  readonly logLikelihood: { readonly interceptOnly: number; readonly fitted: number };
  readonly iterations: number;
  readonly lastStep: number;
  readonly subjects: number;
  readonly events: number;
  readonly diagnostics: readonly Diagnostic[];
}

const MAXIMUM_ITERATIONS = 100;
const STEP_TOLERANCE = 1e-9;
const COLLINEAR = 1e-10;

/**
 * Parametric accelerated failure time model: log time (or time) = intercept + Σ x β + σ W with right censoring, by maximum
 * likelihood (Newton's method with step halving in β and log σ).
 *
 * @param times - Right-censored times, shape [n]; above 0 for laws of log time.
 * @param columns - Covariates without the intercept; linearly dependent ones are left out with a diagnostic.
 * @returns Coefficients, scale, their covariance and the log-likelihoods.
 * @throws DomainError INVALID_INPUT for a time of 0 with a law of log time; INSUFFICIENT_DATA without events;
 *   NOT_CONVERGED; NOT_ESTIMABLE when the likelihood has no maximum.
 *
 * METHODS.md eq. (V20)–(V21). Source: Kalbfleisch & Prentice (2002), ch. 3. Reference values:
 * tests/reference/survival.json (R survival 3.5-3 `survreg`).
 */
export function fitFailureTime(
  times: SurvivalTimes,
  columns: readonly CoxColumn[],
  law: FailureTimeLaw,
): FailureTimeFit {
  assertSurvivalTimes(times);
  const { logarithmic } = errorLaw(law);
  const n = times.time.length;
  const events = eventCount(times.event);
  if (events === 0)
    throw new DomainError("INSUFFICIENT_DATA", {
      argument: "times.event",
      received: 0,
      requirement: "must hold at least one event",
      hint: "Count more kinds of events, or follow up longer.",
    });
  let jacobian = 0;
  const y = times.time.map((time, i) => {
    if (!logarithmic) return time;
    if (time === 0)
      throw invalidInput("times.time", 0, `must be above 0 for the ${law} law`, "Leave out patients with time 0.");
    if (times.event[i] === 1) jacobian -= Math.log(time);
    return Math.log(time);
  });
  const all = [{ name: "(intercept)", values: new Float64Array(n).fill(1) }, ...columns];
  const used = independentDesign(all);
  const start = newton(y, times.event, [all[0]!], law, null);
  const fitted =
    used.length === 1
      ? start
      : newton(
          y,
          times.event,
          used.map((j) => all[j]!),
          law,
          start,
        );
  const coefficients = new Float64Array(all.length).fill(Number.NaN);
  used.forEach((column, j) => {
    coefficients[column] = fitted.parameters[j]!;
  });
  return {
    law,
    names: all.map(({ name }) => name),
    coefficients,
    used: Int32Array.from(used),
    scale: fitted.scale,
    covariance: fitted.covariance,
    logLikelihood: { interceptOnly: start.logLikelihood + jacobian, fitted: fitted.logLikelihood + jacobian },
    iterations: fitted.iterations,
    lastStep: fitted.lastStep,
    subjects: n,
    events,
    diagnostics: all
      .filter((_, j) => !used.includes(j))
      .map(({ name }) =>
        diagnostic(
          "warning",
          "column-left-out",
          `${name} is constant or determined by the other columns; the model leaves it out.`,
          name,
        ),
      ),
  };
}

interface NewtonResult {
  readonly parameters: Float64Array;
  readonly scale: number;
  readonly logLikelihood: number;
  readonly covariance: Float64Array;
  readonly iterations: number;
  readonly lastStep: number;
}

function newton(
  y: Float64Array,
  event: Uint8Array,
  columns: readonly CoxColumn[],
  law: FailureTimeLaw,
  start: NewtonResult | null,
): NewtonResult {
  const { fixedScale } = errorLaw(law);
  const p = columns.length;
  const q = fixedScale === null ? p + 1 : p;
  const parameters = new Float64Array(q);
  if (start === null) startValues(y, law, parameters, p, fixedScale);
  else {
    parameters[0] = start.parameters[0]!;
    if (fixedScale === null) parameters[p] = Math.log(start.scale);
  }
  const score = new Float64Array(q);
  const information = new Float64Array(q * q);
  const evaluate = likelihoodOf(y, event, columns, law, score, information);
  let logLikelihood = evaluate(parameters);
  const candidate = new Float64Array(q);
  let factor = improvingFactor(information, q);
  let step = choleskySolve(factor, q, score);
  let iterations = 0;
  let lastStep = Infinity;
  while (lastStep > STEP_TOLERANCE) {
    if (++iterations > MAXIMUM_ITERATIONS)
      throw new DomainError("NOT_CONVERGED", {
        argument: "columns",
        received: iterations,
        requirement: `must let Newton's method converge within ${MAXIMUM_ITERATIONS} iterations; the last step was ${lastStep.toPrecision(3)} standard errors`,
        hint: "An arm or level without events has no finite estimate: merge levels or choose another analysis.",
      });
    let share = 1;
    let next = Number.NaN;
    for (; share > 1e-8; share /= 2) {
      for (let j = 0; j < q; j++) candidate[j] = parameters[j]! + share * step[j]!;
      next = evaluate(candidate);
      if (next >= logLikelihood - 1e-12 * Math.abs(logLikelihood)) break;
    }
    parameters.set(candidate);
    logLikelihood = next;
    factor = improvingFactor(information, q);
    step = choleskySolve(factor, q, score);
    lastStep = Math.sqrt(
      Math.max(
        score.reduce((sum, value, j) => sum + value * step[j]!, 0),
        0,
      ),
    );
    const runaway = columns.some(
      ({ values }, j) => Math.abs(step[j]!) * values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) > 1e-3,
    );
    const scaleNow = fixedScale ?? Math.exp(parameters[p]!);
    if ((lastStep < 1e-5 && runaway && !(scaleNow > 1e3)) || !(scaleNow > 1e-8))
      throw new DomainError("NOT_ESTIMABLE", {
        argument: "columns",
        received: columns.at(-1)?.name ?? "",
        requirement: "must not separate patients with events from patients without: the likelihood has no maximum",
        hint: "An arm or level without events has no finite estimate: merge levels or choose another analysis.",
      });
  }
  return {
    parameters,
    scale: fixedScale ?? Math.exp(parameters[p]!),
    logLikelihood,
    covariance: choleskyInverse(factor, q),
    iterations,
    lastStep,
  };
}

/** Function that returns Σ log-likelihood of y and fills score and information (negative Hessian). */
function likelihoodOf(
  y: Float64Array,
  event: Uint8Array,
  columns: readonly CoxColumn[],
  law: FailureTimeLaw,
  score: Float64Array,
  information: Float64Array,
): (parameters: Float64Array) => number {
  const error = errorLaw(law);
  const p = columns.length;
  const q = score.length;
  return (parameters) => {
    const scale = error.fixedScale ?? Math.exp(parameters[p]!);
    let sum = 0;
    score.fill(0);
    information.fill(0);
    for (let i = 0; i < y.length; i++) {
      let location = 0;
      for (let j = 0; j < p; j++) location += columns[j]!.values[i]! * parameters[j]!;
      const w = (y[i]! - location) / scale;
      const seen = event[i] === 1;
      const { value, first, second } = seen ? error.event(w) : error.censored(w);
      sum += seen ? value - Math.log(scale) : value;
      for (let j = 0; j < p; j++) {
        const xj = columns[j]!.values[i]!;
        score[j]! -= (first * xj) / scale;
        for (let k = 0; k <= j; k++)
          information[j * q + k]! -= (second * xj * columns[k]!.values[i]!) / (scale * scale);
        if (q > p) information[p * q + j]! -= (xj * (second * w + first)) / scale;
      }
      if (q > p) {
        score[p]! -= first * w + (seen ? 1 : 0);
        information[p * q + p]! -= second * w * w + first * w;
      }
    }
    for (let j = 0; j < q; j++) for (let k = 0; k < j; k++) information[k * q + j] = information[j * q + k]!;
    return Number.isFinite(sum) ? sum : -Infinity;
  };
}

/** Cholesky factor of the information, or of the information with its diagonal raised until it is positive definite. */
function improvingFactor(information: Float64Array, q: number): Float64Array {
  let ridge = 0;
  for (let attempt = 0; attempt < 40; attempt++) {
    const raised = information.slice();
    for (let j = 0; j < q; j++) raised[j * q + j]! += ridge * (Math.abs(raised[j * q + j]!) + 1e-8);
    const result = choleskyDecompose(raised, q);
    if (result.ok) return result.factor;
    ridge = ridge === 0 ? 1e-4 : ridge * 4;
  }
  throw new DomainError("NOT_CONVERGED", {
    argument: "columns",
    received: q,
    requirement: "must give a likelihood with a maximum; the information matrix is not positive definite",
    hint: "Leave out covariates or choose another law.",
  });
}

/** Moments of y matched with those of the law. */
function startValues(
  y: Float64Array,
  law: FailureTimeLaw,
  parameters: Float64Array,
  p: number,
  fixedScale: number | null,
): void {
  const error = errorLaw(law);
  let mean = 0;
  for (const value of y) mean += value / y.length;
  let variance = 0;
  for (const value of y) variance += (value - mean) ** 2 / y.length;
  const scale = fixedScale ?? Math.max(Math.sqrt(variance) / error.standardDeviation, 1e-3);
  parameters[0] = mean - error.mean * scale;
  if (fixedScale === null) parameters[p] = Math.log(scale);
}

/** Columns that those before them do not determine. */
function independentDesign(columns: readonly CoxColumn[]): number[] {
  const basis: Float64Array[] = [];
  const used: number[] = [];
  columns.forEach(({ name, values }, index) => {
    const rest = Float64Array.from(values);
    let whole = 0;
    for (const value of values) whole += value * value;
    if (!Number.isFinite(whole)) throw invalidInput(`columns.${name}`, whole, "must hold finite numbers only");
    // Twice, so that rounding of the first pass does not count as information.
    for (let pass = 0; pass < 2; pass++)
      for (const unit of basis) {
        let along = 0;
        for (let i = 0; i < rest.length; i++) along += unit[i]! * rest[i]!;
        for (let i = 0; i < rest.length; i++) rest[i]! -= along * unit[i]!;
      }
    let left = 0;
    for (const value of rest) left += value * value;
    if (!(left > COLLINEAR * whole)) return;
    basis.push(rest.map((value) => value / Math.sqrt(left)));
    used.push(index);
  });
  return used;
}
