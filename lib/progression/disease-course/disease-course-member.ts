import { DomainError } from "../../errors/domain-error.ts";
import type { Endpoint } from "../../trial/endpoint.ts";
import type { MemberKind, MemberTraining } from "../member.ts";
import { featureReader, fitFeatureLaw } from "../mixed-effects/feature-law.ts";
import { toLogits } from "./course-curve.ts";
import { courseObservations } from "./course-observations.ts";
import type { CourseCurve, DiseaseCourseOptions, DiseaseCourseParameters } from "./disease-course-parameters.ts";
import { fitDiseaseCourse } from "./fit-disease-course.ts";
import { openDiseaseCourse } from "./open-disease-course.ts";

/** Fewest patients with a value of an endpoint. */
const MINIMUM_PATIENTS = 10;

/**
 * Disease-course map: bounded endpoints follow logistic curves, others straight lines, in a time that every patient runs
 * through at an own speed and from own levels; speed and levels depend on baseline features. METHODS.md, (DC1)–(DC7).
 */
export const diseaseCourseMember: MemberKind<DiseaseCourseParameters, DiseaseCourseOptions> = {
  kind: "disease-course",
  name: "Disease-course map",
  supports: ["continuous"],
  train(training, options, _rng, onProgress) {
    const { table, features, weights } = training;
    refuseUnbounded(table.endpoints);
    refuseUninformative(training);
    const curves = table.endpoints.map((endpoint, e) => curveOf(training, endpoint, e));
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
  },
  open: openDiseaseCourse,
};

function isBounded({ scale, sourceRange }: Endpoint): boolean {
  const { minimum, maximum } = sourceRange;
  return scale === "identity" && minimum !== null && maximum !== null && minimum < maximum;
}

function curveOf({ table }: MemberTraining, endpoint: Endpoint, e: number): CourseCurve {
  const { minimum, maximum } = endpoint.sourceRange;
  if (isBounded(endpoint) && minimum !== null && maximum !== null) return { kind: "logistic", minimum, maximum };
  const values = observedValues(table, e).values;
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return { kind: "linear", centre, deviation: Math.sqrt(square / values.length) };
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

function refuseUnbounded(endpoints: readonly Endpoint[]): void {
  if (endpoints.some(isBounded)) return;
  throw new DomainError("UNSUPPORTED_COMBINATION", {
    argument: "endpoints",
    received: endpoints.map(({ label }) => label).join(", "),
    requirement:
      "must include one on its own scale with a known smallest and largest admissible value, since the disease-course map follows bounded scales from one end to the other",
    hint: "State the range of the scale in the mapping, or leave this member out.",
  });
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
    requirement: `must hold different values of every endpoint in at least ${MINIMUM_PATIENTS} patients for a disease-course map`,
    hint: "Leave out the endpoint, or check its mapping.",
  });
}
