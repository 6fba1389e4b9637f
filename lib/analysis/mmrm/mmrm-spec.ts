import { z } from "zod";
import { covarianceStructureSchema } from "./covariance-structure.ts";
import { coefficientCovarianceSchema, degreesOfFreedomMethodSchema } from "./mmrm-inference.ts";

/**
 * Mixed model for repeated measures: everything a user can choose. Fields name endpoints, visits and covariates of the
 * trial by id.
 */
export const mmrmSpecSchema = z.object({
  method: z.literal("mmrm"),
  endpoint: z.string().min(1).describe("Endpoint, by id."),
  visits: z
    .array(z.string().min(1))
    .default([])
    .describe("Visits of the model, by id; all after day 0 at which the endpoint was measured when none is named."),
  primaryVisit: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe("Visit whose effect stands first; the last visit of the model when null."),
  averageOver: z
    .array(z.string().min(1))
    .default([])
    .describe("Visits over which the effect is averaged with equal weights as well; none when empty."),
  outcome: z
    .enum(["change", "value"])
    .default("change")
    .describe("Change from baseline, or the value itself. With the baseline as covariate both give the same effect."),
  baseline: z
    .enum(["none", "common", "by-visit"])
    .default("by-visit")
    .describe("Baseline of the endpoint: left out, with one coefficient, or with one at every visit."),
  covariates: z.array(z.string().min(1)).default([]).describe("Baseline covariates, by name."),
  covariatesByVisit: z
    .array(z.string().min(1))
    .default([])
    .describe("Those of the covariates that act differently at every visit."),
  score: z
    .boolean()
    .default(false)
    .describe("Whether the twin's predicted control outcome is a covariate (PROCOVA); needs twins of this trial."),
  scoreAt: z
    .enum(["same-visit", "primary-visit"])
    .default("same-visit")
    .describe("Prediction used at each visit: the one for that visit, or the one for the primary visit."),
  scoreByVisit: z.boolean().default(true).describe("Whether the score has a coefficient at every visit."),
  structure: covarianceStructureSchema
    .default("unstructured")
    .describe("Covariance of the measurements of a patient; the spatial one uses the days of measurement."),
  fallback: z
    .array(covarianceStructureSchema)
    .default(["toeplitz-heterogeneous", "ar1-heterogeneous", "compound-symmetry-heterogeneous"])
    .describe(
      "Structures tried in this order, each only when the one before did not converge. What was tried is reported.",
    ),
  groups: z
    .enum(["common", "by-arm"])
    .default("common")
    .describe("Whether all arms share the covariance or each has its own."),
  estimation: z.enum(["reml", "ml"]).default("reml").describe("Restricted or full maximum likelihood."),
  degreesOfFreedom: degreesOfFreedomMethodSchema
    .default("satterthwaite")
    .describe(
      "Kenward–Roger as the R package mmrm has it; kenward-roger-linear as SAS has it for TYPE=UN (DDFM=KR) and with DDFM=KR(LINEAR).",
    ),
  covariance: coefficientCovarianceSchema
    .default("model-based")
    .describe("Variance of the effects: of the model, or from the residuals of each patient (CR0, CR2, CR3)."),
  weights: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe("Numeric covariate by whose value the residual variance of a patient is divided; equal when null."),
  leastSquaresMeans: z
    .enum(["equal", "proportional"])
    .default("equal")
    .describe("Weight of categories in least-squares means: equal (SAS default), or as observed (OBSMARGINS)."),
  nullValue: z.number().default(0).describe("Difference under the null hypothesis, e.g. a margin with its sign."),
  confidence: z.number().gt(0).lt(1).default(0.95).describe("Two-sided confidence of the intervals."),
});

export type MmrmSpec = z.infer<typeof mmrmSpecSchema>;
