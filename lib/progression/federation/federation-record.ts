import { z } from "zod";

/** One site in one round of federated averaging; mean log-densities of its patients, standardised outcomes. */
const averagingRoundSchema = z.object({
  stage: z.enum(["gaussian", "hidden"]),
  /** Of the stage, from 1. */
  round: z.number().int().positive(),
  site: z.string(),
  patients: z.number().int(),
  /** At the average of the other sites' weights that the round began with: patients it has not seen; null without evaluation. */
  heldOut: z.number().nullable(),
  /** At the average of all sites that the round began with, and at the site's own weights after its passes. */
  before: z.number().nullable(),
  after: z.number().nullable(),
});
export type AveragingRound = z.infer<typeof averagingRoundSchema>;

/** How a federated model came about: printed by its card and dossier. */
export const federationRecordSchema = z.object({
  planHash: z.string(),
  /** Rounds of requests and answers: planned at most, and used. */
  maximumRounds: z.number().int(),
  rounds: z.number().int(),
  sites: z.array(z.object({ site: z.string(), patients: z.number().int(), dataHash: z.string() })),
  minimumCell: z.number().int(),
  /** Values and patients left out at all sites so that no sum is over few patients; multiples of the minimum cell size. */
  leftOut: z.object({ values: z.number().int(), patients: z.number().int() }),
  noise: z
    .object({ epsilon: z.number(), delta: z.number(), releases: z.number().int(), standardDeviation: z.number() })
    .nullable(),
  /** Whether nothing was left out and no noise added, so that the fit is that of the pooled patients. */
  equalsPooledFit: z.boolean(),
  /** True where the shrinkage was searched for, so that equality is to the tolerance of that search. */
  searchedShrinkage: z.boolean().optional(),
  /** Federated averaging; absent for members that are fitted from sums. */
  averaging: z
    .object({
      /** Passes of a site over its patients between two averages. */
      localEpochs: z.number().int(),
      /** Averaging rounds made and kept, without and with hidden units. */
      rounds: z.object({ gaussian: z.number().int(), hidden: z.number().int() }),
      kept: z.object({ gaussian: z.number().int(), hidden: z.number().int() }),
      /** Empty where noise was added. */
      course: z.array(averagingRoundSchema),
    })
    .optional(),
  /** Comparison with a fit to the pooled patients; absent where they were never in one place. */
  pooled: z
    .object({
      dataHash: z.string(),
      patients: z.number().int(),
      /** Per group of parameters: largest absolute difference over the largest absolute value; null where they are not the same parameters. */
      differences: z.array(z.object({ what: z.string(), relative: z.number().nullable() })),
      /** Of averaged networks: mean log-density of a pooled patient, and distance of the means in predictive SDs. */
      loss: z.object({ federated: z.number(), pooled: z.number(), meanDifference: z.number() }).nullable(),
    })
    .optional(),
});
export type FederationRecord = z.infer<typeof federationRecordSchema>;
export type PooledDifference = NonNullable<FederationRecord["pooled"]>;
export type AveragingLoss = NonNullable<PooledDifference["loss"]>;
