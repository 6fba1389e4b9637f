import { DomainError } from "../../errors/domain-error.ts";
import { choleskyDecompose, choleskySolve } from "../../numerics/cholesky.ts";
import { minimizeSmooth } from "../../numerics/minimize.ts";
import { courseColumns } from "./course-columns.ts";
import { type CourseLikelihood, type CourseSolution, type CourseSpec, GRADIENT_STEP } from "./course-likelihood.ts";
import type { CourseSource, CourseSummary } from "./course-source.ts";
import type { EndpointCourse, MixedEffectsOptions } from "./mixed-effects-parameters.ts";
import { residualKind } from "./residual-process.ts";
import type { ResidualKind } from "./residual-statistics.ts";
import { knotsAtVisits } from "./time-basis.ts";

/** A candidate of a choice and its criterion (AIC or BIC); null where it could not be fitted. */
export interface CourseCandidate {
  readonly name: string;
  readonly value: number | null;
}

export interface CourseFit {
  readonly spec: CourseSpec;
  readonly solution: CourseSolution;
  readonly converged: boolean;
  readonly timeCandidates: readonly CourseCandidate[];
  readonly residualCandidates: readonly CourseCandidate[];
}

/** Most functions of time tried. */
const MOST_FUNCTIONS = 4;
/** Share of the value that a step may still gain: a few hundredths for fits that are compared, nothing visible at the end. */
const COMPARED = { relativeTolerance: 2e-6, maximumIterations: 40 };
/** Times that what missing features add is renewed, since it depends on the effects found first. */
const RENEWALS = 2;
/** From where the search stops, each step squares what is left. */
const NEWTON_STEPS = 3;
/** A longer step is none from near a minimum. */
const LONGEST_NEWTON_STEP = 0.5;
const KEPT = { relativeTolerance: 1e-9, maximumIterations: 120 };

/**
 * Fits the course of one endpoint: functions of time by AIC (ML), then covariance by BIC (REML, counting patients), both
 * without the shrunken features; then everything together by REML. METHODS.md, equation (ME5).
 *
 * @param features - Positions of the informative features.
 * @param own - Position of the own baseline value among them, or null.
 * @throws DomainError NOT_ESTIMABLE when no candidate can be fitted.
 */
export function fitCourse(
  source: CourseSource,
  features: readonly number[],
  own: number | null,
  options: MixedEffectsOptions,
): CourseFit {
  const { visitTimes } = source.summary;
  const allowed = randomEffectsAllowed(source.summary);
  const spec = (functions: number): CourseSpec => ({
    knots: knotsAtVisits(visitTimes, functions),
    columns: courseColumns([], own, functions, true),
    randomEffects: functions === 0 ? (Math.min(allowed, 1) as 0 | 1) : allowed,
    residual: "independent",
    criterion: "ML",
  });
  const most = Math.min(MOST_FUNCTIONS, visitTimes.length - 1);
  const numbers =
    options.timeFunctions === "chosen"
      ? Array.from({ length: Math.max(1, most) }, (_, k) => Math.min(most, k + 1))
      : [Math.min(most, options.timeFunctions)];
  const overTime = source.all(
    numbers.map(
      (functions) => () =>
        tryCandidate(source, spec(functions), functions === 1 ? "straight line" : `${functions} functions`),
    ),
  );
  const bestTime = best(overTime);
  const overResidual = source.all(
    covariances(source.summary, bestTime.spec, options).map(
      (each) => () => tryCandidate(source, { ...bestTime.spec, ...each, criterion: "REML" }, nameOf(each)),
    ),
  );
  const chosen = best(overResidual);
  const functions = Math.max(0, bestTime.spec.knots.length - 1);
  const full: CourseSpec = {
    ...chosen.spec,
    columns: courseColumns(features, own, functions, options.shrinkage === "empirical-bayes"),
  };
  const { solution, converged } = fitFull(source, full, chosen.point);
  return {
    spec: full,
    solution,
    converged,
    timeCandidates: overTime.map(({ name, value }) => ({ name, value })),
    residualCandidates: overResidual.map(({ name, value }) => ({ name, value })),
  };
}

/**
 * Fits the course with what another fit to more patients has chosen: functions of time, covariance structure, and all variances
 * relative to σ². Coefficients and σ² are estimated anew. METHODS.md, equation (ME6).
 *
 * @param like - Course of the same endpoint.
 */
