import { z } from "zod";
import type { MixedModelFit } from "./fit-mixed-model.ts";

/** A fitted mixed model as a document: everything that predictions need, nothing of the patients it was fitted to. */
export const mixedModelDocumentSchema = z.object({
  format: z.literal("understudy-mixed-model/1"),
  criterion: z.enum(["REML", "ML"]),
  observations: z.number().int().positive(),
  groups: z.number().int().positive(),
  logLikelihood: z.number(),
  /** Columns of the fixed design in the order that predictions take them. */
  fixedNames: z.array(z.string()),
  fixed: z.array(z.number()),
  /** Covariance of the fixed effects, row-major. */
  fixedCovariance: z.array(z.number()),
  /** Columns of the random design. */
  randomNames: z.array(z.string()),
  /** G, row-major. */
  randomCovariance: z.array(z.number()),
  /** σ², measurement error included. */
  residualVariance: z.number().positive(),
  residual: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("independent") }),
    z.object({
      kind: z.literal("continuous-autoregressive"),
      /** Correlation of residuals one unit of time apart, without measurement error. */
      phi: z.number().min(0).max(1),
      /** Share of σ² that is measurement error. */
      measurementErrorShare: z.number().min(0).max(1),
    }),
    z.object({
      kind: z.literal("autoregressive"),
      phi: z.number().min(-1).max(1),
      measurementErrorShare: z.number().min(0).max(1),
    }),
  ]),
  convergence: z.object({
    state: z.enum(["converged", "boundary", "not-converged"]),
    lines: z.array(z.string()),
  }),
});

export type MixedModelDocument = z.infer<typeof mixedModelDocumentSchema>;

/** The parameters of a fit as a plain document that can be written as JSON and predicted from. */
export function mixedModelDocument(fit: MixedModelFit): MixedModelDocument {
  const { phi, share } = fit.residualCorrelation;
  const { kind } = fit.residual;
  return {
    format: "understudy-mixed-model/1",
    criterion: fit.criterion,
    observations: fit.observations,
    groups: fit.groups,
    logLikelihood: fit.logLikelihood,
    fixedNames: [...fit.fixedNames],
    fixed: [...fit.fixed],
    fixedCovariance: [...fit.fixedCovariance],
    randomNames: [...fit.randomNames],
    randomCovariance: [...fit.randomCovariance],
    residualVariance: fit.residualVariance,
    residual: kind === "independent" ? { kind } : { kind, phi, measurementErrorShare: share },
    convergence: { state: fit.verdict.state, lines: [...fit.verdict.lines] },
  };
}
