import { coefficientCovariance, coefficientPosterior } from "../mixed-effects/shrunken-regression.ts";
import { type Coefficient, type DiseaseCourseProblem, notEstimable, type State } from "./course-state.ts";
import { integrateIndividual, type LinearisedPatient } from "./linearised-course.ts";

const SMALLEST_COEFFICIENT_VARIANCE = 1e-8;
const LARGEST_COEFFICIENT_VARIANCE = 10;
const LARGEST_STEP = 1;

/** Coefficients of the linearised model. */
export interface RegressionFit {
  readonly coefficients: Float64Array;
  readonly covariance: Float64Array;
  readonly minusTwoLogLikelihood: number;
}

/** Generalised least squares of the linearised model with the individual parameters integrated out. */
export function regress(
  { observations, known, weights }: DiseaseCourseProblem,
  columns: readonly Coefficient[],
  state: State,
  linearised: readonly LinearisedPatient[],
  roots: readonly Float64Array[],
): RegressionFit {
  const p = columns.length;
  const w = linearised[0]?.width ?? 2;
  const information = new Float64Array(p * p);
  const score = new Float64Array(p);
  const reduced = new Float64Array(w * w);
  const own = new Float64Array(p);
  const carried = new Float64Array((w - 1) * p);
  const d = state.variances.length;
  let value = 0;
  linearised.forEach(({ products, pseudo }, n) => {
    const patient = observations.patients[n]!;
    const weight = weights[patient]!;
    value += weight * (integrateIndividual(products, w, roots[n]!, d, reduced) + reduced[w * w - 1]!);
    for (let k = 0; k < pseudo.length; k++)
      value +=
        weight * Math.log(2 * Math.PI * state.residualVariances[observations.endpoint[observations.starts[n]! + k]!]!);
    const { values } = known[patient]!;
    columns.forEach(({ predictor }, c) => {
      own[c] = predictor === 0 ? 1 : values[predictor - 1]!;
    });
    for (let k = 0; k < w - 1; k++)
      for (let c = 0; c < p; c++) carried[k * p + c] = own[c]! * reduced[k * w + columns[c]!.basis]!;
    for (let c = 0; c < p; c++) {
      const x = weight * own[c]!;
      const { basis } = columns[c]!;
      score[c]! += x * reduced[basis * w + w - 1]!;
      for (let f = 0; f <= c; f++) information[c * p + f]! += x * carried[basis * p + f]!;
    }
  });
  const prior = Float64Array.from(columns, (column) =>
    column.prior === null ? Number.POSITIVE_INFINITY : state.variances[column.prior]!,
  );
  // A rate that nothing depends on (speeds are then not seen either) stays where it is.
  for (let c = 0; c < p; c++) if (!(information[c * p + c]! > 0)) prior[c] = 1;
  const posterior = coefficientPosterior({ information, score }, prior);
  if (posterior === null) throw notEstimable(p);
  return {
    coefficients: posterior.coefficients,
    covariance: coefficientCovariance(posterior),
    minusTwoLogLikelihood: value - posterior.explained + posterior.logDeterminant,
  };
}

/** Rates and coefficients moved towards the solution of the linearised model, no further than it can be trusted. */
export function movedMeans(
  columns: readonly Coefficient[],
  state: State,
  solution: Float64Array,
  d: number,
): Omit<State, "covariance" | "residualVariances" | "variances"> {
  const width = state.coefficients.length / d;
  const coefficients = state.coefficients.slice();
  const rates = state.rates.slice();
  const move = (from: number, to: number) => from + Math.min(LARGEST_STEP, Math.max(-LARGEST_STEP, to - from));
  columns.forEach(({ predictor, basis }, c) => {
    if (basis >= d) rates[basis - d] = move(rates[basis - d]!, solution[c]!);
    else coefficients[basis * width + predictor] = move(coefficients[basis * width + predictor]!, solution[c]!);
  });
  return { coefficients, rates };
}

/** Prior variances by the evidence: Σθ²/(number of coefficients well determined). */
export function updatePriorVariances(
  columns: readonly Coefficient[],
  variances: Float64Array,
  { coefficients, covariance }: RegressionFit,
): Float64Array {
  const p = columns.length;
  return variances.map((variance, r) => {
    let squares = 0;
    let determined = 0;
    columns.forEach(({ prior }, c) => {
      if (prior !== r) return;
      squares += coefficients[c]! ** 2;
      determined += 1 - covariance[c * p + c]! / variance;
    });
    const updated = determined > 1e-10 ? squares / determined : SMALLEST_COEFFICIENT_VARIANCE;
    return Math.min(LARGEST_COEFFICIENT_VARIANCE, Math.max(SMALLEST_COEFFICIENT_VARIANCE, updated));
  });
}
