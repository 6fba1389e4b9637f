import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { choleskyDecompose, choleskyInverse, choleskySolve } from "../../numerics/cholesky.ts";
import { coxLikelihood } from "./cox-likelihood.ts";
import { type CoxProblem, coxProblem, linearPredictorInto, type TieMethod } from "./cox-problem.ts";
import { eventCount, type SurvivalTimes } from "./survival-times.ts";

/** A named covariate of a proportional hazards model. */
export interface CoxColumn {
  readonly name: string;
  /** Shape [n]. */
  readonly values: Float64Array;
}

export interface CoxFit {
  readonly ties: TieMethod;
  /** Names of the columns given. */
  readonly names: readonly string[];
  /** Log hazard ratios; NaN for a column that the others determine. */
  readonly coefficients: Float64Array;
  /** Indices of the columns in the model. */
  readonly used: Int32Array;
  /** Inverse information of the used columns, row-major [q · q]. */
  readonly covariance: Float64Array;
  readonly logLikelihood: { readonly null: number; readonly fitted: number };
  /** Score test of all coefficients being 0. */
  readonly scoreStatistic: number;
  readonly waldStatistic: number;
  readonly iterations: number;
  /** Largest step that Newton's method would still take, in standard errors. */
  readonly lastStep: number;
  readonly subjects: number;
  readonly events: number;
  /** Σ (x − mean) β of each patient, in the order of the data. */
  readonly linearPredictor: Float64Array;
  /** The problem restricted to the used columns. */
  readonly problem: CoxProblem;
  readonly diagnostics: readonly Diagnostic[];
}

const MAXIMUM_ITERATIONS = 60;
/** A pivot below this share of the information about a column alone means that the others determine it. */
const COLLINEAR = 1e-9;
/** Change of every coefficient, in standard errors, at which Newton's method stops. */
const STEP_TOLERANCE = 1e-9;

/**
 * Cox's proportional hazards model by Newton's method from 0 with step halving.
 *
 * @param times - Right-censored times, shape [n].
 * @param columns - Covariates; linearly dependent ones are left out with a diagnostic, in the order given.
 * @param options - Ties (Efron), strata codes and case weights, shape [n].
 * @returns Coefficients with their covariance; likelihood, score and Wald tests.
 * @throws DomainError INSUFFICIENT_DATA without events; NOT_ESTIMABLE when the likelihood grows without bound (an arm or
 *   level without events); NOT_CONVERGED; UNSUPPORTED_COMBINATION for weights with exact ties.
 *
 * METHODS.md eq. (V9)–(V13). Reference values: tests/reference/survival.json (R survival 3.5-3 `coxph`).
 */
export function fitCox(
  times: SurvivalTimes,
  columns: readonly CoxColumn[],
  options: {
    readonly ties?: TieMethod;
    readonly strata?: ArrayLike<number>;
    readonly weights?: Float64Array;
  } = {},
): CoxFit {
  const { ties = "efron" } = options;
  if (ties === "exact" && options.weights !== undefined)
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "weights",
      received: "given",
      requirement: "must be absent with exact ties",
      hint: "Use Efron's or Breslow's method with weights.",
    });
  const full = coxProblem(
    times,
    columns.map(({ values }) => values),
    options,
  );
  const events = eventCount(full.event);
  if (events === 0)
    throw new DomainError("INSUFFICIENT_DATA", {
      argument: "times.event",
      received: 0,
      requirement: "must hold at least one event",
      hint: "Count more kinds of events, or follow up longer.",
    });
  const atNull = coxLikelihood(full, ties)(new Float64Array(full.p));
  const nullLogLikelihood = atNull.logLikelihood;
  const used = independentColumns(atNull.information, full.p);
  const problem = used.length === full.p ? full : withColumns(full, used);
  const diagnostics = columns
    .filter((_, j) => !used.includes(j))
    .map(({ name }) =>
      diagnostic(
        "warning",
        "column-left-out",
        `${name} is constant or determined by the other columns in every set of patients at risk; the model leaves it out.`,
        name,
      ),
    );
  const q = problem.p;
  const likelihood = coxLikelihood(problem, ties);
  const beta = new Float64Array(q);
  const candidate = new Float64Array(q);
  let at = likelihood(beta);
  let logLikelihood = at.logLikelihood;
  let factor = factorOf(at.information, q);
  let step = choleskySolve(factor, q, at.score);
  const scoreStatistic = dot(at.score, step);
  let iterations = 0;
  let lastStep = q === 0 ? 0 : Infinity;
  while (lastStep > STEP_TOLERANCE) {
    if (++iterations > MAXIMUM_ITERATIONS) {
      throw new DomainError("NOT_CONVERGED", {
        argument: "columns",
        received: iterations,
        requirement: `must let Newton's method converge within ${MAXIMUM_ITERATIONS} iterations; the last step was ${lastStep.toPrecision(3)} standard errors`,
        hint: "Leave out covariates or merge sparse levels.",
      });
    }
    let share = 1;
    for (;;) {
      for (let j = 0; j < q; j++) candidate[j] = beta[j]! + share * step[j]!;
      at = likelihood(candidate);
      const fell = !(at.logLikelihood >= logLikelihood - 1e-12 * Math.abs(logLikelihood));
      if (!fell || share < 1e-6) break;
      share /= 2;
    }
    beta.set(candidate);
    logLikelihood = at.logLikelihood;
    const result = choleskyDecompose(at.information, q);
    if (!result.ok || isRunningAway(problem, beta)) throw monotone(columns, used, problem, beta);
    factor = result.factor;
    step = choleskySolve(factor, q, at.score);
    lastStep = Math.sqrt(Math.max(dot(at.score, step), 0));
    // Newton's steps along a direction without a maximum keep their length while the likelihood stands still.
    if (lastStep < 1e-5 && longestPredictorStep(problem, step) > 1e-3) throw monotone(columns, used, problem, beta);
  }
  const linear = new Float64Array(problem.n);
  linearPredictorInto(problem, beta, linear);
  const linearPredictor = new Float64Array(problem.n);
  for (let k = 0; k < problem.n; k++) linearPredictor[problem.order[k]!] = linear[k]!;
  const coefficients = new Float64Array(full.p).fill(Number.NaN);
  used.forEach((column, j) => {
    coefficients[column] = beta[j]!;
  });
  return {
    ties,
    names: columns.map(({ name }) => name),
    coefficients,
    used: Int32Array.from(used),
    covariance: choleskyInverse(factor, q),
    logLikelihood: { null: nullLogLikelihood, fitted: logLikelihood },
    scoreStatistic,
    waldStatistic: quadratic(at.information, beta, q),
    iterations,
    lastStep,
    subjects: full.n,
    events,
    linearPredictor,
    problem,
    diagnostics,
  };
}

