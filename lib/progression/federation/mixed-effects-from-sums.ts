import { DomainError } from "../../errors/domain-error.ts";
import { centralDifferences } from "../../numerics/minimize.ts";
import {
  type CourseLikelihood,
  type CoursePoint,
  type CourseSpec,
  type CourseSums,
  GRADIENT_STEP,
  likelihoodOfSums,
} from "../mixed-effects/course-likelihood.ts";
import { type CourseSource, meanVisitTimes } from "../mixed-effects/course-source.ts";
import { associationOf, independentEndpoints } from "../mixed-effects/endpoint-association.ts";
import { type FeatureLaw, featureLawOf } from "../mixed-effects/feature-law.ts";
import { type CourseFit, fitCourse } from "../mixed-effects/fit-course.ts";
import { endpointCourse, ownBaseline } from "../mixed-effects/mixed-effects-member.ts";
import type { MixedEffectsOptions, MixedEffectsParameters } from "../mixed-effects/mixed-effects-parameters.ts";
import type { BaselineFeature } from "../model-document.ts";
import type { CourseSumsQuery } from "./course-statistics.ts";
import { type FederationPlan, planFeatures } from "./federation-plan.ts";
import type { FederationQuery, PatternsAnswer } from "./federation-query.ts";
import {
  columnMoments,
  type PatternCell,
  patternedData,
  standardisedCells,
  withColumns,
} from "./pattern-statistics.ts";
import { type AggregateOracle, PendingQueries, type SiteAnswer, together } from "./replay.ts";

/** Fewest patients with a value of an endpoint for its course to be more than a guess. */
const MINIMUM_PATIENTS = 5;

/** What the fit knows from the first round. */
export interface FirstRound {
  readonly patterns: readonly SiteAnswer<PatternsAnswer>[];
  /** Their cells together. */
  readonly cells: readonly PatternCell[];
  /** Features that say something in these cells. */
  readonly features: readonly BaselineFeature[];
  /** The site that is not used, or null. */
  readonly except: string | null;
}

/**
 * The mixed-effects model from sums over patients: the choices and the search of the pooled fit, each evaluation of the
 * likelihood a question to the sites; questions that do not depend on one another share a round. METHODS.md, equations
 * (FE15)–(FE17).
 *
 * @throws PendingQueries until the sites have answered; DomainError INSUFFICIENT_DATA or NOT_ESTIMABLE as the pooled fit.
 */
export function mixedEffectsFromSums(
  plan: FederationPlan,
  oracle: AggregateOracle,
  first: FirstRound,
  options: MixedEffectsOptions,
): MixedEffectsParameters {
  const { cells, features, except, patterns } = first;
  const all = planFeatures(plan);
  const featureColumns = features.map((feature) =>
    all.findIndex((each) => JSON.stringify(each) === JSON.stringify(feature)),
  );
  const law = lawOfFeatures(cells, featureColumns);
  const daysPerUnit = plan.visits.reduce((most, { targetDay }) => Math.max(most, Math.abs(targetDay)), 1);
  const informative = [...features.keys()];
  const setting = { except, law, featureColumns, daysPerUnit };
  const courses = plan.endpoints.map((endpoint, e) => {
    const columns = plan.visits.map((_, v) => all.length + e * plan.visits.length + v);
    const scale = outcomeScale(plan, cells, columns, e);
    const summary = { ...countsOf(cells, columns), ...timesOf(plan, patterns, e, daysPerUnit) };
    const missingFeatures = cells.some(
      ({ observed }) => columns.some((j) => observed.includes(j)) && featureColumns.some((j) => !observed.includes(j)),
    );
    const source: CourseSource = {
      summary,
      all: together,
      likelihood: (spec, solution) => {
        if (solution !== null && !missingFeatures) return null;
        const unknown =
          solution === null ? null : { coefficients: [...solution.coefficients], variance: solution.residual.variance };
        const { knots, columns: design, randomEffects, residual } = spec;
        const sumsAt = (point: CoursePoint) =>
          askSums(oracle, spec, {
            kind: "course-sums",
            ...setting,
            ...scale,
            endpoint: e,
            knots: [...knots],
            columns: [...design],
            randomEffects,
            residual,
            unknown,
            factor: [...point.factor],
            rate: point.rate,
            noiseShare: point.noiseShare,
          });
        return askingAhead(likelihoodOfSums(spec, summary.observations, summary.visitTimes, sumsAt));
      },
    };
    return { endpoint, scale, summary, source, own: ownBaseline(features, endpoint.id, informative) };
  });
  const fits = together(
    courses.map(
      ({ source, own }) =>
        () =>
          fitCourse(source, informative, own, options),
    ),
  );
  const sizes = fits.map(({ spec }) => spec.randomEffects);
  const { standardError, ...correlations } =
    options.association === "estimated" && fits.length > 1
      ? askAssociation(
          oracle,
          setting,
          courses.map(({ scale }) => scale),
          fits,
          cells,
        )
      : independentEndpoints(sizes);
  return {
    kind: "mixed-effects",
    visits: plan.visits.length,
    daysPerUnit,
    features: law,
    courses: courses.map(({ endpoint, scale, summary, own }, e) =>
      endpointCourse(endpoint.id, scale, own, fits[e]!, summary.patients, summary.observations),
    ),
    ...correlations,
    associationStandardError: standardError,
  };
}

function lawOfFeatures(cells: readonly PatternCell[], featureColumns: readonly number[]): FeatureLaw {
  const own = withColumns(cells, featureColumns);
  const Q = featureColumns.length;
  const moments = columnMoments(own, Q);
  const patterns = Q === 0 ? null : patternedData(standardisedCells(own, moments), Q);
  return featureLawOf(
    moments,
    featureColumns.map(() => true),
    patterns,
  );
}

