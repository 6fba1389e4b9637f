import { DomainError } from "../../errors/domain-error.ts";
import type { MemberKind, MemberTraining, PatientHistory } from "../member.ts";
import type { BaselineFeature } from "../model-document.ts";
import { courseData } from "./course-data.ts";
import { type CourseSource, observedCourse } from "./course-source.ts";
import { estimateAssociation, type FittedCourse, independentEndpoints } from "./endpoint-association.ts";
import { featureReader, fitFeatureLaw } from "./feature-law.ts";
import { type CourseFit, fitCourse, refitCourse } from "./fit-course.ts";
import { conditionInPlace, drawFromLaw } from "./gaussian-forecast.ts";
import {
  type EndpointCourse,
  type MixedEffectsOptions,
  type MixedEffectsParameters,
  mixedEffectsParametersSchema,
} from "./mixed-effects-parameters.ts";
import { outcomeLaws } from "./outcome-law.ts";

/** Fewest patients with a value of an endpoint for its course to be more than a guess. */
const MINIMUM_PATIENTS = 5;

/**
 * Mixed-effects model of every endpoint over actual days: natural spline in time, features on level and slope shrunk by
 * empirical Bayes, random intercept and slope, independent or Ornstein–Uhlenbeck residuals. Given its variances every
 * prediction is an exact normal law. METHODS.md, equations (ME1)–(ME10).
 */
export const mixedEffectsMember: MemberKind<MixedEffectsParameters, MixedEffectsOptions> = {
  kind: "mixed-effects",
  name: "Mixed-effects model",
  supports: ["continuous"],
  train(training, options, _rng, onProgress) {
    const E = training.table.endpoints.length;
    return learn(
      training,
      (course, e) => {
        const fit = fitCourse(course.source, course.informative, course.own, options);
        onProgress((e + 1) / (E + 1));
        return fit;
      },
      (fitted) => {
        const estimated = options.association === "estimated" && E > 1;
        const { standardError, ...correlations } = estimated
          ? estimateAssociation(fitted, training.table.count)
          : independentEndpoints(fitted.map(({ fit }) => fit.spec.randomEffects));
        onProgress(1);
        return { ...correlations, associationStandardError: standardError };
      },
    );
  },
  retrain: (training, options, like) =>
    learn(
      training,
      ({ source, informative, own }, e) => refitCourse(source, informative, own, like.courses[e]!, options),
      () => ({
        randomCorrelation: like.randomCorrelation,
        residualCorrelation: like.residualCorrelation,
        associationStandardError: like.associationStandardError,
      }),
    ),
  open(parameters) {
    assertShapes(parameters);
    const laws = outcomeLaws(parameters);
    const updated = (history: PatientHistory) => {
      const law = laws.law(history.features, history.days);
      conditionInPlace(law, history.observed);
      return law;
    };
    return {
      kind: "mixed-effects",
      featureCount: parameters.features.centre.length,
      outcomeCount: parameters.courses.length * parameters.visits,
      predict: (history) => ({ ...updated(history), numericalError: 0 }),
      predictMean: (history) =>
        history.observed.every(Number.isNaN) ? laws.mean(history.features, history.days) : updated(history).mean,
      drawTrajectories: (history, count, rng, into) => drawFromLaw(updated(history), count, rng, into),
    };
  },
};

/** One endpoint's values with the features of their patients. */
interface CourseToFit {
  readonly source: CourseSource;
  /** Positions of the features that say anything. */
  readonly informative: readonly number[];
  readonly own: number | null;
}

type Association = Pick<
  MixedEffectsParameters,
  "randomCorrelation" | "residualCorrelation" | "associationStandardError"
>;

/** Law of the features, then course by course, then what ties the endpoints together. */
function learn(
  training: MemberTraining,
  fitOne: (course: CourseToFit, endpoint: number) => CourseFit,
  associate: (fitted: readonly FittedCourse[]) => Association,
): MixedEffectsParameters {
  const { table, featureValues, features, weights } = training;
  refuseUninformative(training);
  const Q = features.length;
  const law = fitFeatureLaw(featureValues, table.count, Q);
  const read = featureReader(law);
  const predictors = new Float64Array(table.count * (Q + 1));
  const known = Array.from({ length: table.count }, (_, i) => read(featureValues.subarray(i * Q, (i + 1) * Q)));
  known.forEach(({ values }, i) => {
    predictors[i * (Q + 1)] = 1;
    predictors.set(values, i * (Q + 1) + 1);
  });
  const informative = law.informative.flatMap((is, q) => (is ? [q] : []));
  const daysPerUnit = table.visits.reduce((most, { targetDay }) => Math.max(most, Math.abs(targetDay)), 1);
  const fitted: FittedCourse[] = [];
  const courses = table.endpoints.map((endpoint, e): EndpointCourse => {
    const scale = { ...outcomeScale(training, e), daysPerUnit };
    const data = courseData(table, e, scale, predictors, weights);
    const own = ownBaseline(features, endpoint.id, informative);
    const fit = fitOne({ source: observedCourse(data, known), informative, own }, e);
    fitted.push({ data, fit });
    return endpointCourse(endpoint.id, scale, own, fit, data.patients.length, data.values.length);
  });
  return {
    kind: "mixed-effects",
    visits: table.visits.length,
    daysPerUnit,
    features: law,
    courses,
    ...associate(fitted),
  };
}

