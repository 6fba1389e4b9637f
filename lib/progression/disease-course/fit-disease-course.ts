import { choleskyDecompose, choleskyInverse } from "../../numerics/cholesky.ts";
import { observationsOf } from "./course-observations.ts";
import { movedMeans, regress, updatePriorVariances } from "./course-regression.ts";
import {
  type Coefficient,
  coefficientColumns,
  type DiseaseCourseProblem,
  familyOf,
  firstState,
  largestChange,
  notEstimable,
  type State,
} from "./course-state.ts";
import { updateVariances } from "./course-variances.ts";
import type { DiseaseCourseOptions } from "./disease-course-parameters.ts";
import { type IndividualRegression, individualCovariance, individualMean } from "./individual-law.ts";
import { type CourseFamily, individualMode } from "./individual-mode.ts";
import { type LinearisedPatient, lineariseCourse } from "./linearised-course.ts";

/** A fitted disease-course map. */
export interface DiseaseCourseFit {
  readonly family: CourseFamily;
  readonly regression: IndividualRegression;
  /** [d(Q + 1) × d(Q + 1)]. */
  readonly coefficientCovariance: Float64Array;
  /** [d] prior variances of coefficients. */
  readonly coefficientVariances: Float64Array;
  readonly iterations: number;
  readonly converged: boolean;
  readonly lastChange: number;
  readonly minusTwoLogLikelihood: number;
}

/**
 * Fits the disease-course map by alternating the posterior modes of the individual parameters (DC4), generalised least
 * squares of the model linearised about them (DC5), and EM steps for Ω, σ² and the prior variances. Deterministic.
 *
 * @param start - Where to begin; by default at mean levels without change in time.
 * @throws DomainError NOT_ESTIMABLE when the linearised model has no solution.
 */
export function fitDiseaseCourse(
  problem: DiseaseCourseProblem,
  options: DiseaseCourseOptions,
  onProgress: (fraction: number) => void,
  start: State | null = null,
): DiseaseCourseFit {
  const { observations, curves, featureCount } = problem;
  const E = curves.length;
  const d = E + 1;
  const width = featureCount + 1;
  const columns = coefficientColumns(problem);
  let state = start ?? firstState(problem, d, width);
  const modes = Array.from(observations.patients, (patient) =>
    individualMean({ coefficients: state.coefficients, covariance: state.covariance }, problem.known[patient]!, d),
  );
  let iterations = 0;
  let change = Number.POSITIVE_INFINITY;
  let step: IterationResult | null = null;
  while (iterations < options.maximumIterations && change > options.tolerance) {
    step = iterate(problem, columns, state, modes);
    change = largestChange(state, step.state);
    state = step.state;
    iterations++;
    if (iterations % 5 === 0) onProgress(Math.min(0.95, iterations / (iterations + 40)));
  }
  if (step === null) throw notEstimable(columns.length);
  const size = d * width;
  const coefficientCovarianceOfAll = new Float64Array(size * size);
  const positions = columns.map(({ predictor, basis }) => (basis < d ? basis * width + predictor : -1));
  positions.forEach((a, c) => {
    positions.forEach((b, f) => {
      if (a >= 0 && b >= 0) coefficientCovarianceOfAll[a * size + b] = step.covariance[c * columns.length + f]!;
    });
  });
  return {
    family: familyOf(problem, state),
    regression: { coefficients: state.coefficients, covariance: state.covariance },
    coefficientCovariance: coefficientCovarianceOfAll,
    coefficientVariances: state.variances,
    iterations,
    converged: change <= options.tolerance,
    lastChange: change,
    minusTwoLogLikelihood: step.minusTwoLogLikelihood,
  };
}

interface IterationResult {
  readonly state: State;
  /** [p × p] posterior covariance of the coefficients. */
  readonly covariance: Float64Array;
  readonly minusTwoLogLikelihood: number;
}

/** One iteration; `modes` are moved to the new posterior modes. */
function iterate(
  problem: DiseaseCourseProblem,
  columns: readonly Coefficient[],
  state: State,
  modes: Float64Array[],
): IterationResult {
  const { observations, known, weights } = problem;
  const d = problem.curves.length + 1;
  const regression = { coefficients: state.coefficients, covariance: state.covariance };
  const family = familyOf(problem, state);
  const linearised: LinearisedPatient[] = [];
  const roots: Float64Array[] = [];
  observations.patients.forEach((patient, n) => {
    const covariance = individualCovariance(regression, known[patient]!, d);
    const factored = choleskyDecompose(covariance, d);
    if (!factored.ok) throw notEstimable(columns.length);
    const prior = {
      mean: individualMean(regression, known[patient]!, d),
      precision: choleskyInverse(factored.factor, d),
    };
    const own = observationsOf(observations, n);
    modes[n] = individualMode(family, own, prior, modes[n]!).mode;
    linearised.push(lineariseCourse(family, own, modes[n]!));
    roots.push(factored.factor);
  });
  const regressionFit = regress(problem, columns, state, linearised, roots);
  const moved = movedMeans(columns, state, regressionFit.coefficients, d);
  const { covariance, residualVariances } = updateVariances(
    problem,
    columns,
    state,
    moved,
    regressionFit.covariance,
    linearised,
    roots,
    weights,
  );
  return {
    state: {
      ...moved,
      covariance,
      residualVariances,
      variances: updatePriorVariances(columns, state.variances, regressionFit),
    },
    covariance: regressionFit.covariance,
    minusTwoLogLikelihood: regressionFit.minusTwoLogLikelihood,
  };
}
