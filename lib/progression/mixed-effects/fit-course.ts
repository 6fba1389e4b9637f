import { DomainError } from "../../errors/domain-error.ts";
import { minimizeSmooth } from "../../numerics/minimize.ts";
import { courseColumns } from "./course-columns.ts";
import type { CourseData } from "./course-data.ts";
import { type CourseSolution, type CourseSpec, courseLikelihood } from "./course-likelihood.ts";
import type { KnownFeatures } from "./feature-law.ts";
import type { EndpointCourse, MixedEffectsOptions } from "./mixed-effects-parameters.ts";
import { residualKind } from "./residual-process.ts";
import type { ResidualKind } from "./residual-statistics.ts";
import { knotsAtVisits, timeBasisSize } from "./time-basis.ts";
import { unknownParts } from "./unknown-features.ts";

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

/** Most functions of time tried, and fewest values of a visit for it to carry a knot. */
const MOST_FUNCTIONS = 4;
const VALUES_FOR_KNOT = 5;
/** Share of the value that a step may still gain: a few hundredths for fits that are compared, nothing visible at the end. */
const COMPARED = { relativeTolerance: 2e-6, maximumIterations: 40 };
/** Times that what missing features add is renewed, since it depends on the effects found first. */
const RENEWALS = 2;
const KEPT = { relativeTolerance: 1e-9, maximumIterations: 120 };

/**
 * Fits the course of one endpoint: functions of time by AIC (ML), then covariance by BIC (REML, counting patients), both
 * without the shrunken features; then everything together by REML. METHODS.md, equation (ME5).
 *
 * @param features - Positions of the informative features.
 * @param own - Position of the own baseline value among them, or null.
 * @param known - Features of every patient of the table: missing ones widen the covariance of their patients.
 * @throws DomainError NOT_ESTIMABLE when no candidate can be fitted.
 */
export function fitCourse(
  data: CourseData,
  features: readonly number[],
  own: number | null,
  known: readonly KnownFeatures[],
  options: MixedEffectsOptions,
): CourseFit {
  const visitTimes = timesOfVisits(data);
  const allowed = randomEffectsAllowed(data, visitTimes.length);
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
  const overTime = numbers.map((functions) =>
    tryCandidate(data, spec(functions), functions === 1 ? "straight line" : `${functions} functions`),
  );
  const bestTime = best(overTime);
  const overResidual = covariances(data, bestTime.spec, options).map((each) =>
    tryCandidate(data, { ...bestTime.spec, ...each, criterion: "REML" }, nameOf(each)),
  );
  const chosen = best(overResidual);
  const functions = Math.max(0, bestTime.spec.knots.length - 1);
  const full: CourseSpec = {
    ...chosen.spec,
    columns: courseColumns(features, own, functions, options.shrinkage === "empirical-bayes"),
  };
  const { solution, converged } = fitFull(data, full, chosen.point, known);
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
  data: CourseData,
  features: readonly number[],
  own: number | null,
  known: readonly KnownFeatures[],
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
  let likelihood = courseLikelihood(data, spec);
  const point = pointOf(like, likelihood.start);
  let solution = likelihood.solution(point);
  for (let pass = 0; pass < RENEWALS && solution !== null; pass++) {
    const { coefficients, residual } = solution;
    const unknown = unknownParts(data, known, spec.columns, coefficients, functions + 1, residual.variance);
    if (unknown === null) break;
    likelihood = courseLikelihood(data, spec, unknown);
    solution = likelihood.solution(point);
  }
  if (solution === null) throw notDetermined(spec.columns.length, data.values.length);
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
function fitFull(data: CourseData, spec: CourseSpec, from: Float64Array, known: readonly KnownFeatures[]) {
  let likelihood = courseLikelihood(data, spec);
  const start = likelihood.start.slice();
  start.set(from);
  let found = minimizeSmooth(likelihood.evaluate, start, null, KEPT);
  let solution = likelihood.solution(found.argument);
  for (let pass = 0; pass < RENEWALS && solution !== null; pass++) {
    const { coefficients, residual } = solution;
    const functions = timeBasisSize(spec.knots) + 1;
    const unknown = unknownParts(data, known, spec.columns, coefficients, functions, residual.variance);
    if (unknown === null) break;
    likelihood = courseLikelihood(data, spec, unknown);
    found = minimizeSmooth(likelihood.evaluate, found.argument, null, KEPT);
    solution = likelihood.solution(found.argument);
  }
  if (solution === null) throw notDetermined(spec.columns.length, data.values.length);
  return { solution, converged: found.converged };
}

interface FittedCandidate extends CourseCandidate {
  readonly spec: CourseSpec;
  readonly point: Float64Array;
}

function tryCandidate(data: CourseData, spec: CourseSpec, name: string): FittedCandidate {
  const likelihood = courseLikelihood(data, spec);
  const found = minimizeSmooth(likelihood.evaluate, likelihood.start, null, COMPARED);
  const penalty =
    spec.criterion === "ML"
      ? 2 * (likelihood.parameterCount + spec.columns.length)
      : Math.log(data.patients.length) * likelihood.parameterCount;
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
  data: CourseData,
  { randomEffects }: CourseSpec,
  options: MixedEffectsOptions,
): { randomEffects: 0 | 1 | 2; residual: ResidualKind }[] {
  const patients = data.patients.length;
  const mean = data.values.length / patients;
  const intercept = Math.min(randomEffects, 1) as 0 | 1;
  const candidates: { randomEffects: 0 | 1 | 2; residual: ResidualKind }[] = [
    { randomEffects: intercept, residual: "independent" },
  ];
  if (randomEffects === 2) candidates.push({ randomEffects: 2, residual: "independent" });
  if (mean > 2 && data.longest >= 3 && distinctTimes(data))
    candidates.push({ randomEffects: intercept, residual: "ornstein-uhlenbeck" });
  if (mean > 3 && data.longest >= 4) {
    if (distinctTimes(data) && randomEffects === 2)
      candidates.push({ randomEffects: 2, residual: "ornstein-uhlenbeck" });
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
function randomEffectsAllowed(data: CourseData, visits: number): 0 | 1 | 2 {
  const patients = data.patients.length;
  if (visits < 2 || data.values.length <= patients) return 0;
  return data.values.length > 2 * patients && data.longest >= 3 ? 2 : 1;
}

function distinctTimes({ starts, time }: CourseData): boolean {
  for (let i = 0; i + 1 < starts.length; i++)
    for (let k = starts[i]! + 1; k < starts[i + 1]!; k++) if (!(time[k]! > time[k - 1]!)) return false;
  return true;
}

/** Mean time of measurement of every visit with enough values, ascending and distinct. */
function timesOfVisits(data: CourseData): number[] {
  const sums = new Map<number, { sum: number; count: number }>();
  data.visit.forEach((v, k) => {
    const entry = sums.get(v) ?? { sum: 0, count: 0 };
    sums.set(v, { sum: entry.sum + data.time[k]!, count: entry.count + 1 });
  });
  const all = [...sums.values()];
  const enough = all.filter(({ count }) => count >= VALUES_FOR_KNOT);
  const used = enough.length > 0 ? enough : all;
  return [...new Set(used.map(({ sum, count }) => sum / count))].sort((a, b) => a - b);
}

function notDetermined(columns: number, observations: number | null): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "data",
    received: observations,
    requirement: `must determine ${columns} fixed effects of the mixed-effects model`,
    hint: "Use fewer covariates, shrink their effects, or add patients.",
  });
}