export function refitCourse(
  source: CourseSource,
  features: readonly number[],
  own: number | null,
  like: EndpointCourse,
  options: MixedEffectsOptions,
): CourseFit {
  const functions = Math.max(0, like.knots.length - 1);
  const spec: CourseSpec = {
    knots: like.knots,
    columns: courseColumns(features, own, functions, options.shrinkage === "empirical-bayes"),
    randomEffects: like.randomEffects,
    residual: residualKind(like.residual),
    criterion: "REML",
  };
  let likelihood = source.likelihood(spec, null)!;
  const point = pointOf(like, likelihood.start);
  let solution = likelihood.solution(point);
  for (let pass = 0; pass < RENEWALS && solution !== null; pass++) {
    const next = source.likelihood(spec, solution);
    if (next === null) break;
    likelihood = next;
    solution = likelihood.solution(point);
  }
  if (solution === null) throw notDetermined(spec.columns.length, source.summary.observations);
  return {
    spec,
    solution,
    converged: like.converged,
    timeCandidates: like.timeCandidates,
    residualCandidates: like.residualCandidates,
  };
}

/** Point of the search at which a course was left; elements that it does not have keep those of `start`. */
function pointOf(like: EndpointCourse, start: Float64Array): Float64Array {
  const { randomEffects: q, randomFactor, residual, levelVariance, slopeVariance } = like;
  const unit = Math.sqrt(residual.variance);
  const point: number[] = [];
  if (q > 0) point.push(randomFactor[0]! / unit);
  if (q > 1) point.push(randomFactor[2]! / unit, randomFactor[3]! / unit);
  const kind = residualKind(residual);
  if (kind !== "independent") point.push(Math.log(residual.rate));
  if (kind === "ornstein-uhlenbeck-with-noise") point.push(Math.log(residual.noiseShare / (1 - residual.noiseShare)));
  for (const variance of [levelVariance, slopeVariance]) {
    if (variance !== null) point.push(Math.log(variance / residual.variance));
  }
  return start.map((value, k) => point[k] ?? value);
}

/** REML fit of the whole model; with missing features twice, since what they add depends on the effects found first. */
function fitFull(source: CourseSource, spec: CourseSpec, from: Float64Array) {
  let likelihood = source.likelihood(spec, null)!;
  const start = likelihood.start.slice();
  start.set(from);
  let found = minimizeSmooth(likelihood.evaluate, start, likelihood.gradient, KEPT);
  let point = settled(source, likelihood, spec, found.argument);
  let solution = likelihood.solution(point);
  for (let pass = 0; pass < RENEWALS && solution !== null; pass++) {
    const next = source.likelihood(spec, solution);
    if (next === null) break;
    likelihood = next;
    found = minimizeSmooth(likelihood.evaluate, point, likelihood.gradient, KEPT);
    point = settled(source, likelihood, spec, found.argument);
    solution = likelihood.solution(point);
  }
  if (solution === null) throw notDetermined(spec.columns.length, source.summary.observations);
  return { solution, converged: found.converged };
}

/**
 * Where no shrinkage is searched for: Newton steps from where the search stopped to the minimum itself, so that its path leaves
 * no trace. The point itself where the deviance is not convex there.
 */
function settled(
  source: CourseSource,
  likelihood: CourseLikelihood,
  spec: CourseSpec,
  from: Float64Array,
): Float64Array {
  if (spec.columns.some(({ prior }) => prior !== "flat")) return from;
  const d = from.length;
  let point = from;
  for (let iteration = 0; iteration < NEWTON_STEPS; iteration++) {
    const moved = (i: number, by: number) => point.map((value, k) => (k === i ? value + by : value));
    const gradientAt = (at: Float64Array) => () => {
      const out = new Float64Array(d);
      likelihood.gradient(at, out);
      return out;
    };
    const [slope, ...around] = source.all([
      gradientAt(point),
      ...Array.from(point, (_, i) => [
        gradientAt(moved(i, GRADIENT_STEP)),
        gradientAt(moved(i, -GRADIENT_STEP)),
      ]).flat(),
    ]);
    const curvature = (i: number, k: number) => (around[2 * i]![k]! - around[2 * i + 1]![k]!) / (2 * GRADIENT_STEP);
    const hessian = new Float64Array(d * d);
    for (let i = 0; i < d; i++)
      for (let k = 0; k < d; k++) hessian[i * d + k] = (curvature(i, k) + curvature(k, i)) / 2;
    const factored = choleskyDecompose(hessian, d);
    if (!factored.ok) return from;
    const step = choleskySolve(factored.factor, d, slope!);
    if (!(Math.hypot(...step) < LONGEST_NEWTON_STEP)) return from;
    point = point.map((value, k) => value - step[k]!);
  }
  return point;
}

