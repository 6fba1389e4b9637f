import { z } from "zod";
import { diagnosticSchema } from "../errors/diagnostic.ts";
import { intervalEstimateSchema } from "../trial/interval.ts";

/** Chances of the events that end a course, over the trajectories expected. Arrays are [visit]. */
export const twinEventsSchema = z.object({
  /** Chance that no event, dropout included where it was learnt, has ended the course by the visit. */
  eventFree: z.array(z.number()),
  /** Monte Carlo standard error of `eventFree`. */
  standardError: z.array(z.number()),
  /** Chance that an event of the kind has ended the course by the visit; together with `eventFree` they sum to 1. */
  incidence: z.array(z.object({ kind: z.string(), cumulative: z.array(z.number()) })),
});
export type TwinEvents = z.infer<typeof twinEventsSchema>;

/** One patient's twin: the course expected under control from baseline only. Arrays are [endpoint][visit]. */
export const twinSchema = z.object({
  patientId: z.string(),
  study: z.string(),
  arm: z.string(),
  mean: z.array(z.array(z.number())),
  standardDeviation: z.array(z.array(z.number())),
  /** [endpoint][visit][level of bandLevels] → lower and upper limit. */
  bands: z.array(z.array(z.array(z.object({ lower: z.number(), upper: z.number() })))),
  baseline: z.array(z.number().nullable()),
  /** Observed value or null. */
  observed: z.array(z.array(z.number().nullable())),
  /** Exact conditional mean of the primary endpoint at the primary visit, from baseline only. */
  prognosticScore: z.number(),
  support: z.object({
    outOfSupport: z.boolean(),
    squaredDistance: z.number(),
    limit: z.number(),
    /** Features outside the range seen in training, by label. */
    outsideRange: z.array(z.string()),
  }),
  nearest: z.array(z.object({ patientId: z.string(), study: z.string(), distance: z.number() })),
  /**
   * Interventional Shapley contribution of each baseline feature to the score; they sum to the score less the expected score of the
   * history. β_j(x_j − μ_j) for linear means; for others the part beyond a line is sampled, with its standard error.
   */
  contributions: z.array(
    z.object({
      feature: z.string(),
      contribution: z.number(),
      observed: z.boolean(),
      standardError: z.number().optional(),
    }),
  ),
  events: twinEventsSchema.optional(),
});
export type Twin = z.infer<typeof twinSchema>;

export const observedMinusTwinSchema = z.object({
  endpointId: z.string(),
  visitId: z.string(),
  arm: z.string(),
  patients: z.number().int(),
  difference: intervalEstimateSchema.nullable(),
});

export const twinSetSchema = z.object({
  format: z.literal("understudy-twins/1"),
  engineVersion: z.string(),
  modelHash: z.string(),
  dataHash: z.string(),
  endpointIds: z.array(z.string()),
  visitIds: z.array(z.string()),
  primary: z.object({ endpointId: z.string(), visitId: z.string() }),
  bandLevels: z.array(z.number()),
  twins: z.array(twinSchema),
  observedMinusTwin: z.array(observedMinusTwinSchema),
  outOfSupport: z.object({ patients: z.number().int(), of: z.number().int() }),
  diagnostics: z.array(diagnosticSchema),
  hash: z.string(),
});
export type TwinSet = z.infer<typeof twinSetSchema>;

/** Forecast conditioned on later visits: never "course under control" for a treated patient, never a score. */
export const updatedForecastSchema = z.object({
  label: z.literal("updated forecast"),
  patientId: z.string(),
  arm: z.string(),
  conditionedOn: z.array(z.object({ endpointId: z.string(), visitId: z.string() })),
  mean: z.array(z.array(z.number())),
  standardDeviation: z.array(z.array(z.number())),
  bands: z.array(z.array(z.array(z.object({ lower: z.number(), upper: z.number() })))),
  events: twinEventsSchema.optional(),
});
export type UpdatedForecast = z.infer<typeof updatedForecastSchema>;
