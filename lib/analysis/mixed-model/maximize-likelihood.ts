import { choleskyInverse } from "../../numerics/cholesky.ts";
import { minimizeSmooth } from "../../numerics/minimize.ts";
import { symmetricEigen } from "../../numerics/symmetric-eigen.ts";
import { denseMoments } from "./dense-variance-moments.ts";
import { atBound, boundedSearch, type MixedModelLikelihood } from "./mixed-model-likelihood.ts";
import { profiledGradient, varianceDivisor } from "./profiled-deviance.ts";
import { canonicalTheta, identityTheta } from "./relative-factor.ts";
import { factorScale, type VarianceInformation, varianceInformation } from "./variance-information.ts";
import { covarianceOf, independentMoments, type VarianceMoments } from "./variance-moments.ts";

/** The maximum of a likelihood with what is known of it there. */
export interface LikelihoodMaximum {
  /** θ (canonical, scaled random effects), then the search variables of the residual correlation. */
  readonly point: Float64Array;
  readonly deviance: number;
  readonly residualVariance: number;
  /** Φ in the orthonormal basis, shape [p · p]. */
  readonly phi: Float64Array;
  /** Fixed effects in the basis, without the least-squares part. */
  readonly coefficients: Float64Array;
  readonly moments: VarianceMoments;
  /** By (G, σ², residual correlation). */
  readonly natural: VarianceInformation;
  /** By (θ, σ, residual correlation). */
  readonly onFactorScale: VarianceInformation;
  readonly quasiNewtonIterations: number;
  readonly newtonIterations: number;
}

/** A variance below this share of the residual standard deviation is tried at exactly zero. */
const NEARLY_ZERO = 0.02;
/** A residual parameter whose limit costs less than this in the deviance is taken there. */
const INDISTINCT = 1e-6;
/** An eigenvalue of the Hessian below this share of the largest gives no direction to move in. */
const FLAT = 1e-9;

/**
 * Maximizes the likelihood: BFGS on the profiled deviance from each start value of the residual correlation, the best
 * taken to the end, then Newton steps with the exact Hessian (METHODS.md §Maximization).
 */
export function maximizeLikelihood(likelihood: MixedModelLikelihood): LikelihoodMaximum {
  const { structure, search, deviance } = likelihood;
  const gradient = gradientOf(likelihood);
  const start = identityTheta(structure);
  const several = search.starts.length > 1;
  let iterations = 0;
  const first = search.starts
    .map((values) => {
      const point = Float64Array.from([...start, ...values]);
      const found = minimizeSmooth(deviance, point, gradient, several ? { maximumIterations: 8 } : {});
      iterations += found.iterations;
      return found;
    })
    .reduce((best, found) => (found.value < best.value ? found : best));
  let current = first;
  if (several) {
    current = minimizeSmooth(deviance, first.argument, gradient, { relativeTolerance: 1e-10 });
    iterations += current.iterations;
  }
  let point = settle(likelihood, current.argument);
  let newton = 0;
  let at = curvatureAt(likelihood, point);
  for (let round = 0; round < 4; round++) {
    for (let step = 0; step < 12; step++) {
      const moved = newtonStep(likelihood, point, at);
      if (moved === null) break;
      newton++;
      point = settle(likelihood, moved);
      at = curvatureAt(likelihood, point);
    }
    const descent = saddleEscape(likelihood, point, at);
    if (descent === null) break;
    const again = minimizeSmooth(deviance, descent, gradient);
    iterations += again.iterations;
    point = settle(likelihood, again.argument);
    at = curvatureAt(likelihood, point);
  }
  return { point, ...at.state, quasiNewtonIterations: iterations, newtonIterations: newton };
}

/** Everything that is known at a point. */
function stateAt(likelihood: MixedModelLikelihood, point: Float64Array) {
  const { layout, patterns, structure, work, residual, criterion, deviance } = likelihood;
  const value = deviance(point);
  const residualVariance = work.residual[0]! / varianceDivisor(work);
  const phi = choleskyInverse(work.fixedFactor, layout.p).map((entry) => entry * residualVariance);
  const coefficients = work.coefficients.slice();
  const theta = point.subarray(0, structure.entries.length);
  const moments =
    residual.kind === "independent"
      ? independentMoments(
          structure,
          work.statistics,
          work.shrinkage,
          patterns.map(({ n }) => n),
          residualVariance,
        )
      : denseMoments(
          layout,
          patterns,
          structure,
          residual,
          covarianceOf(structure, theta, residualVariance),
          residualVariance,
          boundedSearch(likelihood, point),
        );
  const natural = varianceInformation(moments, coefficients, phi, criterion);
  const onFactorScale = factorScale(natural, structure, theta, residualVariance);
  return { deviance: value, residualVariance, phi, coefficients, moments, natural, onFactorScale };
}

