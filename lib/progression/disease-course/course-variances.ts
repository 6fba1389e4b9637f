import { choleskyDecompose, choleskyInverse } from "../../numerics/cholesky.ts";
import type { KnownFeatures } from "../mixed-effects/feature-law.ts";
import {
  type Coefficient,
  type DiseaseCourseProblem,
  notEstimable,
  SMALLEST_RESIDUAL_VARIANCE,
  type State,
} from "./course-state.ts";
import { individualMean } from "./individual-law.ts";
import type { LinearisedPatient } from "./linearised-course.ts";

/** Pseudo-patients with variance {@link PRIOR_VARIANCE} in Ω, and the largest variance of the log speed. */
const PRIOR_PATIENTS = 4;
const PRIOR_VARIANCE = 0.1;
const LARGEST_SPEED_VARIANCE = 1;

/** EM steps for Ω and σ² in the linearised model, the uncertainty of the coefficients included. */
export function updateVariances(
  { observations, known, curves }: DiseaseCourseProblem,
  columns: readonly Coefficient[],
  state: State,
  moved: Pick<State, "coefficients" | "rates">,
  uncertainty: Float64Array,
  linearised: readonly LinearisedPatient[],
  roots: readonly Float64Array[],
  weights: Float64Array,
): { covariance: Float64Array; residualVariances: Float64Array } {
  const E = curves.length;
  const d = E + 1;
  const p = columns.length;
  const scatter = new Float64Array(d * d);
  const squares = new Float64Array(E);
  const counts = new Float64Array(E);
  let patients = 0;
  const regression = { coefficients: moved.coefficients, covariance: state.covariance };
  linearised.forEach((patient, n) => {
    const at = observations.patients[n]!;
    const weight = weights[at]!;
    const features = known[at]!;
    const mean = individualMean(regression, features, d);
    const { deviation, covariance } = individualPosterior(patient, roots[n]!, mean, moved.rates, d);
    const widened = withCoefficients(patient, columns, features, covariance, uncertainty, d, p);
    const from = observations.starts[n]!;
    for (let k = 0; k < patient.pseudo.length; k++) {
      const e = observations.endpoint[from + k]!;
      const [a, b] = [patient.bySpeed[k]!, patient.slopes[k]!];
      const rest =
        patient.pseudo[k]! -
        a * (mean[0]! + deviation[0]!) -
        b * (mean[1 + e]! + deviation[1 + e]!) -
        patient.byRate[k]! * moved.rates[e]!;
      const spread = a * a * covariance[0]! + 2 * a * b * covariance[1 + e]! + b * b * covariance[(1 + e) * d + 1 + e]!;
      squares[e]! += weight * (rest * rest + spread);
      counts[e]! += weight;
    }
    addScatter(scatter, state.covariance, roots[n]!, deviation, widened, features.missing.length > 0, weight, d);
    patients += weight;
  });
  for (let r = 0; r < d; r++) scatter[r * d + r]! += PRIOR_PATIENTS * PRIOR_VARIANCE;
  const covariance = scatter.map((value) => value / (patients + PRIOR_PATIENTS));
  const scale = Math.min(1, Math.sqrt(LARGEST_SPEED_VARIANCE / covariance[0]!));
  for (let r = 0; r < d; r++) {
    covariance[r]! *= scale;
    covariance[r * d]! *= scale;
  }
  return {
    covariance,
    residualVariances: squares.map((sum, e) => Math.max(SMALLEST_RESIDUAL_VARIANCE, sum / Math.max(1, counts[e]!))),
  };
}

/** Posterior mean of z − Θx̂ and covariance in the linearised model: C = L(I + LᵀSL)⁻¹Lᵀ. */
function individualPosterior(
  { products, width: w }: LinearisedPatient,
  root: Float64Array,
  mean: Float64Array,
  rates: Float64Array,
  d: number,
): { deviation: Float64Array; covariance: Float64Array } {
  const precision = choleskyInverse(root, d);
  for (let a = 0; a < d; a++) for (let b = 0; b < d; b++) precision[a * d + b]! += products[a * w + b]!;
  const factored = choleskyDecompose(precision, d);
  if (!factored.ok) throw notEstimable(d);
  const covariance = choleskyInverse(factored.factor, d);
  const rest = new Float64Array(d);
  for (let a = 0; a < d; a++) {
    rest[a] = products[a * w + w - 1]!;
    for (let b = 0; b < d; b++) rest[a]! -= products[a * w + b]! * mean[b]!;
    for (let e = 0; e < rates.length; e++) rest[a]! -= products[a * w + d + e]! * rates[e]!;
  }
  const deviation = new Float64Array(d);
  for (let a = 0; a < d; a++) for (let b = 0; b < d; b++) deviation[a]! += covariance[a * d + b]! * rest[b]!;
  return { deviation, covariance };
}

