import { z } from "zod";
import { memberNames } from "../member-names.ts";
import type { TrainedModel } from "../model-document.ts";
import { type FederationPlan, federationPlanSchema } from "./federation-plan.ts";
import { type FederationRecord, federationRecordSchema } from "./federation-record.ts";
import type { PooledDifference } from "./pooled-difference.ts";

/** How a federated model came about, for the file beside it. */
export const federationReportSchema = z.object({
  format: z.literal("understudy-federation-report/1"),
  engineVersion: z.string(),
  modelHash: z.string(),
  plan: federationPlanSchema,
  record: federationRecordSchema,
  /** Null where the patients were never in one place. */
  pooled: z
    .object({
      dataHash: z.string(),
      patients: z.number().int(),
      differences: z.array(z.object({ what: z.string(), relative: z.number() })),
    })
    .nullable(),
  sentences: z.array(z.string()),
});
export type FederationReport = z.infer<typeof federationReportSchema>;

/** The report with its sentences. */
export function federationReport(
  plan: FederationPlan,
  model: TrainedModel,
  record: FederationRecord,
  pooled: PooledDifference | null,
): FederationReport {
  return {
    format: "understudy-federation-report/1",
    engineVersion: model.engineVersion,
    modelHash: model.hash,
    plan,
    record,
    pooled: pooled === null ? null : { ...pooled, differences: pooled.differences.map((each) => ({ ...each })) },
    sentences: [
      `${memberNames[plan.member.kind]} from ${record.sites.length} sites in ${record.rounds} rounds of at most ${record.maximumRounds}`,
      equality(plan, record),
      ...(pooled === null
        ? []
        : pooled.differences.map(
            ({ what, relative }) =>
              `${what}: differs from the fit to the ${pooled.patients} pooled patients by ${relative.toExponential(1)} of the largest element`,
          )),
    ],
  };
}

function equality(plan: FederationPlan, { equalsPooledFit, noise, leftOut }: FederationRecord): string {
  if (equalsPooledFit && plan.member.kind === "mixed-effects" && plan.member.shrinkage === "empirical-bayes")
    return "no value was left out and no noise added: the likelihood is that of the pooled patients, and the parameters are to the tolerance of the search for the shrinkage";
  if (equalsPooledFit)
    return "no value was left out and no noise added: the parameters are those of the pooled patients, to rounding";
  if (noise !== null)
    return `noise with ε = ${noise.epsilon} and δ = ${noise.delta} was added at every site: the parameters are not those of the pooled patients`;
  return `at most ${leftOut.values} values and ${leftOut.patients} patients were left out so that no sum is over few patients: the parameters are not exactly those of the pooled patients`;
}
