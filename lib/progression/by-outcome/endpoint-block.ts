import type { SubjectTable } from "../../data/subject-table.ts";
import type { Covariate } from "../../trial/covariate.ts";
import { outcomeType } from "../../trial/outcome-type.ts";
import type { MemberTraining } from "../member.ts";
import type { BaselineFeature } from "../model-document.ts";

/** Positions of the endpoints of each kind, in their order. */
export interface EndpointBlocks {
  readonly continuous: readonly number[];
  readonly discrete: readonly number[];
}

/** Which endpoints are continuous and which are discrete. */
export function endpointBlocks(endpoints: readonly Parameters<typeof outcomeType>[0][]): EndpointBlocks {
  const of = (wanted: boolean) =>
    endpoints.flatMap((endpoint, e) => ((outcomeType(endpoint) === "continuous") === wanted ? [e] : []));
  return { continuous: of(true), discrete: of(false) };
}

/**
 * The training set with some of the endpoints. Baseline values of the others stay features, as covariates: what is known at time zero
 * is known to every member.
 *
 * @param training - All endpoints.
 * @param kept - Positions of the endpoints to keep.
 */
export function trainingBlock(training: MemberTraining, kept: readonly number[]): MemberTraining {
  const { table, features, covariates } = training;
  if (kept.length === table.endpoints.length) return training;
  const carried = table.endpoints.flatMap((endpoint, e) => {
    const isFeature = features.some(
      (feature) => feature.kind === "baseline-endpoint" && feature.endpointId === endpoint.id,
    );
    return !kept.includes(e) && isFeature ? [e] : [];
  });
  const added = carried.map((e): Covariate => {
    const { id, label, unit } = table.endpoints[e]!;
    return { id: carriedId(id), label: `${label} at baseline`, type: "continuous", unit };
  });
  const block = {
    ...table,
    ...selectOutcomes(table, kept),
    ...withCovariates(table, carried, added),
  };
  return {
    ...training,
    table: block,
    covariates: [...covariates, ...added],
    features: features.map((feature): BaselineFeature => {
      const isCarried =
        feature.kind === "baseline-endpoint" && carried.some((e) => table.endpoints[e]!.id === feature.endpointId);
      return isCarried ? { kind: "continuous-covariate", covariateId: carriedId(feature.endpointId) } : feature;
    }),
  };
}

/** No endpoint's or covariate's own identifier holds a blank. */
function carriedId(endpointId: string): string {
  return `${endpointId} at baseline`;
}

function selectOutcomes(
  table: SubjectTable,
  kept: readonly number[],
): Pick<SubjectTable, "endpoints" | "baseline" | "outcomes" | "days"> {
  const E = table.endpoints.length;
  const V = table.visits.length;
  const rows = <T>(width: number, value: (i: number, e: number, v: number) => T): T[] =>
    Array.from({ length: table.count * kept.length * width }, (_, k) =>
      value(Math.floor(k / (kept.length * width)), kept[Math.floor(k / width) % kept.length]!, k % width),
    );
  return {
    endpoints: kept.map((e) => table.endpoints[e]!),
    baseline: Float64Array.from(rows(1, (i, e) => table.baseline[i * E + e]!)),
    outcomes: Float64Array.from(rows(V, (i, e, v) => table.outcomes[(i * E + e) * V + v]!)),
    days: Float64Array.from(rows(V, (i, e, v) => table.days[(i * E + e) * V + v]!)),
  };
}

function withCovariates(
  table: SubjectTable,
  carried: readonly number[],
  added: readonly Covariate[],
): Pick<SubjectTable, "covariates" | "covariateValues"> {
  const P = table.covariates.length;
  const E = table.endpoints.length;
  const width = P + carried.length;
  const values = new Float64Array(table.count * width);
  for (let i = 0; i < table.count; i++) {
    values.set(table.covariateValues.subarray(i * P, (i + 1) * P), i * width);
    carried.forEach((e, k) => {
      values[i * width + P + k] = table.baseline[i * E + e]!;
    });
  }
  return { covariates: [...table.covariates, ...added], covariateValues: values };
}