/**
 * Document of a fitted course.
 *
 * @param scale - What values were centred at and divided by.
 * @param own - Position of the own baseline value among the features.
 */
export function endpointCourse(
  endpointId: string,
  scale: { readonly centre: number; readonly deviation: number },
  own: number | null,
  fit: CourseFit,
  patients: number,
  observations: number,
): EndpointCourse {
  const { spec, solution } = fit;
  return {
    endpointId,
    centre: scale.centre,
    deviation: scale.deviation,
    ownBaseline: own,
    knots: [...spec.knots],
    columns: spec.columns.map((column) => ({ ...column })),
    coefficients: [...solution.coefficients],
    coefficientCovariance: [...solution.coefficientCovariance],
    randomEffects: spec.randomEffects,
    randomFactor: [...solution.randomFactor],
    residual: { ...solution.residual },
    levelVariance: solution.levelVariance,
    slopeVariance: solution.slopeVariance,
    minusTwoLogLikelihood: solution.minusTwoLogLikelihood,
    converged: fit.converged,
    patients,
    observations,
    timeCandidates: fit.timeCandidates.map((each) => ({ ...each })),
    residualCandidates: fit.residualCandidates.map((each) => ({ ...each })),
  };
}

/** Position of the endpoint's own baseline value, where it is a feature that says anything. */
export function ownBaseline(
  features: readonly BaselineFeature[],
  id: string,
  informative: readonly number[],
): number | null {
  const q = features.findIndex((feature) => feature.kind === "baseline-endpoint" && feature.endpointId === id);
  return informative.includes(q) ? q : null;
}

function outcomeScale({ table }: MemberTraining, e: number): { centre: number; deviation: number } {
  const { values } = observedValues(table, e);
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return { centre, deviation: Math.sqrt(square / values.length) };
}

function observedValues(table: MemberTraining["table"], e: number): { values: number[]; patients: number } {
  const E = table.endpoints.length;
  const V = table.visits.length;
  const values: number[] = [];
  let patients = 0;
  for (let i = 0; i < table.count; i++) {
    const before = values.length;
    for (let v = 0; v < V; v++) {
      const value = table.outcomes[(i * E + e) * V + v]!;
      if (!Number.isNaN(value)) values.push(value);
    }
    if (values.length > before) patients++;
  }
  return { values, patients };
}

function refuseUninformative({ table }: MemberTraining): void {
  const problems = table.endpoints.flatMap((endpoint, e) => {
    const { values, patients } = observedValues(table, e);
    if (patients < MINIMUM_PATIENTS) return [`${endpoint.label} (${patients} patients)`];
    return values.every((value) => value === values[0]) ? [`${endpoint.label} (always the same value)`] : [];
  });
  if (problems.length === 0) return;
  throw new DomainError("INSUFFICIENT_DATA", {
    argument: "data",
    received: problems.join("; "),
    requirement: `must hold different values of every endpoint in at least ${MINIMUM_PATIENTS} patients for a mixed-effects model`,
    hint: "Leave out the endpoint, or check its mapping.",
  });
}

function assertShapes(parameters: MixedEffectsParameters): void {
  const checked = mixedEffectsParametersSchema.safeParse(parameters);
  const Q = parameters.features.centre.length;
  const E = parameters.courses.length;
  const R = parameters.courses.reduce((sum, { randomEffects }) => sum + randomEffects, 0);
  const agree =
    checked.success &&
    E > 0 &&
    parameters.features.covariance.length === Q * Q &&
    parameters.features.mean.length === Q &&
    parameters.randomCorrelation.length === R * R &&
    parameters.residualCorrelation.length === E * E &&
    parameters.courses.every((course) => {
      const p = course.columns.length;
      return (
        course.coefficients.length === p &&
        course.coefficientCovariance.length === p * p &&
        course.randomFactor.length === course.randomEffects ** 2 &&
        course.columns.every(({ predictor, basis }) => predictor <= Q && basis <= Math.max(0, course.knots.length - 1))
      );
    });
  if (agree) return;
  throw new DomainError("INVALID_INPUT", {
    argument: "parameters",
    received: `${E} courses, ${Q} features`,
    requirement: "must be those of a mixed-effects model, with arrays of matching lengths",
    hint: "Use the model file as it was written; check its hash.",
  });
}
