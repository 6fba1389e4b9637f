import { z } from "zod";
import { canonicalJson } from "../../numerics/canonical-json.ts";
import { sha256Hex } from "../../numerics/sha256.ts";
import { memberNames } from "../member-names.ts";
import type { TrainedModel } from "../model-document.ts";
import { type FederationPlan, federationPlanSchema } from "./federation-plan.ts";
import { type FederationRecord, federationRecordSchema } from "./federation-record.ts";
import type { PooledDifference } from "./pooled-difference.ts";

/** How a federated model came about, for the file beside it. */
export const federationReportSchema = z.object({
  format: z.literal("understudy-federation-report/2"),
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
      /** Of averaged networks: mean log-density of a pooled patient, and distance of the means in predictive SDs. */
      loss: z.object({ federated: z.number(), pooled: z.number(), meanDifference: z.number() }).nullable(),
    })
    .nullable(),
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
  pooled: PooledDifference | null,
): FederationReport {
  const content = {
    format: "understudy-federation-report/2" as const,
    engineVersion: model.engineVersion,
    modelHash: model.hash,
    plan,
    record,
    pooled:
      pooled === null
        ? null
        : {
            dataHash: pooled.dataHash,
            patients: pooled.patients,
            differences: pooled.differences.map((each) => ({ ...each })),
            loss: pooled.loss,
          },
    sentences: [
      `${memberNames[plan.member.kind]} from ${record.sites.length} sites in ${record.rounds} rounds of at most ${record.maximumRounds}`,
      equality(plan, record),
      ...averagingSentences(record),
      ...againstPooled(pooled),
    ],
  };
  return { ...content, hash: reportHash(content) };
}

/** SHA-256 of the canonical JSON of everything but the hash. */
export function reportHash(report: object): string {
  return sha256Hex(canonicalJson(Object.fromEntries(Object.entries(report).filter(([key]) => key !== "hash"))));
}

function againstPooled(pooled: PooledDifference | null): string[] {
  if (pooled === null) return ["the patients were never in one place: the difference from a pooled fit is not known"];
  const { patients, differences, loss } = pooled;
  return [
    ...differences.map(
      ({ what, relative }) =>
        `${what}: differs from the fit to the ${patients} pooled patients by ${relative.toExponential(1)} of the largest element`,
    ),
    ...(loss === null
      ? []
      : [
          `log-density of a patient's outcomes: ${loss.federated.toFixed(3)} averaged, ${loss.pooled.toFixed(3)} trained on the ${patients} pooled patients (loss ${(loss.pooled - loss.federated).toFixed(3)} nats, on the training patients); the twins' means differ by ${loss.meanDifference.toFixed(3)} predictive SDs (root mean square)`,
        ]),
  ];
}

function averagingSentences({ averaging }: FederationRecord): string[] {
  if (averaging === undefined) return [];
  const { course, kept, localEpochs } = averaging;
  const stages = (["gaussian", "hidden"] as const).flatMap((stage) => {
    const own = course.filter((row) => row.stage === stage && row.heldOut !== null);
    const at = (round: number) => {
      const rows = own.filter((row) => row.round === round);
      const patients = rows.reduce((sum, row) => sum + row.patients, 0);
      return rows.reduce((sum, row) => sum + row.patients * row.heldOut!, 0) / patients;
    };
    if (own.length === 0) return [];
    const last = Math.max(...own.map(({ round }) => round));
    const what = stage === "gaussian" ? "without hidden units" : "with hidden units";
    return [
      `${what}: mean log-density of patients of sites left out ${at(1).toFixed(4)} at the start, ${at(kept[stage] + 1).toFixed(4)} after the ${kept[stage]} averages kept, ${at(last).toFixed(4)} after the last of ${last - 1}`,
    ];
  });
  return [`weights averaged after ${localEpochs} passes at each site`, ...stages];
}

function equality(plan: FederationPlan, { equalsPooledFit, noise, leftOut, averaging }: FederationRecord): string {
  if (equalsPooledFit && plan.member.kind === "mixed-effects" && plan.member.shrinkage === "empirical-bayes")
    return "no value was left out and no noise added: the likelihood is that of the pooled patients, and the parameters are to the tolerance of the search for the shrinkage";
  if (equalsPooledFit)
    return "no value was left out and no noise added: the parameters are those of the pooled patients, to rounding";
  if (noise !== null)
    return `noise with ε = ${noise.epsilon} and δ = ${noise.delta} was added at every site: the parameters are not those of the pooled patients`;
  const left = `at most ${leftOut.values} values and ${leftOut.patients} patients were left out so that no sum is over few patients`;
  if (averaging !== undefined) {
    const none = leftOut.values === 0 && leftOut.patients === 0;
    return `${none ? "no value was left out" : left}; averaged weights are not those of a training on the pooled patients`;
  }
  return `${left}: the parameters are not exactly those of the pooled patients`;
}
