import { z } from "zod";

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
});
export type FederationRecord = z.infer<typeof federationRecordSchema>;
