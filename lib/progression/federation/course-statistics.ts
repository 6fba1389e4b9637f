import { z } from "zod";
import { type CourseData, courseData } from "../mixed-effects/course-data.ts";
import { courseSums } from "../mixed-effects/course-likelihood.ts";
import { allPairMoments, type FittedCourse } from "../mixed-effects/endpoint-association.ts";
import { featureLawSchema, featureReader, type KnownFeatures } from "../mixed-effects/feature-law.ts";
import { courseColumnSchema } from "../mixed-effects/mixed-effects-parameters.ts";
import { timeBasisSize } from "../mixed-effects/time-basis.ts";
import { unknownParts } from "../mixed-effects/unknown-features.ts";
import { type FederationPlan, siteIdSchema } from "./federation-plan.ts";
import type { SiteData } from "./site-data.ts";

/** How the values and features of a site enter the course of an endpoint. */
const settingSchema = {
  /** A site that is not to be part of these sums. */
  except: siteIdSchema.nullable(),
  law: featureLawSchema,
  /** Positions of the law's features among the plan's columns. */
  featureColumns: z.array(z.number().int()),
  daysPerUnit: z.number().positive(),
};
const scaleSchema = { endpoint: z.number().int().nonnegative(), centre: z.number(), deviation: z.number().positive() };
const specSchema = {
  knots: z.array(z.number()),
  columns: z.array(courseColumnSchema),
  randomEffects: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  residual: z.enum(["independent", "ornstein-uhlenbeck", "ornstein-uhlenbeck-with-noise"]),
};

/** Question for the sums of (ME6) at one covariance. */
export const courseSumsQuerySchema = z.object({
  kind: z.literal("course-sums"),
  ...settingSchema,
  ...scaleSchema,
  ...specSchema,
  /** Effects and variance by which missing features widen covariances; null: they do not. */
  unknown: z.object({ coefficients: z.array(z.number()), variance: z.number() }).nullable(),
  factor: z.array(z.number()),
  rate: z.number(),
  noiseShare: z.number(),
});
export type CourseSumsQuery = z.infer<typeof courseSumsQuerySchema>;

/** Null where the covariance is not positive definite, or the site is not part of the sums. */
export const courseSumsAnswerSchema = z.object({
  sums: z
    .object({
      /** [p (p + 1)/2] lower triangle by rows of Σ XᵀV⁻¹X. */
      information: z.array(z.number()),
      score: z.array(z.number()),
      logDeterminant: z.number(),
      square: z.number(),
    })
    .nullable(),
});
export type CourseSumsAnswer = z.infer<typeof courseSumsAnswerSchema>;

/** Question for the sums of (ME10) at the fitted courses. */
export const associationQuerySchema = z.object({
  kind: z.literal("association"),
  ...settingSchema,
  courses: z.array(
    z.object({
      ...scaleSchema,
      ...specSchema,
      coefficients: z.array(z.number()),
      randomFactor: z.array(z.number()),
      process: z.object({ variance: z.number(), rate: z.number(), noiseShare: z.number() }),
    }),
  ),
});
export type AssociationQuery = z.infer<typeof associationQuerySchema>;

/** Score and information of every pair of endpoints. */
export const associationAnswerSchema = z.object({
  pairs: z.array(z.object({ score: z.array(z.number()), information: z.array(z.number()) })),
});
export type AssociationAnswer = z.infer<typeof associationAnswerSchema>;

/** A site's sums at one covariance of one endpoint. METHODS.md, equation (FE16). */
export function siteCourseSums(plan: FederationPlan, site: SiteData, query: CourseSumsQuery): CourseSumsAnswer {
  const { known, data } = observations(plan, site, query, query);
  const { unknown } = query;
  const parts =
    unknown === null
      ? null
      : unknownParts(
          data,
          known,
          query.columns,
          Float64Array.from(unknown.coefficients),
          timeBasisSize(query.knots) + 1,
          unknown.variance,
        );
  const found = courseSums(data, query, parts)({ ...query, factor: Float64Array.from(query.factor) });
  if (found === null) return { sums: null };
  const p = query.columns.length;
  const { score, logDeterminant, square } = found;
  const information = Array.from({ length: p }, (_, c) => [...found.information.subarray(c * p, c * p + c + 1)]).flat();
  return { sums: { information, score: [...score], logDeterminant, square } };
}

/** A site's sums for the association of endpoints. */
export function siteAssociation(plan: FederationPlan, site: SiteData, query: AssociationQuery): AssociationAnswer {
  const courses = query.courses.map((course): FittedCourse => {
    const { knots, columns, randomEffects, residual, process } = course;
    return {
      data: observations(plan, site, query, course).data,
      fit: {
        spec: { knots, columns, randomEffects, residual, criterion: "REML" },
        solution: {
          minusTwoLogLikelihood: 0,
          coefficients: Float64Array.from(course.coefficients),
          coefficientCovariance: new Float64Array(0),
          randomFactor: Float64Array.from(course.randomFactor),
          residual: process,
          levelVariance: null,
          slopeVariance: null,
        },
      },
    };
  });
  const pairs = allPairMoments(courses, site.patients);
  return { pairs: pairs.map(({ score, information }) => ({ score: [...score], information: [...information] })) };
}

function observations(
  plan: FederationPlan,
  { view, days, patients, columns: D, featureCount }: SiteData,
  setting: Pick<CourseSumsQuery, "law" | "featureColumns" | "daysPerUnit">,
  scale: Pick<CourseSumsQuery, "endpoint" | "centre" | "deviation">,
): { known: KnownFeatures[]; data: CourseData } {
  const { law, featureColumns, daysPerUnit } = setting;
  const Q = featureColumns.length;
  const read = featureReader(law);
  const known = Array.from({ length: patients }, (_, i) =>
    read(Float64Array.from(featureColumns, (j) => view.values[i * D + j]!)),
  );
  const predictors = new Float64Array(patients * (Q + 1));
  known.forEach(({ values }, i) => {
    predictors[i * (Q + 1)] = 1;
    predictors.set(values, i * (Q + 1) + 1);
  });
  const cells = D - featureCount;
  const outcomes = new Float64Array(patients * cells);
  for (let i = 0; i < patients; i++) outcomes.set(view.values.subarray(i * D + featureCount, (i + 1) * D), i * cells);
  const table = { count: patients, endpoints: plan.endpoints, visits: plan.visits, outcomes, days };
  const weights = new Float64Array(patients).fill(1);
  const { endpoint, centre, deviation } = scale;
  return { known, data: courseData(table, endpoint, { centre, deviation, daysPerUnit }, predictors, weights) };
}
