import type { LinearPredictor } from "../comparators/linear-predictor.ts";
import type { MemberParameters } from "../member-parameters.ts";
import { memberOf } from "../members.ts";
import type { BaselineFeature } from "../model-document.ts";
import type { LeftOutModel } from "./comparison.ts";
import { type FederationPlan, planFeatures } from "./federation-plan.ts";
import { type CellResponse, linearFromCells } from "./linear-from-cells.ts";
import { columnMoments, type PatternCell } from "./pattern-statistics.ts";

/**
 * What predicts the patients of one site: the twin's model of the other sites, and the regressions it is compared with,
 * learnt from their pattern statistics. METHODS.md, equations (FE6), (FE8).
 *
 * @param plan - Endpoints, strata.
 * @param site - The site left out.
 * @param others - Cells of the other sites together.
 * @param all - Cells of all sites: only the centres are taken from them.
 * @param member - The twin's model, learnt without the site; for networks the regression of the score is left to be asked.
 * @param memberFeatures - Features of the member.
 */
export function leftOutModel(
  plan: FederationPlan,
  site: string,
  others: readonly PatternCell[],
  all: readonly PatternCell[],
  member: MemberParameters,
  memberFeatures: readonly BaselineFeature[],
): LeftOutModel {
  const features = planFeatures(plan);
  const Q = features.length;
  const V = plan.visits.length;
  const cells = plan.endpoints.length * V;
  const columnOf = (feature: BaselineFeature) =>
    features.findIndex((each) => JSON.stringify(each) === JSON.stringify(feature));
  const featureColumns = memberFeatures.map(columnOf);
  const centres = columnMoments(all, Q + cells);
  const strata = features.flatMap((feature, q) =>
    feature.kind !== "baseline-endpoint" && plan.strata.includes(feature.covariateId) ? [q] : [],
  );
  // The mean of networks is not linear in the features: the sites are asked for the regression of its score.
  const scores = member.kind === "neural-boltzmann" ? null : scoreResponses(plan, member, featureColumns, Q, others);
  const every = Array.from({ length: Q }, (_, q) => q);
  return {
    site,
    member,
    featureColumns,
    cells: Array.from({ length: cells }, (_, cell) => {
      const baselineColumn = columnOf({
        kind: "baseline-endpoint",
        endpointId: plan.endpoints[Math.floor(cell / V)]!.id,
      });
      const ancovaColumns = [baselineColumn, ...strata];
      const outcome: CellResponse = ({ observed }) =>
        observed.includes(Q + cell) ? { constant: 0, coefficients: new Map([[Q + cell, 1]]) } : null;
      return {
        baselineColumn,
        ancovaColumns,
        ancova: linearDocument(linearFromCells(others, ancovaColumns, outcome)),
        score: scores === null ? null : linearDocument(linearFromCells(others, ancovaColumns, scores(cell))),
        allCovariateColumns: every,
        allCovariates: linearDocument(linearFromCells(others, every, outcome)),
        meanChange: meanChange(others, baselineColumn, Q + cell),
        centre: centres[Q + cell]!.mean,
      };
    }),
  };
}

/** The twin's mean of an outcome as a function of the features a cell has, for cells that have the outcome. */
function scoreResponses(
  plan: FederationPlan,
  member: MemberParameters,
  featureColumns: readonly number[],
  Q: number,
  others: readonly PatternCell[],
): (cell: number) => CellResponse {
  const model = memberOf(member.kind).open(member);
  const V = plan.visits.length;
  const count = model.outcomeCount;
  const observed = new Float64Array(count).fill(Number.NaN);
  const days = Float64Array.from({ length: count }, (_, k) => plan.visits[k % V]!.targetDay);
  const typical = columnMoments(others, Q);
  const known = new Map<string, { level: Float64Array; slopes: Map<number, Float64Array> }>();
  /** Values and slopes of the affine function of the features that are known. */
  const affine = (has: ReadonlySet<number>) => {
    const key = featureColumns.map((j) => (has.has(j) ? "1" : "0")).join("");
    const made = known.get(key);
    if (made !== undefined) return made;
    const centre = Float64Array.from(featureColumns, (j) => (has.has(j) ? typical[j]!.mean : Number.NaN));
    const base = model.predictMean({ features: centre, observed, days });
    const slopes = new Map<number, Float64Array>();
    const level = base.slice();
    featureColumns.forEach((j, q) => {
      if (!has.has(j)) return;
      const step = typical[j]!.deviation > 0 ? typical[j]!.deviation : 1;
      const moved = centre.slice();
      moved[q]! += step;
      const slope = model.predictMean({ features: moved, observed, days }).map((value, k) => (value - base[k]!) / step);
      slopes.set(j, slope);
      for (let k = 0; k < count; k++) level[k]! -= slope[k]! * centre[q]!;
    });
    const found = { level, slopes };
    known.set(key, found);
    return found;
  };
  return (cell) => (statistics) => {
    const has = new Set(statistics.observed);
    if (!has.has(Q + cell)) return null;
    const { level, slopes } = affine(has);
    return { constant: level[cell]!, coefficients: new Map([...slopes].map(([j, slope]) => [j, slope[cell]!])) };
  };
}

function meanChange(cells: readonly PatternCell[], baseline: number, outcome: number): number | null {
  let count = 0;
  let sum = 0;
  for (const { observed, patients, mean } of cells) {
    const [a, b] = [observed.indexOf(baseline), observed.indexOf(outcome)];
    if (a < 0 || b < 0) continue;
    count += patients;
    sum += patients * (mean[b]! - mean[a]!);
  }
  return count > 0 ? sum / count : null;
}

function linearDocument(linear: LinearPredictor | null) {
  if (linear === null) return null;
  return { intercept: linear.intercept, slopes: [...linear.slopes], means: [...linear.means] };
}