function gradientOf({ structure, work, deviance }: MixedModelLikelihood) {
  const thetaCount = structure.entries.length;
  const theta = new Float64Array(thetaCount);
  return (point: Float64Array, out: Float64Array): void => {
    // At the point first: its statistics are usually there from the line search.
    deviance(point);
    profiledGradient(work, theta);
    out.set(theta);
    if (point.length === thetaCount) return;
    const probe = point.slice();
    for (let k = thetaCount; k < point.length; k++) {
      const h = 2e-5;
      probe[k] = point[k]! + h;
      const above = deviance(probe);
      probe[k] = point[k]! - h;
      const below = deviance(probe);
      probe[k] = point[k]!;
      out[k] = Number.isFinite(above - below) ? (above - below) / (2 * h) : 0;
    }
  };
}

/**
 * The canonical form of a point; variances next to zero become zero, and residual parameters go to their limits, where
 * the likelihood does not object.
 */
function settle({ structure, search, deviance }: MixedModelLikelihood, point: Float64Array): Float64Array {
  const thetaCount = structure.entries.length;
  let best = point.slice();
  best.set(canonicalTheta(structure, point.subarray(0, thetaCount)));
  let value = deviance(best);
  structure.entries.forEach(({ row, column }, k) => {
    if (row !== column || best[k] === 0 || Math.abs(best[k]!) > NEARLY_ZERO) return;
    const probe = best.slice();
    probe[k] = 0;
    probe.set(canonicalTheta(structure, probe.subarray(0, thetaCount)));
    const there = deviance(probe);
    if (there <= value + 1e-9) {
      best = probe;
      value = there;
    }
  });
  for (let k = thetaCount; k < point.length; k++) {
    for (const limit of [search.upper[k - thetaCount]!, search.lower[k - thetaCount]!]) {
      const probe = best.slice();
      probe[k] = limit;
      if (deviance(probe) <= value + INDISTINCT) best = probe;
    }
  }
  return best;
}

interface Curvature {
  readonly state: ReturnType<typeof stateAt>;
  /** Parameters that may move: not those at a bound. */
  readonly free: readonly number[];
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

function curvatureAt(likelihood: MixedModelLikelihood, point: Float64Array): Curvature {
  const state = stateAt(likelihood, point);
  const { m, hessian } = state.onFactorScale;
  const bound = atBound(likelihood, point);
  const free = Array.from({ length: m }, (_, k) => k).filter((k) => bound[k - (m - bound.length)] !== true);
  const reduced = Float64Array.from(free.flatMap((i) => free.map((j) => hessian[i * m + j]!)));
  const { values, vectors } = symmetricEigen(reduced, free.length);
  return { state, free, values, vectors };
}

/** Point after one Newton step; null when there is nothing to gain. */
function newtonStep(
  likelihood: MixedModelLikelihood,
  point: Float64Array,
  { state, free, values, vectors }: Curvature,
): Float64Array | null {
  const { deviance: value, onFactorScale: information } = state;
  if (!Number.isFinite(value)) return null;
  const sigmaIndex = likelihood.structure.entries.length;
  const size = free.length;
  const direction = new Float64Array(point.length);
  let decrement = 0;
  for (let e = 0; e < size; e++) {
    if (!(values[e]! > FLAT * values[0]!)) continue;
    let slope = 0;
    free.forEach((k, i) => {
      slope += vectors[i * size + e]! * information.gradient[k]!;
    });
    decrement += (slope * slope) / values[e]!;
    free.forEach((k, i) => {
      if (k === sigmaIndex) return;
      direction[k < sigmaIndex ? k : k - 1]! -= (vectors[i * size + e]! * slope) / values[e]!;
    });
  }
  if (!(decrement > 1e-15)) return null;
  for (let length = 1; length > 1e-4; length /= 2) {
    const trial = point.map((x, k) => x + length * direction[k]!);
    const there = likelihood.deviance(trial);
    if (there <= value + 1e-12 * Math.abs(value)) return trial;
  }
  return null;
}

/** A lower point along a direction of negative curvature; null when there is none. */
function saddleEscape(
  likelihood: MixedModelLikelihood,
  point: Float64Array,
  { state, free, values, vectors }: Curvature,
): Float64Array | null {
  const value = state.deviance;
  const size = free.length;
  const last = size - 1;
  if (!(values[last]! < -1e-6 * Math.abs(values[0]!))) return null;
  const sigmaIndex = likelihood.structure.entries.length;
  for (const length of [0.3, -0.3, 0.05, -0.05, 0.005, -0.005]) {
    const trial = point.slice();
    free.forEach((k, i) => {
      if (k !== sigmaIndex) trial[k < sigmaIndex ? k : k - 1]! += length * vectors[i * size + last]!;
    });
    if (likelihood.deviance(trial) < value - 1e-9) return trial;
  }
  return null;
}