interface FittedCandidate extends CourseCandidate {
  readonly spec: CourseSpec;
  readonly point: Float64Array;
}

function tryCandidate(source: CourseSource, spec: CourseSpec, name: string): FittedCandidate {
  const likelihood = source.likelihood(spec, null)!;
  const found = minimizeSmooth(likelihood.evaluate, likelihood.start, likelihood.gradient, COMPARED);
  const penalty =
    spec.criterion === "ML"
      ? 2 * (likelihood.parameterCount + spec.columns.length)
      : Math.log(source.summary.patients) * likelihood.parameterCount;
  return { name, value: Number.isFinite(found.value) ? found.value + penalty : null, spec, point: found.argument };
}

function best(candidates: readonly FittedCandidate[]): FittedCandidate {
  let chosen: FittedCandidate | null = null;
  for (const candidate of candidates)
    if (candidate.value !== null && (chosen === null || candidate.value < chosen.value!)) chosen = candidate;
  if (chosen !== null) return chosen;
  throw notDetermined(candidates[0]?.spec.columns.length ?? 0, null);
}

/** Covariance structures that the data can tell apart, from simple to rich. */
function covariances(
  { patients, observations, longest, distinctTimes: distinct }: CourseSummary,
  { randomEffects }: CourseSpec,
  options: MixedEffectsOptions,
): { randomEffects: 0 | 1 | 2; residual: ResidualKind }[] {
  const mean = observations / patients;
  const intercept = Math.min(randomEffects, 1) as 0 | 1;
  const candidates: { randomEffects: 0 | 1 | 2; residual: ResidualKind }[] = [
    { randomEffects: intercept, residual: "independent" },
  ];
  if (randomEffects === 2) candidates.push({ randomEffects: 2, residual: "independent" });
  if (mean > 2 && longest >= 3 && distinct)
    candidates.push({ randomEffects: intercept, residual: "ornstein-uhlenbeck" });
  if (mean > 3 && longest >= 4) {
    if (distinct && randomEffects === 2) candidates.push({ randomEffects: 2, residual: "ornstein-uhlenbeck" });
    candidates.push({ randomEffects: intercept, residual: "ornstein-uhlenbeck-with-noise" });
    if (randomEffects === 2) candidates.push({ randomEffects: 2, residual: "ornstein-uhlenbeck-with-noise" });
  }
  if (options.residual === "chosen") return candidates;
  const asked = candidates.filter(({ residual }) => residual === options.residual);
  return asked.length > 0 ? asked.slice(-1) : [{ randomEffects: intercept, residual: "independent" }];
}

function nameOf({ randomEffects, residual }: { randomEffects: 0 | 1 | 2; residual: ResidualKind }): string {
  const effects = ["no random effect", "random intercept", "random intercept and slope"][randomEffects]!;
  const process = {
    independent: "independent residuals",
    "ornstein-uhlenbeck": "Ornstein–Uhlenbeck residuals",
    "ornstein-uhlenbeck-with-noise": "Ornstein–Uhlenbeck residuals with measurement error",
  }[residual];
  return `${effects}, ${process}`;
}

/** An intercept needs patients with two values, a slope needs more than two values a patient on average. */
function randomEffectsAllowed({ patients, observations, longest, visitTimes }: CourseSummary): 0 | 1 | 2 {
  if (visitTimes.length < 2 || observations <= patients) return 0;
  return observations > 2 * patients && longest >= 3 ? 2 : 1;
}

function notDetermined(columns: number, observations: number | null): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "data",
    received: observations,
    requirement: `must determine ${columns} fixed effects of the mixed-effects model`,
    hint: "Use fewer covariates, shrink their effects, or add patients.",
  });
}
