import { featureLabel } from "../feature-encoding.ts";
import { LEAKAGE_CRITICAL, type LeakingCovariate, MINIMUM_PATIENTS } from "../leakage.ts";
import { type FederationPlan, planFeatures } from "./federation-plan.ts";
import { type PatternCell, pooledCells, withColumns } from "./pattern-statistics.ts";

/**
 * Covariates whose partial correlation with some outcome, given the endpoint's own baseline value, exceeds 0.6 in absolute
 * value, from the first round's sums over the patterns that have all three. METHODS.md, equation (FE23).
 *
 * @param plan - Features and outcomes.
 * @param cells - Of all sites.
 * @returns Each feature once, at the outcome where it is largest; the largest first.
 */
export function leakingFromCells(plan: FederationPlan, cells: readonly PatternCell[]): LeakingCovariate[] {
  const features = planFeatures(plan);
  const Q = features.length;
  const V = plan.visits.length;
  const baselineOf = plan.endpoints.map(({ id }) =>
    features.findIndex((feature) => feature.kind === "baseline-endpoint" && feature.endpointId === id),
  );
  return features
    .flatMap((feature, q) => {
      if (feature.kind === "baseline-endpoint") return [];
      let correlation = 0;
      let worst = 0;
      for (let cell = 0; cell < plan.endpoints.length * V; cell++) {
        const r = Math.abs(partialCorrelation(cells, q, Q + cell, baselineOf[Math.floor(cell / V)]!));
        if (r > correlation) {
          correlation = r;
          worst = cell;
        }
      }
      if (!(correlation > LEAKAGE_CRITICAL)) return [];
      const outcome = `${plan.endpoints[Math.floor(worst / V)]!.label} at ${plan.visits[worst % V]!.label}`;
      return [{ feature: featureLabel(feature, plan.endpoints, plan.covariates), outcome, correlation }];
    })
    .sort((a, b) => b.correlation - a.correlation);
}

/** Correlation of two columns given a third over the patients who have all of them; 0 where it cannot be judged. */
function partialCorrelation(cells: readonly PatternCell[], x: number, y: number, given: number): number {
  const columns = [x, y, given].sort((a, b) => a - b);
  const having = cells.filter(({ observed }) => columns.every((j) => observed.includes(j)));
  const joined = pooledCells([withColumns(having, columns)])[0];
  if (joined === undefined || joined.patients < MINIMUM_PATIENTS) return 0;
  const place = (j: number) => columns.indexOf(j);
  const moment = (j: number, k: number) => {
    const [a, b] = [Math.max(place(j), place(k)), Math.min(place(j), place(k))];
    return joined.scatter[(a * (a + 1)) / 2 + b]!;
  };
  const zz = moment(given, given);
  const beyond = (j: number, k: number) => moment(j, k) - (zz > 0 ? (moment(j, given) * moment(k, given)) / zz : 0);
  const scale = beyond(x, x) * beyond(y, y);
  return scale > 1e-12 * moment(x, x) * moment(y, y) ? beyond(x, y) / Math.sqrt(scale) : 0;
}
