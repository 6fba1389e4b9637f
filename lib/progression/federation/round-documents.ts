import { z } from "zod";
import { canonicalJson } from "../../numerics/canonical-json.ts";
import { sha256Hex } from "../../numerics/sha256.ts";
import { federationPlanSchema, siteIdSchema } from "./federation-plan.ts";
import { type FederationQuery, federationQuerySchema, siteAggregateSchema } from "./federation-query.ts";

/** What the coordinator sends to every site in one round. */
export const federationRequestSchema = z.object({
  format: z.literal("understudy-federation-request/1"),
  plan: federationPlanSchema,
  planHash: z.string(),
  round: z.number().int().positive(),
  queries: z.array(federationQuerySchema).min(1),
});
export type FederationRequest = z.infer<typeof federationRequestSchema>;

/** What a site sends back: sums only. */
export const federationAnswerSchema = z.object({
  format: z.literal("understudy-federation-answer/2"),
  engineVersion: z.string(),
  planHash: z.string(),
  /** SHA-256 of the canonical JSON of the request. */
  requestHash: z.string(),
  round: z.number().int().positive(),
  site: siteIdSchema,
  /** SHA-256 of the canonical JSON of the site's data set, which stays where it is. */
  dataHash: z.string(),
  /** Control patients that entered the sums; rounded down to a multiple of the minimum cell size where noise was added. */
  patients: z.number().int(),
  answers: z.array(z.object({ query: z.string(), aggregate: siteAggregateSchema })),
  /** Noise added, as planned; its seed stays at the site. */
  noise: z.object({ epsilon: z.number(), delta: z.number(), standardDeviation: z.number() }).nullable(),
  /** SHA-256 of the canonical JSON of all other fields: a file that was changed on its way is refused. */
  hash: z.string(),
});
export type FederationAnswer = z.infer<typeof federationAnswerSchema>;

/** SHA-256 of the canonical JSON of everything but the hash. */
export function answerHash(answer: Omit<FederationAnswer, "hash">): string {
  return sha256Hex(canonicalJson(Object.fromEntries(Object.entries(answer).filter(([key]) => key !== "hash"))));
}

/** Identity of a query: SHA-256 of its canonical JSON. */
export function queryHash(query: FederationQuery): string {
  return sha256Hex(canonicalJson(query));
}

/** Identity of a request. */
export function requestHash(request: FederationRequest): string {
  return sha256Hex(canonicalJson(request));
}