/** Mean and SD of the values of all visits of an endpoint. */
function outcomeScale(plan: FederationPlan, cells: readonly PatternCell[], columns: readonly number[], e: number) {
  const own = columnMoments(withColumns(cells, columns), columns.length);
  const count = own.reduce((sum, each) => sum + each.count, 0);
  const centre = own.reduce((sum, each) => sum + each.count * each.mean, 0) / count;
  const square = own.reduce((sum, each) => sum + each.count * (each.deviation ** 2 + (each.mean - centre) ** 2), 0);
  const { patients } = countsOf(cells, columns);
  if (patients >= MINIMUM_PATIENTS && square > 0) return { endpoint: e, centre, deviation: Math.sqrt(square / count) };
  throw new DomainError("INSUFFICIENT_DATA", {
    argument: "answers",
    received: `${plan.endpoints[e]!.label} (${patients} patients)`,
    requirement: `must hold different values of every endpoint in at least ${MINIMUM_PATIENTS} patients for a mixed-effects model`,
    hint: "Plan without this endpoint.",
  });
}

function countsOf(cells: readonly PatternCell[], columns: readonly number[]) {
  let patients = 0;
  let observations = 0;
  let longest = 0;
  for (const cell of cells) {
    const values = columns.filter((j) => cell.observed.includes(j)).length;
    if (values === 0) continue;
    patients += cell.patients;
    observations += cell.patients * values;
    longest = Math.max(longest, values);
  }
  return { patients, observations, longest };
}

function timesOf(
  plan: FederationPlan,
  patterns: readonly SiteAnswer<PatternsAnswer>[],
  e: number,
  daysPerUnit: number,
): Pick<CourseSource["summary"], "visitTimes" | "distinctTimes"> {
  const visits = plan.visits.map((_, v) => {
    const days = patterns.map(({ aggregate }) => aggregate.days[e * plan.visits.length + v]!);
    const count = days.reduce((sum, each) => sum + each.count, 0);
    const total = days.reduce((sum, each) => sum + each.count * each.mean, 0);
    return { count, mean: count === 0 ? 0 : total / count / daysPerUnit };
  });
  return {
    visitTimes: meanVisitTimes(visits),
    distinctTimes: patterns.every(({ aggregate }) => aggregate.repeatedDays[e] !== true),
  };
}

/** The sums of all sites that take part; null where one of them found no positive definite covariance. */
function askSums(oracle: AggregateOracle, spec: CourseSpec, query: CourseSumsQuery): CourseSums | null {
  const p = spec.columns.length;
  const information = new Float64Array(p * p);
  const score = new Float64Array(p);
  let logDeterminant = 0;
  let square = 0;
  for (const { site, aggregate } of oracle.ask(query)) {
    if (site === query.except) continue;
    const { sums } = aggregate;
    if (sums === null) return null;
    let place = 0;
    for (let c = 0; c < p; c++) {
      for (let d = 0; d <= c; d++) information[c * p + d]! += sums.information[place++]!;
      score[c]! += sums.score[c]!;
    }
    logDeterminant += sums.logDeterminant;
    square += sums.square;
  }
  return { information, score, logDeterminant, square };
}

/**
 * The same likelihood, asking in one round for a point and for the points around it that its gradient needs.
 */
function askingAhead(likelihood: CourseLikelihood): CourseLikelihood {
  const gradient = (point: Float64Array, out: Float64Array): void => {
    const pending = new Map<string, FederationQuery>();
    const noting = (at: Float64Array) => {
      try {
        return likelihood.evaluate(at);
      } catch (error) {
        if (!(error instanceof PendingQueries)) throw error;
        for (const [hash, query] of error.queries) pending.set(hash, query);
        return 0;
      }
    };
    centralDifferences(noting, point, out, GRADIENT_STEP);
    if (pending.size > 0) throw new PendingQueries(pending);
  };
  return {
    ...likelihood,
    gradient,
    evaluate: (point) => {
      try {
        return likelihood.evaluate(point);
      } catch (error) {
        if (!(error instanceof PendingQueries)) throw error;
        const ahead = error;
        return together([
          () => {
            throw ahead;
          },
          () => {
            gradient(point, new Float64Array(point.length));
            return 0;
          },
        ])[0]!;
      }
    },
  };
}

function askAssociation(
  oracle: AggregateOracle,
  setting: Pick<CourseSumsQuery, "except" | "law" | "featureColumns" | "daysPerUnit">,
  scales: readonly Pick<CourseSumsQuery, "endpoint" | "centre" | "deviation">[],
  fits: readonly CourseFit[],
  cells: readonly PatternCell[],
) {
  const answers = oracle.ask({
    kind: "association",
    ...setting,
    courses: fits.map(({ spec, solution }, e) => ({
      ...scales[e]!,
      knots: [...spec.knots],
      columns: [...spec.columns],
      randomEffects: spec.randomEffects,
      residual: spec.residual,
      coefficients: [...solution.coefficients],
      randomFactor: [...solution.randomFactor],
      process: solution.residual,
    })),
  });
  const used = answers.filter(({ site }) => site !== setting.except).map(({ aggregate }) => aggregate.pairs);
  const sum = (of: (pairs: (typeof used)[number]) => readonly number[]) =>
    used.map(of).reduce((total, next) => total.map((value, k) => value + next[k]!));
  const pairs = used[0]!.map((_, k) => ({
    score: Float64Array.from(sum((each) => each[k]!.score)),
    information: Float64Array.from(sum((each) => each[k]!.information)),
  }));
  const patients = cells.reduce((total, cell) => total + cell.patients, 0);
  return associationOf(
    fits.map(({ spec }) => spec.randomEffects),
    pairs,
    patients,
  );
}
