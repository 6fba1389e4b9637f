import { z } from "zod";
import { canonicalJson } from "../../numerics/canonical-json.ts";
import { sha256Hex } from "../../numerics/sha256.ts";
import type { TrainedModel } from "../model-document.ts";
import { type FederationPlan, federationPlanSchema } from "./federation-plan.ts";
import { type FederationRecord, federationRecordSchema } from "./federation-record.ts";
import { federationSentences } from "./federation-text.ts";

/** How a federated model came about, for the file beside it. */
export const federationReportSchema = z.object({
  format: z.literal("understudy-federation-report/2"),
  engineVersion: z.string(),
  modelHash: z.string(),
  plan: federationPlanSchema,
  record: federationRecordSchema,
  sentences: z.array(z.string()),
  /** SHA-256 of the canonical JSON of all other fields. */
  hash: z.string(),
});
export type FederationReport = z.infer<typeof federationReportSchema>;

/** The report with its sentences. */
export function federationReport(
  plan: FederationPlan,
  model: TrainedModel,
  record: FederationRecord,
): FederationReport {
  const content = {
    format: "understudy-federation-report/2" as const,
    engineVersion: model.engineVersion,
    modelHash: model.hash,
    plan,
    record,
    sentences: federationSentences(plan.member.kind, record),
  };
  return { ...content, hash: reportHash(content) };
}

/** SHA-256 of the canonical JSON of everything but the hash. */
export function reportHash(report: object): string {
  return sha256Hex(canonicalJson(Object.fromEntries(Object.entries(report).filter(([key]) => key !== "hash"))));
}
