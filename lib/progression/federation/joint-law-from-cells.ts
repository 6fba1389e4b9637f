import { DomainError } from "../../errors/domain-error.ts";
import { chiSquareQuantile } from "../../numerics/chi-square.ts";
import { normalQuantile } from "../../numerics/normal.ts";
import { BAND_LEVELS } from "../gaussian-joint/band-calibration.ts";
import { fitNormalByEm } from "../gaussian-joint/em.ts";
import type { GaussianJointParameters } from "../gaussian-joint/gaussian-joint-parameters.ts";
import { referenceFit } from "../gaussian-joint/prior-weight.ts";
import { type JointItem, structuredTarget } from "../gaussian-joint/shrinkage.ts";
import { type ColumnScale, unstandardise } from "../gaussian-joint/standardise.ts";
import type { BaselineFeature } from "../model-document.ts";
import { type FederationPlan, planFeatures } from "./federation-plan.ts";
import {
  columnMoments,
  type PatternCell,
  patternedData,
  standardisedCells,
  withColumns,
} from "./pattern-statistics.ts";

/** Fewest patients with an outcome for its mean and variance to be more than a guess. */
const MINIMUM_PER_OUTCOME = 3;
/** Probability of a normal value inside the stated range of a feature; a smallest or largest value never travels. */
const RANGE = 0.999;
const SUPPORT_QUANTILE = 0.975;

/** Gaussian joint model from pattern statistics, with the features that said nothing. */
export interface JointLawFromCells {
  readonly parameters: GaussianJointParameters;
  readonly omitted: readonly { readonly feature: BaselineFeature; readonly reason: "never-observed" | "constant" }[];
}

/**
 * The Gaussian joint model from pattern statistics: the EM algorithm of the pooled fit, fed with the same sums. Bands are
 * normal with inflation 1; ranges and support limit are those of the fitted law. METHODS.md, equations (FE4)–(FE7).
 *
 * @param plan - Prior weight and stopping rule.
 * @param cells - Of all sites together, analysis scale, columns as in the plan.
 * @throws DomainError INSUFFICIENT_DATA when an outcome has fewer than three values or does not vary; NOT_ESTIMABLE when the
 *   prior weight is 0 and the covariance is singular.
 */
export function jointLawFromCells(plan: FederationPlan, cells: readonly PatternCell[]): JointLawFromCells {
  const features = planFeatures(plan);
  const outcomes = plan.endpoints.length * plan.visits.length;
  const all = columnMoments(cells, features.length + outcomes);
  const omitted = features.flatMap((feature, q): JointLawFromCells["omitted"] => {
    if (all[q]!.count === 0) return [{ feature, reason: "never-observed" }];
    return all[q]!.deviation > 0 ? [] : [{ feature, reason: "constant" }];
  });
  const kept = [...all.keys()].filter((j) => j >= features.length || all[j]!.deviation > 0);
  const chosen = features.filter((_, q) => all[q]!.deviation > 0);
  const Q = chosen.length;
  const D = kept.length;
  const scales = kept.map((j): ColumnScale => ({ ...all[j]!, minimum: Number.NaN, maximum: Number.NaN }));
  refuseUninformative(plan, scales.slice(Q));
  const data = patternedData(standardisedCells(withColumns(cells, kept), scales), D);
  const weight = plan.member.priorWeight;
  if (weight === 0 && data.count <= D) throw tooFewForMaximumLikelihood(data.count, D);
  const reference = referenceFit(data);
  const target = structuredTarget(reference.covariance, jointItems(plan, chosen));
  const fit = fitNormalByEm(data, { weight, target }, reference, plan.stopping);
  const joint = unstandardise(fit, scales);
  const logJacobian = data.patterns.reduce(
    (sum, { observed, count }) => observed.reduce((part, j) => part + count * Math.log(scales[j]!.deviation), sum),
    0,
  );
  const half = normalQuantile(0.5 + RANGE / 2);
  const parameters: GaussianJointParameters = {
    kind: "gaussian-joint",
    features: chosen,
    mean: Array.from(joint.mean),
    covariance: Array.from(joint.covariance),
    priorWeight: weight,
    patients: Math.round(data.count),
    iterations: fit.iterations,
    converged: fit.converged,
    logLikelihood: fit.logLikelihood - logJacobian,
    featureRanges: chosen.map((feature, q) => {
      if (feature.kind === "covariate-level") return { minimum: 0, maximum: 1 };
      const spread = half * Math.sqrt(joint.covariance[q * D + q]!);
      return { minimum: joint.mean[q]! - spread, maximum: joint.mean[q]! + spread };
    }),
    supportLimit: Q === 0 ? 0 : chiSquareQuantile(SUPPORT_QUANTILE, Q),
    outcomeCounts: scales.slice(Q).map(({ count }) => Math.max(1, Math.round(count))),
    predictionInflation: new Array<number>(outcomes).fill(1),
    bandMultipliers: Array.from({ length: outcomes }, () => normalBands(1)),
  };
  return { parameters, omitted };
}

/** Half widths of the bands in predictive SDs: normal quantiles times an inflation. */
export function normalBands(inflation: number): number[] {
  return BAND_LEVELS.map((level) => normalQuantile(0.5 + level / 2) * inflation);
}

function jointItems(plan: FederationPlan, features: readonly BaselineFeature[]): JointItem[] {
  const course = (endpointId: string, day: number): JointItem => ({
    kind: "course",
    endpoint: plan.endpoints.findIndex(({ id }) => id === endpointId),
    day,
  });
  return [
    ...features.map(
      (feature): JointItem =>
        feature.kind === "baseline-endpoint" ? course(feature.endpointId, 0) : { kind: "characteristic" },
    ),
    ...plan.endpoints.flatMap(({ id }) => plan.visits.map(({ targetDay }) => course(id, targetDay))),
  ];
}

function refuseUninformative(plan: FederationPlan, scales: readonly ColumnScale[]): void {
  const V = plan.visits.length;
  const problems = scales.flatMap((scale, k) => {
    const place = `${plan.endpoints[Math.floor(k / V)]!.label} at ${plan.visits[k % V]!.label}`;
    if (scale.count < MINIMUM_PER_OUTCOME) return [`${place} (${scale.count} values)`];
    return scale.deviation > 0 ? [] : [`${place} (the same value in all ${scale.count} patients)`];
  });
  if (problems.length === 0) return;
  throw new DomainError("INSUFFICIENT_DATA", {
    argument: "answers",
    received: problems.join("; "),
    requirement: "must hold different values of every endpoint at every visit after small patterns were joined",
    hint: "Plan without this endpoint or visit, with a smaller minimum cell size, or with more sites.",
  });
}

function tooFewForMaximumLikelihood(patients: number, dimension: number): DomainError {
  return new DomainError("NOT_ESTIMABLE", {
    argument: "plan.member.priorWeight",
    received: 0,
    requirement: `must be positive with ${patients} patients and ${dimension} items (maximum likelihood needs more patients than items)`,
    hint: "Plan a positive prior weight, or fewer covariates.",
  });
}