/** Position of a column in the covariance of the fit; refuses a column that was left out. */
export function coefficientIndex(fit: CoxFit, column: number): number {
  const index = fit.used.indexOf(column);
  if (index === -1)
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "columns",
      received: fit.names[column] ?? column,
      requirement: "must not be determined by the other columns",
      hint: "Leave out the covariates or strata that determine it.",
    });
  return index;
}

/** Columns whose information is not exhausted by those before them. */
function independentColumns(information: Float64Array, p: number): number[] {
  const used: number[] = [];
  const factor = new Float64Array(p * p);
  for (let i = 0; i < p; i++) {
    let pivot = information[i * p + i]!;
    const whole = pivot;
    used.forEach((column, a) => {
      let sum = information[i * p + column]!;
      for (let b = 0; b < a; b++) sum -= factor[i * p + b]! * factor[column * p + b]!;
      factor[i * p + a] = sum / factor[column * p + a]!;
      pivot -= factor[i * p + a]! ** 2;
    });
    if (!(whole > 0) || pivot <= COLLINEAR * whole) continue;
    factor[i * p + used.length] = Math.sqrt(pivot);
    used.push(i);
  }
  return used;
}

function withColumns(full: CoxProblem, used: readonly number[]): CoxProblem {
  const q = used.length;
  const x = new Float64Array(full.n * q);
  for (let k = 0; k < full.n; k++) for (let j = 0; j < q; j++) x[k * q + j] = full.x[k * full.p + used[j]!]!;
  return { ...full, p: q, x, means: Float64Array.from(used, (column) => full.means[column]!) };
}

function factorOf(information: Float64Array, q: number): Float64Array {
  const result = choleskyDecompose(information, q);
  if (!result.ok) throw invalidInput("columns", result.pivot, "must not be linearly dependent");
  return result.factor;
}

/** exp(η) has left the range in which the likelihood means anything. */
function isRunningAway(problem: CoxProblem, beta: Float64Array): boolean {
  return longestPredictorStep(problem, beta) > 300;
}

/** Largest |Σ x δ| over the patients. */
function longestPredictorStep({ n, p, x }: CoxProblem, delta: Float64Array): number {
  let longest = 0;
  for (let k = 0; k < n; k++) {
    let sum = 0;
    for (let j = 0; j < p; j++) sum += x[k * p + j]! * delta[j]!;
    longest = Math.max(longest, Math.abs(sum));
  }
  return longest;
}

function monotone(
  columns: readonly CoxColumn[],
  used: readonly number[],
  problem: CoxProblem,
  beta: Float64Array,
): DomainError {
  const spread = (j: number) => {
    let largest = 0;
    for (let k = 0; k < problem.n; k++) largest = Math.max(largest, Math.abs(problem.x[k * problem.p + j]! * beta[j]!));
    return largest;
  };
  let worst = 0;
  for (let j = 1; j < problem.p; j++) if (spread(j) > spread(worst)) worst = j;
  return new DomainError("NOT_ESTIMABLE", {
    argument: "columns",
    received: columns[used[worst]!]?.name ?? worst,
    requirement:
      "must not separate patients with events from patients without: the hazard ratio has no finite estimate",
    hint: "An arm or level without events has none. Use the log-rank test or the restricted mean, merge levels, or leave the covariate out.",
  });
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

function quadratic(matrix: Float64Array, v: Float64Array, q: number): number {
  let sum = 0;
  for (let i = 0; i < q; i++) for (let j = 0; j < q; j++) sum += v[i]! * matrix[i * q + j]! * v[j]!;
  return sum;
}