/**
 * C + C S_d T S_dᵀ C, T = X Φ Xᵀ over the basis columns: what not knowing the coefficients adds, so that Ω is not too small
 * (as REML). T takes one pass over Φ.
 */
function withCoefficients(
  { products, width: w }: LinearisedPatient,
  columns: readonly Coefficient[],
  known: KnownFeatures,
  covariance: Float64Array,
  uncertainty: Float64Array,
  d: number,
  p: number,
): Float64Array {
  const B = w - 1;
  const own = Float64Array.from(columns, ({ predictor }) => (predictor === 0 ? 1 : known.values[predictor - 1]!));
  // Columns of one basis stand together: one sum for each run of them.
  const ends: number[] = [];
  for (let c = 1; c <= p; c++) if (columns[c]?.basis !== columns[c - 1]!.basis) ends.push(c);
  const between = new Float64Array(B * B);
  for (let c = 0; c < p; c++) {
    const x = own[c]!;
    if (x === 0) continue;
    const row = columns[c]!.basis * B;
    let f = 0;
    for (const end of ends) {
      const column = row + columns[f]!.basis;
      let sum = 0;
      for (; f < end; f++) sum += own[f]! * uncertainty[c * p + f]!;
      between[column]! += x * sum;
    }
  }
  const effect = new Float64Array(d * B);
  for (let a = 0; a < d; a++)
    for (let b = 0; b < d; b++)
      for (let k = 0; k < B; k++) effect[a * B + k]! += covariance[a * d + b]! * products[b * w + k]!;
  const widened = covariance.slice();
  for (let a = 0; a < d; a++) {
    for (let k = 0; k < B; k++) {
      let carried = 0;
      for (let l = 0; l < B; l++) carried += effect[a * B + l]! * between[l * B + k]!;
      for (let b = 0; b < d; b++) widened[a * d + b]! += carried * effect[b * B + k]!;
    }
  }
  return widened;
}

/** Adds E[e eᵀ] of one patient; with missing features e is only the part of z − Θx̂ that they do not explain. */
function addScatter(
  scatter: Float64Array,
  omega: Float64Array,
  root: Float64Array,
  deviation: Float64Array,
  covariance: Float64Array,
  missing: boolean,
  weight: number,
  d: number,
): void {
  if (!missing) {
    for (let a = 0; a < d; a++)
      for (let b = 0; b < d; b++)
        scatter[a * d + b]! += weight * (deviation[a]! * deviation[b]! + covariance[a * d + b]!);
    return;
  }
  // K = Ω P⁻¹, P = Ω + ΓCΓᵀ: e = K δ, var = Ω − KΩ + K C Kᵀ.
  const precision = choleskyInverse(root, d);
  const gain = multiply(omega, precision, d);
  const explained = multiply(gain, omega, d);
  const carried = multiply(gain, covariance, d);
  for (let a = 0; a < d; a++) {
    for (let b = 0; b < d; b++) {
      let sum = omega[a * d + b]! - explained[a * d + b]!;
      for (let c = 0; c < d; c++) {
        sum += carried[a * d + c]! * gain[b * d + c]!;
        for (let f = 0; f < d; f++) sum += gain[a * d + c]! * deviation[c]! * deviation[f]! * gain[b * d + f]!;
      }
      scatter[a * d + b]! += weight * sum;
    }
  }
}

function multiply(a: Float64Array, b: Float64Array, d: number): Float64Array {
  const out = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let k = 0; k < d; k++) for (let j = 0; j < d; j++) out[i * d + j]! += a[i * d + k]! * b[k * d + j]!;
  return out;
}
