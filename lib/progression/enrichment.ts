import { z } from "zod";
import type { SubjectTable } from "../data/subject-table.ts";
import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { DomainError, invalidInput } from "../errors/domain-error.ts";
import type { Covariate } from "../trial/covariate.ts";

/** A rare subgroup that counts for more in training. Evaluation never weighs patients. */
export const enrichmentSchema = z.object({
  subgroup: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("level"), covariateId: z.string(), level: z.string() }),
    /** Both ends included; null: no limit. */
    z.object({
      kind: z.literal("range"),
      covariateId: z.string(),
      from: z.number().nullable(),
      to: z.number().nullable(),
    }),
  ]),
  /** Share of the training weight that the subgroup gets. */
  share: z.number().gt(0).lt(1),
});
export type Enrichment = z.infer<typeof enrichmentSchema>;

/** Fewer patients than this are too few to be blown up. */
const MINIMUM_SUBGROUP = 5;

/**
 * Training weights, mean 1: the subgroup's patients share the weight asked for, all others the rest; a patient of whom it
 * is not known whether it belongs counts as one of the others. METHODS.md, equation (P29).
 *
 * @param table - Training patients.
 * @param enrichment - Subgroup and share; undefined: all alike.
 * @returns [n]; all 1 where the subgroup is empty or everybody.
 */
export function enrichmentWeights(table: SubjectTable, enrichment: Enrichment | undefined): Float64Array {
  const weights = new Float64Array(table.count).fill(1);
  if (enrichment === undefined) return weights;
  const member = membership(table, enrichment);
  const inside = member.reduce((sum, own) => sum + own, 0);
  if (inside === 0 || inside === table.count) return weights;
  const within = (enrichment.share * table.count) / inside;
  const outside = ((1 - enrichment.share) * table.count) / (table.count - inside);
  return weights.map((_, i) => (member[i] === 1 ? within : outside));
}

/**
 * Refuses an enrichment that the data cannot carry.
 *
 * @param table - Training patients.
 * @param covariates - Covariates of the data.
 * @param enrichment - From the training specification.
 * @throws DomainError INVALID_INPUT for a covariate or level that the data do not have; INSUFFICIENT_DATA when fewer than
 *   five patients, or all, are of the subgroup.
 */
export function assertEnrichment(table: SubjectTable, covariates: readonly Covariate[], enrichment: Enrichment): void {
  const { subgroup } = enrichment;
  const covariate = covariates.find(({ id }) => id === subgroup.covariateId);
  const field = "training.enrichment.subgroup";
  if (covariate === undefined) {
    const known = covariates.map(({ id }) => id).join(", ") || "none";
    throw invalidInput(`${field}.covariateId`, subgroup.covariateId, `must be a covariate of the data set (${known})`);
  }
  const wanted = subgroup.kind === "level" ? "categorical" : "continuous";
  if (covariate.type !== wanted) {
    throw invalidInput(`${field}.kind`, subgroup.kind, `must fit the covariate, which is ${covariate.type}`);
  }
  if (subgroup.kind === "level" && covariate.type === "categorical" && !covariate.levels.includes(subgroup.level)) {
    throw invalidInput(`${field}.level`, subgroup.level, `must be a level of ${covariate.label}`);
  }
  const inside = membership(table, enrichment).reduce((sum, own) => sum + own, 0);
  if (inside >= MINIMUM_SUBGROUP && inside < table.count) return;
  throw new DomainError("INSUFFICIENT_DATA", {
    argument: field,
    received: inside,
    requirement: `must hold at least ${MINIMUM_SUBGROUP} of the ${table.count} control patients, and not all of them`,
    hint: "Choose a wider subgroup, or train without enrichment.",
  });
}

/**
 * What the enrichment does to the training patients, for the reader.
 *
 * @param table - Training patients.
 * @param enrichment - From the training specification.
 */
export function enrichmentDiagnostic(table: SubjectTable, enrichment: Enrichment): Diagnostic {
  const inside = membership(table, enrichment).reduce((sum, own) => sum + own, 0);
  const weights = enrichmentWeights(table, enrichment);
  const squares = weights.reduce((sum, weight) => sum + weight * weight, 0);
  const effective = Math.floor(table.count ** 2 / squares);
  return diagnostic(
    "information",
    "enriched",
    `${inside} of ${table.count} control patients are of the enriched subgroup and carry ${(100 * enrichment.share).toFixed(0)} % of the training weight; the fit rests on the equivalent of ${effective} patients. Evaluation counts every patient once.`,
    "training.enrichment",
  );
}

/**
 * Name of the subgroup for the reader, e.g. "Sex: f" or "Age 75 or above".
 *
 * @param enrichment - From the training specification.
 * @param covariates - Covariates of the model.
 */
export function subgroupText({ subgroup }: Enrichment, covariates: readonly Covariate[]): string {
  const label = covariates.find(({ id }) => id === subgroup.covariateId)?.label ?? subgroup.covariateId;
  if (subgroup.kind === "level") return `${label}: ${subgroup.level}`;
  if (subgroup.from === null && subgroup.to === null) return `${label} known`;
  if (subgroup.to === null) return `${label} ${subgroup.from} or above`;
  if (subgroup.from === null) return `${label} ${subgroup.to} or below`;
  return `${label} ${subgroup.from} to ${subgroup.to}`;
}

/** [n] 1 for patients known to be of the subgroup. */
function membership(table: SubjectTable, { subgroup }: Enrichment): Uint8Array {
  const p = table.covariates.findIndex(({ id }) => id === subgroup.covariateId);
  const covariate = table.covariates[p];
  const P = table.covariates.length;
  const level =
    subgroup.kind === "level" && covariate?.type === "categorical" ? covariate.levels.indexOf(subgroup.level) : -1;
  return Uint8Array.from({ length: table.count }, (_, i) => {
    const value = p < 0 ? Number.NaN : table.covariateValues[i * P + p]!;
    if (Number.isNaN(value)) return 0;
    if (subgroup.kind === "level") return value === level ? 1 : 0;
    return (subgroup.from === null || value >= subgroup.from) && (subgroup.to === null || value <= subgroup.to) ? 1 : 0;
  });
}
