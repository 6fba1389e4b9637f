import { type AncovaSpec, LARGE_TRIAL } from "../analysis/ancova/ancova-spec.ts";
import type { BinaryRegressionSpec } from "../analysis/generalized/binary-regression-spec.ts";
import type { CountRegressionSpec } from "../analysis/generalized/count-regression-spec.ts";
import type { MixedModelSpec } from "../analysis/mixed-model/mixed-model-spec.ts";
import type { MmrmSpec } from "../analysis/mmrm/mmrm-spec.ts";
import type { TwoSampleTestSpec } from "../analysis/two-sample/two-sample-test-spec.ts";
import type { AnalysisSpec } from "./analysis-spec.ts";

/** What decides the level of a test: which model, and which of the choices that leave the model and the effect as they are. */
export interface LevelKey {
  /** Analyses of one group estimate the same effect by the same model; one can replace another. */
  readonly group: string;
  /** What differs within the group, e.g. the standard error. */
  readonly choice: string;
}

/**
 * Key under which the simulated level of an analysis is kept; null for an analysis whose level was not simulated.
 *
 * @param patients - Patients of the trial, on which automatic choices depend.
 *
 * METHODS.md eq. (T3).
 */
export function levelKey(spec: AnalysisSpec, patients: number): LevelKey | null {
  switch (spec.method) {
    case "ancova":
      return ancovaKey(spec, patients);
    case "two-sample-test":
      return twoSampleKey(spec, patients);
    case "mmrm":
      return mmrmKey(spec);
    case "mixed-model":
      return mixedModelKey(spec);
    case "multiple-imputation":
      if (Object.keys(spec.armStrategies).length > 0 || spec.covariance !== "unstructured") return null;
      return { group: `multiple-imputation ${spec.strategy}`, choice: spec.inference.kind };
    case "binary-regression":
      return binaryKey(spec);
    case "two-proportions":
      return spec.nullValue === null ? { group: "two-proportions", choice: spec.test } : null;
    case "cochran-mantel-haenszel":
      return {
        group: `cochran-mantel-haenszel ${spec.measure}`,
        choice: `${spec.measure === "risk-difference" ? `${spec.riskDifferenceVariance}, ` : ""}${spec.continuity ? "with" : "without"} continuity correction`,
      };
    case "count-regression":
      return countKey(spec);
    case "log-rank": {
      const weights = spec.rho > 0 || spec.gamma > 0 ? ` rho ${spec.rho} gamma ${spec.gamma}` : "";
      const adjusted = spec.covariates.length > 0 || spec.score !== null ? "adjusted" : "unadjusted";
      return { group: `log-rank${weights}`, choice: `${adjusted}${spec.strata.length > 0 ? ", stratified" : ""}` };
    }
    case "cox":
      if (spec.ties === "exact" || spec.strata.length > 0) return null;
      return { group: withCovariates("cox", spec), choice: spec.variance };
    case "restricted-mean":
      return { group: withCovariates("restricted-mean", spec), choice: "normal" };
    case "milestone":
      return { group: "milestone", choice: spec.scale };
    case "failure-time":
      return { group: withCovariates(`failure-time ${spec.law}`, spec), choice: "model" };
    case "kaplan-meier":
      return null;
  }
}

function ancovaKey(spec: AncovaSpec, patients: number): LevelKey {
  const adjusts = spec.score || spec.baseline || spec.covariates.length > 0;
  const parts = [
    "ancova",
    ...(adjusts ? [] : ["unadjusted"]),
    ...(spec.score ? ["score"] : []),
    ...(adjusts && spec.interaction === "arm-by-covariate" ? ["interaction"] : []),
    ...(spec.weights === "twin-variance" ? ["weighted"] : []),
  ];
  const automatic = patients < LARGE_TRIAL ? "HC3" : "HC1";
  return {
    group: parts.join(" "),
    choice: spec.varianceEstimator === "automatic" ? automatic : spec.varianceEstimator,
  };
}

/** Below 50 patients an arm the automatic rank sum test is exact; with less balance the difference is small. */
const EXACT_RANK_SUM_BELOW = 100;

function twoSampleKey({ test }: TwoSampleTestSpec, patients: number): LevelKey {
  if (test === "welch-t" || test === "pooled-t") return { group: "t-test", choice: test };
  const automatic = patients < EXACT_RANK_SUM_BELOW ? "rank-sum-exact" : "rank-sum-normal-continuity";
  return { group: "rank-sum-test", choice: test === "rank-sum-automatic" ? automatic : test };
}

function mmrmKey(spec: MmrmSpec): LevelKey | null {
  const asSimulated =
    spec.structure === "unstructured" &&
    spec.groups === "common" &&
    spec.estimation === "reml" &&
    spec.weights === null;
  return asSimulated ? { group: "mmrm unstructured", choice: `${spec.covariance}, ${spec.degreesOfFreedom}` } : null;
}

function mixedModelKey(spec: MixedModelSpec): LevelKey | null {
  const asSimulated =
    spec.randomEffects === "intercept-and-slope" && spec.residual === "independent" && spec.likelihood === "REML";
  return asSimulated ? { group: "mixed-model slopes", choice: spec.degreesOfFreedom } : null;
}

function binaryKey(spec: BinaryRegressionSpec): LevelKey | null {
  if (spec.link !== "logit" || spec.strata.length > 0 || spec.interaction !== "none") return null;
  if (spec.measure !== "conditional-odds-ratio")
    return { group: `logistic standardised ${spec.measure}`, choice: spec.variance };
  const covariance = spec.variance.startsWith("ge-") ? spec.variance.slice("ge-".length) : "model-based";
  return {
    group: "logistic conditional-odds-ratio",
    choice: `${spec.estimation === "firth" ? "Firth, " : ""}${covariance}`,
  };
}

function countKey(spec: CountRegressionSpec): LevelKey | null {
  if (spec.interaction !== "none") return null;
  return { group: `counts ${spec.measure}`, choice: `${spec.distribution}, ${spec.variance}` };
}

function withCovariates(
  name: string,
  { covariates, score }: { readonly covariates: readonly string[]; readonly score: object | null },
): string {
  return covariates.length > 0 || score !== null ? `${name} adjusted` : name;
}
