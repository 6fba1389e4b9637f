import { DomainError } from "../../errors/domain-error.ts";
import { choleskyDecompose, choleskyInverse } from "../../numerics/cholesky.ts";
import type { MemberModel, PatientHistory } from "../member.ts";
import { featureReader } from "../mixed-effects/feature-law.ts";
import { curveValue, fromCurve, speedOf, toCurve, toLogits, unitOf } from "./course-curve.ts";
import {
  type CourseCurve,
  type DiseaseCourseParameters,
  diseaseCourseParametersSchema,
} from "./disease-course-parameters.ts";
import { individualCovariance, individualMean } from "./individual-law.ts";
import type { CourseFamily, IndividualObservations } from "./individual-mode.ts";
import { type IndividualPosterior, posteriorLaw, priorLaw, type WeightedNodes } from "./individual-posterior.ts";
import { normalLawMoments } from "./normal-law-moments.ts";

/** Times the difference of two rules that is stated as the error of the better one. */
const ERROR_FACTOR = 3;

/**
 * Model from its parameters. METHODS.md, equations (DC2), (DC4) and (DC6).
 *
 * @throws DomainError INVALID_INPUT when shapes disagree or Ω is not positive definite.
 */
export function openDiseaseCourse(parameters: DiseaseCourseParameters): MemberModel {
  assertShapes(parameters);
  const { courses, visits: V, daysPerUnit, logitFeatures } = parameters;
  const E = courses.length;
  const M = E * V;
  const d = E + 1;
  const read = featureReader(parameters.features);
  const regression = {
    coefficients: Float64Array.from(parameters.coefficients),
    covariance: Float64Array.from(parameters.individualCovariance),
  };
  const uncertainty = Float64Array.from(parameters.coefficientCovariance);
  const family: CourseFamily = {
    kinds: courses.map(({ curve }) => curve.kind),
    rates: Float64Array.from(courses, ({ rate }) => rate),
    residualVariances: Float64Array.from(courses, ({ residualVariance }) => residualVariance),
  };
  const curves = courses.map(({ curve }) => curve);

  const normalOf = (history: PatientHistory): { mean: Float64Array; covariance: Float64Array } => {
    const raw = history.features.slice();
    toLogits(raw, logitFeatures);
    const known = read(raw);
    const covariance = individualCovariance(regression, known, d);
    addCoefficientUncertainty(covariance, uncertainty, known.values, d);
    return { mean: individualMean(regression, known, d), covariance };
  };
  const timeOf = (history: PatientHistory) => history.days.map((day) => day / daysPerUnit);
  const lawOf = (history: PatientHistory): IndividualPosterior => {
    const { mean, covariance } = normalOf(history);
    const observations = observationsIn(history, curves, V, daysPerUnit);
    if (observations.value.length === 0) return priorLaw(mean, covariance);
    const factored = choleskyDecompose(covariance, d);
    if (!factored.ok) throw notPositive(factored.pivot, d);
    return posteriorLaw(family, observations, { mean, precision: choleskyInverse(factored.factor, d) });
  };
  /** Argument of the curve of every outcome at individual parameters z, as a curve value. */
  const valuesAt = (z: Float64Array, offset: number, time: Float64Array, into: Float64Array, at: number): void => {
    const speed = speedOf(z[offset]!);
    for (let e = 0; e < E; e++) {
      const level = z[offset + 1 + e]!;
      const pace = family.rates[e]! * speed;
      for (let v = 0; v < V; v++) into[at + e * V + v] = curveValue(family.kinds[e]!, level + pace * time[e * V + v]!);
    }
  };
  const evaluate = (at: WeightedNodes, time: Float64Array): Float64Array => {
    const values = new Float64Array(at.count * M);
    for (let k = 0; k < at.count; k++) valuesAt(at.nodes, k * d, time, values, k * M);
    return values;
  };
  /** Moments of the curves: exact up to quadrature in low dimensions for a twin, by weighted nodes given a history. */
  const momentsOf = (
    history: PatientHistory,
    extents: readonly Extent[],
  ): { readonly mean: Float64Array; readonly covariance: Float64Array | null }[] => {
    const time = timeOf(history);
    if (history.observed.every(Number.isNaN)) {
      const { mean, covariance } = normalOf(history);
      return extents.map(({ extent, accuracy }) => normalLawMoments(family, mean, covariance, time, extent, accuracy));
    }
    const law = lawOf(history);
    return extents.map(({ extent, accuracy }) => {
      const nodes = law.nodes(accuracy);
      return weightedMoments(nodes.weights, evaluate(nodes, time), M, extent);
    });
  };
  const onAnalysisScale = (mean: Float64Array, observed: Float64Array): Float64Array =>
    mean.map((value, m) => (Number.isNaN(observed[m]!) ? fromCurve(curves[Math.floor(m / V)]!, value) : observed[m]!));

  return {
    kind: "disease-course",
    featureCount: parameters.features.centre.length,
    outcomeCount: M,
    predict(history) {
      const [fine, coarse] = momentsOf(history, [
        { extent: "covariances", accuracy: "fine" },
        { extent: "variances", accuracy: "coarse" },
      ]);
      const { mean } = fine!;
      const covariance = fine!.covariance!;
      let numericalError = 0;
      for (let m = 0; m < M; m++) {
        if (!Number.isNaN(history.observed[m]!)) continue;
        const noise = family.residualVariances[Math.floor(m / V)]!;
        const deviation = Math.sqrt(covariance[m * M + m]! + noise);
        numericalError = Math.max(
          numericalError,
          Math.abs(mean[m]! - coarse!.mean[m]!) / deviation,
          Math.abs(deviation - Math.sqrt(coarse!.covariance![m * M + m]! + noise)) / deviation,
        );
      }
      for (let m = 0; m < M; m++) {
        for (let l = 0; l < M; l++) {
          const seen = !Number.isNaN(history.observed[m]!) || !Number.isNaN(history.observed[l]!);
          const [e, f] = [Math.floor(m / V), Math.floor(l / V)];
          const total = covariance[m * M + l]! + (m === l ? family.residualVariances[e]! : 0);
          covariance[m * M + l] = seen ? 0 : total * unitOf(curves[e]!) * unitOf(curves[f]!);
        }
      }
      return {
        mean: onAnalysisScale(mean, history.observed),
        covariance,
        numericalError: ERROR_FACTOR * numericalError,
      };
    },
    predictMean(history) {
      const [means] = momentsOf(history, [{ extent: "means", accuracy: "fine" }]);
      return onAnalysisScale(means!.mean, history.observed);
    },
    drawTrajectories(history, count, rng, into) {
      const law = lawOf(history);
      const time = timeOf(history);
      const z = new Float64Array(d);
      const deviations = courses.map(({ residualVariance, curve }) => Math.sqrt(residualVariance) * unitOf(curve));
      const noise = new Float64Array(count * M);
      rng.normals(noise, 0, count * M);
      for (let r = 0; r < count; r++) {
        law.draw(rng, z);
        valuesAt(z, 0, time, into, r * M);
        for (let m = 0; m < M; m++) {
          const e = Math.floor(m / V);
          const value = fromCurve(curves[e]!, into[r * M + m]!);
          into[r * M + m] = Number.isNaN(history.observed[m]!)
            ? value + deviations[e]! * noise[r * M + m]!
            : history.observed[m]!;
        }
      }
    },
  };
}

