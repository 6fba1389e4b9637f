import { type Curvature, noCurvature, workingColumns } from "./curvature.ts";
import { type HeldOutPerformance, heldOutPerformance, standardisedColumns } from "./held-out-performance.ts";
import type { JointColumns } from "./joint-columns.ts";
import { fitInnerFolds, type PriorWeightChoice } from "./prior-weight.ts";
import { type SplineTerm, splineTerm, splineValue } from "./spline-term.ts";
import { type EndpointBounds, likeliestTransform } from "./transform-candidates.ts";

/** One departure from linearity that was kept, with the evidence for it from patients held out inside the training data. */
export interface CurvatureStep {
  readonly what: "transform" | "spline";
  /** Position of the endpoint, or of the feature. */
  readonly index: number;
  /** Sum over patients of the held-out log-density gained, and its standard error. */
  readonly logDensityGain: number;
  readonly standardError: number;
  /** Mean over outcomes of squared error with it over squared error without, analysis scale. */
  readonly squaredErrorRatio: number;
}

export interface CurvatureChoice {
  readonly curvature: Curvature;
  readonly steps: readonly CurvatureStep[];
}

/** Gain in held-out log-density, in standard errors, below which a departure from linearity is chance. */
const STANDARD_ERRORS = 2;
/** A scale may cost this part of the squared error: it is chosen for the shape of the law, not for its mean. */
const TRANSFORM_COST = 1.005;
/** A curve must earn its parameter in squared error. */
const SPLINE_COST = 0.998;
/** |t| of a curve in the held-out residuals from which on it is tried, and the most curves of a model. */
const SCREEN = 3;
const MOST_TERMS = 4;

/**
 * Chooses scales of endpoints and curves of features, one after another, by patients held out inside the training data:
 * each must raise their log-density (Jacobian included) by two standard errors, and must not worsen the squared error of
 * their means. METHODS.md, equations (P25) and (P27).
 *
 * @param columns - Training patients, analysis scale.
 * @param bounds - [E] of the endpoints.
 * @param linear - The linear model's own inner folds.
 * @param weights - Of the patients in training; undefined: alike.
 * @returns Null when the values are best left as they are.
 */
export function chooseCurvature(
  columns: JointColumns,
  bounds: readonly EndpointBounds[],
  linear: PriorWeightChoice,
  weights: Float64Array | undefined,
): CurvatureChoice | null {
  const { fold, weight } = linear;
  const steps: CurvatureStep[] = [];
  let curvature = noCurvature(bounds.length);
  let best = heldOutPerformance(columns, curvature, standardisedColumns(columns, weights), weight, fold, linear.fits);
  const attempt = (what: CurvatureStep["what"], index: number, candidate: Curvature): boolean => {
    const data = standardisedColumns(workingColumns(columns, candidate), weights);
    const fits = fitInnerFolds(data, weight, fold);
    const performance = heldOutPerformance(columns, candidate, data, weight, fold, fits);
    const step = { what, index, ...comparePerformance(performance, best) };
    const cost = what === "transform" ? TRANSFORM_COST : SPLINE_COST;
    if (!(step.logDensityGain > STANDARD_ERRORS * step.standardError && step.squaredErrorRatio < cost)) return false;
    steps.push(step);
    curvature = candidate;
    best = performance;
    return true;
  };
  bounds.forEach((own, e) => {
    const transform = likeliestTransform(columns, e, own);
    if (transform.kind === "identity") return;
    attempt("transform", e, { ...curvature, transforms: curvature.transforms.with(e, transform) });
  });
  for (const term of promisingTerms(columns, best.residuals)) {
    const added = attempt("spline", term.feature, { ...curvature, terms: [...curvature.terms, term] });
    if (!added || curvature.terms.length === MOST_TERMS) break;
  }
  return steps.length === 0 ? null : { curvature, steps };
}

function comparePerformance(
  performance: HeldOutPerformance,
  before: HeldOutPerformance,
): Pick<CurvatureStep, "logDensityGain" | "standardError" | "squaredErrorRatio"> {
  const difference = performance.logDensity.map((value, i) => value - before.logDensity[i]!);
  const n = difference.length;
  const sum = difference.reduce((total, value) => total + value, 0);
  const spread = difference.reduce((total, value) => total + (value - sum / n) ** 2, 0);
  const ratios = performance.squaredError.map((value, v) => value / before.squaredError[v]!);
  return {
    logDensityGain: sum,
    standardError: Math.sqrt((spread / (n - 1)) * n),
    squaredErrorRatio: ratios.reduce((total, value) => total + value, 0) / ratios.length,
  };
}

/** Curves that the held-out residuals of some endpoint ask for, the most promising first. */
function promisingTerms(columns: JointColumns, residuals: Float64Array): SplineTerm[] {
  const D = columns.items.length;
  const n = columns.count;
  const cells = residuals.length / n;
  const endpoints = new Map<number, number[]>();
  for (let v = 0; v < cells; v++) {
    const item = columns.items[D - cells + v]!;
    if (item.kind === "course") endpoints.set(item.endpoint, [...(endpoints.get(item.endpoint) ?? []), v]);
  }
  const means = [...endpoints.values()].map((own) =>
    Float64Array.from({ length: n }, (_, i) => {
      const seen = own.map((v) => residuals[i * cells + v]!).filter((value) => !Number.isNaN(value));
      return seen.length === 0 ? Number.NaN : seen.reduce((sum, value) => sum + value, 0) / seen.length;
    }),
  );
  return columns.features
    .flatMap((feature, q) => {
      if (feature.kind === "covariate-level") return [];
      const x = Float64Array.from({ length: n }, (_, i) => columns.values[i * D + q]!);
      const term = splineTerm(q, x);
      if (term === null) return [];
      const evidence = Math.max(...means.map((residual) => Math.abs(curveStatistic(term, x, residual))));
      return evidence > SCREEN ? [{ term, evidence }] : [];
    })
    .sort((a, b) => b.evidence - a.evidence)
    .map(({ term }) => term);
}

/** t statistic of the curve beside the straight line in a regression of the residuals. */
function curveStatistic(term: SplineTerm, x: Float64Array, residual: Float64Array): number {
  const rows: number[] = [];
  residual.forEach((value, i) => {
    if (!Number.isNaN(value) && !Number.isNaN(x[i]!)) rows.push(i);
  });
  const n = rows.length;
  if (n < 10) return 0;
  const line = rows.map((i) => x[i]!);
  const curve = clean(
    rows.map((i) => splineValue(term, x[i]!)),
    line,
  );
  const outcome = clean(
    rows.map((i) => residual[i]!),
    line,
  );
  const square = curve.reduce((sum, value) => sum + value * value, 0);
  if (!(square > 0)) return 0;
  const slope = curve.reduce((sum, value, k) => sum + value * outcome[k]!, 0) / square;
  const rest = outcome.reduce((sum, value, k) => sum + (value - slope * curve[k]!) ** 2, 0);
  return rest > 0 ? slope / Math.sqrt(rest / (n - 3) / square) : 0;
}

/** Residuals of a least-squares line. */
function clean(y: readonly number[], x: readonly number[]): number[] {
  const n = x.length;
  const meanX = x.reduce((sum, value) => sum + value, 0) / n;
  const meanY = y.reduce((sum, value) => sum + value, 0) / n;
  const sxx = x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
  const sxy = x.reduce((sum, value, k) => sum + (value - meanX) * (y[k]! - meanY), 0);
  const slope = sxx > 0 ? sxy / sxx : 0;
  return y.map((value, k) => value - meanY - slope * (x[k]! - meanX));
}
