import type { Endpoint } from "../../trial/endpoint.ts";
import type { MemberKind, MemberTraining } from "../member.ts";
import { featureReader, fitFeatureLaw } from "../mixed-effects/feature-law.ts";
import { toLogits } from "./course-curve.ts";
import { courseObservations } from "./course-observations.ts";
import { stateOf } from "./course-state.ts";
import { refuseUninformative, refuseUnsuited } from "./course-suitability.ts";
import type { CourseCurve, DiseaseCourseOptions, DiseaseCourseParameters } from "./disease-course-parameters.ts";
import { fitDiseaseCourse } from "./fit-disease-course.ts";
import { openDiseaseCourse } from "./open-disease-course.ts";

/** When a fit to part of the patients stops: it starts where the fit to all of them ended. */
const REFIT: DiseaseCourseOptions = { maximumIterations: 60, tolerance: 1e-3 };

/**
 * Disease-course map: bounded, monotone endpoints follow logistic curves in a time that every patient runs through at an own
 * speed and from own levels; speed and levels depend on baseline features. METHODS.md, (DC1)–(DC8).
 */
export const diseaseCourseMember: MemberKind<DiseaseCourseParameters, DiseaseCourseOptions> = {
  kind: "disease-course",
  name: "Disease-course map",
  supports: ["continuous"],
  train(training, options, _rng, onProgress) {
    refuseUninformative(training);
    refuseUnsuited(training);
    return learn(training, options, null, onProgress);
  },
  retrain: (training, _options, like) => learn(training, REFIT, like, () => {}),
  open: openDiseaseCourse,
};

/** Features, curves and observations, then the fit; from where the fit `like` ended, if one is given. */
function learn(
  training: MemberTraining,
  options: DiseaseCourseOptions,
  like: DiseaseCourseParameters | null,
  onProgress: (fraction: number) => void,
): DiseaseCourseParameters {
  const { table, features, weights } = training;
  refuseUninformative(training);
  const curves = table.endpoints.map(curveOf);
  const Q = features.length;
  const logitFeatures = features.flatMap((feature, q) => {
    if (feature.kind !== "baseline-endpoint") return [];
    const curve = curves[table.endpoints.findIndex(({ id }) => id === feature.endpointId)];
    return curve?.kind === "logistic" ? [{ feature: q, minimum: curve.minimum, maximum: curve.maximum }] : [];
  });
  const values = training.featureValues.slice();
  for (let i = 0; i < table.count; i++) toLogits(values.subarray(i * Q, (i + 1) * Q), logitFeatures);
  const law = fitFeatureLaw(values, table.count, Q);
  const read = featureReader(law);
  const informative = law.informative.flatMap((is, q) => (is ? [q] : []));
  const daysPerUnit = table.visits.reduce((most, { targetDay }) => Math.max(most, Math.abs(targetDay)), 1);
  const observations = courseObservations(table, curves, daysPerUnit, weights);
  const fit = fitDiseaseCourse(
    {
      observations,
      curves,
      known: Array.from({ length: table.count }, (_, i) => read(values.subarray(i * Q, (i + 1) * Q))),
      informative,
      ownBaselines: table.endpoints.map(({ id }) => {
        const q = features.findIndex((feature) => feature.kind === "baseline-endpoint" && feature.endpointId === id);
        return informative.includes(q) ? q : null;
      }),
      featureCount: Q,
      weights,
    },
    options,
    onProgress,
    like === null ? null : stateOf(like),
  );
  onProgress(1);
  return {
    kind: "disease-course",
    visits: table.visits.length,
    daysPerUnit,
    logitFeatures,
    features: law,
    courses: table.endpoints.map(({ id }, e) => ({
      endpointId: id,
      curve: curves[e]!,
      rate: fit.family.rates[e]!,
      residualVariance: fit.family.residualVariances[e]!,
    })),
    coefficients: [...fit.regression.coefficients],
    coefficientCovariance: [...fit.coefficientCovariance],
    individualCovariance: [...fit.regression.covariance],
    coefficientVariances: [...fit.coefficientVariances],
    patients: observations.patients.length,
    observations: observations.value.length,
    iterations: fit.iterations,
    converged: fit.converged,
    lastChange: fit.lastChange,
    minusTwoLogLikelihood: fit.minusTwoLogLikelihood,
  };
}

/** A scale from one end to the other. */
function curveOf({ label, sourceRange: { minimum, maximum } }: Endpoint): CourseCurve {
  if (minimum !== null && maximum !== null) return { kind: "logistic", minimum, maximum };
  throw new Error(`${label} has no two ends`);
}
