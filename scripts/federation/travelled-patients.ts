import type { LongDataSet } from "../../lib/data/long-data-set.ts";
import { type FederationPlan, planFeatures } from "../../lib/progression/federation/federation-plan.ts";
import { siteData } from "../../lib/progression/federation/site-data.ts";

/**
 * The pooled patients with only those values that entered the sites' sums: what was left out so that no sum is over few patients
 * is missing here, so that a fit to them must be the federated one.
 *
 * @param bySite - Control patients only.
 */
export function travelledPatients(plan: FederationPlan, bySite: readonly LongDataSet[]): LongDataSet {
  const features = planFeatures(plan);
  const V = plan.visits.length;
  return {
    ...bySite[0]!,
    patients: bySite.flatMap((data) => {
      const { view, columns: D, featureCount: Q } = siteData(data, plan);
      const rows = view.cells.flatMap(({ rows: own }) => own).sort((a, b) => a - b);
      return rows.map((i) => {
        const patient = data.patients[i]!;
        const kept = (j: number) => !Number.isNaN(view.values[i * D + j]!);
        const columnOf = (is: (feature: (typeof features)[number]) => boolean) => features.findIndex(is);
        return {
          ...patient,
          baseline: plan.endpoints.map(({ id }, e) =>
            kept(columnOf((feature) => feature.kind === "baseline-endpoint" && feature.endpointId === id))
              ? patient.baseline[e]!
              : null,
          ),
          covariates: plan.covariates.map(({ id }, p) =>
            kept(columnOf((feature) => feature.kind !== "baseline-endpoint" && feature.covariateId === id))
              ? patient.covariates[p]!
              : null,
          ),
          outcomes: plan.endpoints.map((_, e) =>
            plan.visits.map((_, v) =>
              kept(Q + e * V + v) ? patient.outcomes[e]![v]! : { missing: "not-measured" as const },
            ),
          ),
        };
      });
    }),
  };
}