/** Moments to compute, and by which rule. */
interface Extent {
  readonly extent: "means" | "variances" | "covariances";
  readonly accuracy: "fine" | "coarse";
}

/** Mean and covariance (or only the variances) of values [count × M] under weights. */
function weightedMoments(weights: Float64Array, values: Float64Array, M: number, extent: Extent["extent"]) {
  const mean = new Float64Array(M);
  for (let k = 0; k < weights.length; k++) for (let m = 0; m < M; m++) mean[m]! += weights[k]! * values[k * M + m]!;
  if (extent === "means") return { mean, covariance: null };
  const covariance = new Float64Array(M * M);
  const centred = new Float64Array(M);
  for (let k = 0; k < weights.length; k++) {
    for (let m = 0; m < M; m++) centred[m] = values[k * M + m]! - mean[m]!;
    for (let m = 0; m < M; m++) {
      const x = weights[k]! * centred[m]!;
      const from = extent === "variances" ? m : 0;
      for (let l = from; l <= m; l++) covariance[m * M + l]! += x * centred[l]!;
    }
  }
  for (let m = 0; m < M; m++) for (let l = 0; l < m; l++) covariance[l * M + m] = covariance[m * M + l]!;
  return { mean, covariance };
}

/** Adds the covariance of Θ(1, x) from not knowing Θ. */
function addCoefficientUncertainty(
  covariance: Float64Array,
  uncertainty: Float64Array,
  values: Float64Array,
  d: number,
): void {
  const width = values.length + 1;
  const size = d * width;
  const x = (q: number) => (q === 0 ? 1 : values[q - 1]!);
  for (let r = 0; r < d; r++) {
    for (let s = 0; s < d; s++) {
      let sum = 0;
      for (let a = 0; a < width; a++) {
        let inner = 0;
        const row = (r * width + a) * size + s * width;
        for (let b = 0; b < width; b++) inner += uncertainty[row + b]! * x(b);
        sum += x(a) * inner;
      }
      covariance[r * d + s]! += sum;
    }
  }
}

function observationsIn(
  { observed, days }: PatientHistory,
  curves: readonly CourseCurve[],
  V: number,
  daysPerUnit: number,
): IndividualObservations {
  const at: number[] = [];
  observed.forEach((value, m) => {
    if (!Number.isNaN(value)) at.push(m);
  });
  return {
    endpoint: Int32Array.from(at, (m) => Math.floor(m / V)),
    time: Float64Array.from(at, (m) => days[m]! / daysPerUnit),
    value: Float64Array.from(at, (m) => toCurve(curves[Math.floor(m / V)]!, observed[m]!)),
  };
}

function assertShapes(parameters: DiseaseCourseParameters): void {
  const checked = diseaseCourseParametersSchema.safeParse(parameters);
  const Q = parameters.features.centre.length;
  const d = parameters.courses.length + 1;
  const agree =
    checked.success &&
    d > 1 &&
    parameters.features.covariance.length === Q * Q &&
    parameters.features.mean.length === Q &&
    parameters.coefficients.length === d * (Q + 1) &&
    parameters.coefficientCovariance.length === (d * (Q + 1)) ** 2 &&
    parameters.individualCovariance.length === d * d &&
    parameters.logitFeatures.every(({ feature }) => feature >= 0 && feature < Q) &&
    choleskyDecompose(Float64Array.from(parameters.individualCovariance), d).ok;
  if (agree) return;
  throw new DomainError("INVALID_INPUT", {
    argument: "parameters",
    received: `${d - 1} courses, ${Q} features`,
    requirement:
      "must be those of a disease-course map, with arrays of matching lengths and a positive definite covariance",
    hint: "Use the model file as it was written; check its hash.",
  });
}

function notPositive(pivot: number, d: number): DomainError {
  return new DomainError("INVALID_INPUT", {
    argument: "parameters.coefficientCovariance",
    received: `pivot ${pivot} of ${d} is not positive`,
    requirement: "must leave the individual parameters a positive definite covariance",
    hint: "Use the model file as it was written; check its hash.",
  });
}
