import type { Rng } from "../../numerics/rng.ts";
import type { WaldInference, WaldOptions } from "../analysis-result.ts";
import { waldInference } from "../analysis-result.ts";
import {
  type ImputationData,
  type ImputationFit,
  type ImputationParameters,
  refitWithout,
} from "./imputation-model.ts";
import { createImputer, type Imputer } from "./impute.ts";
import type { BootstrapDraws } from "./parameter-draws.ts";
import { poolByRubin, type RubinEstimate, rubinInference } from "./rubin.ts";
import { contrastOf, residualsOf, type VisitComparison, visitComparison } from "./visit-comparison.ts";

/** What is estimated from completed data. */
export interface ComparisonPlan {
  readonly data: ImputationData;
  /** Columns of covariates of the analysis at each visit, [visit][column][patient]. */
  readonly covariates: readonly (readonly Float64Array[])[];
  /** Multiples of δ that are added to imputed values, [patient · visit]; 0 elsewhere. */
  readonly deltaWeights: Float64Array;
  /** Values of δ. */
  readonly deltas: readonly number[];
}

/** Estimate of one contrast at one visit and δ. */
export interface ImputedEstimate {
  readonly inference: WaldInference;
  /** Parts of the variance; null for conditional-mean imputation. */
  readonly rubin: RubinEstimate | null;
}

/** Estimates by δ, visit and contrast (arms minus control, then means of arms), and the values they were pooled from. */
export interface ImputationEstimates {
  readonly at: (delta: number, visit: number, contrast: number) => ImputedEstimate;
  /** Replicates (jackknife, bootstrap or imputations) at a δ: estimates, and variances for imputations. */
  readonly replicates: (
    delta: number,
    visit: number,
    contrast: number,
  ) => { readonly estimates: Float64Array; readonly variances: Float64Array | null };
  /** Residual degrees of freedom of the analysis of completed data at each visit. */
  readonly residualDf: readonly number[];
  readonly contrastCount: number;
}

/** Comparison at every visit; visits with the same covariates share one. */
function comparisonsOf(plan: ComparisonPlan, patients: ArrayLike<number>): VisitComparison[] {
  const { data, covariates } = plan;
  const made: VisitComparison[] = [];
  for (let visit = 0; visit < data.visitCount; visit++) {
    const same = covariates.findIndex(
      (columns, earlier) => earlier < visit && columns.every((column, c) => column === covariates[visit]![c]),
    );
    made.push(same === -1 ? visitComparison(data.arm, data.armCount, covariates[visit]!, patients) : made[same]!);
  }
  return made;
}

/** Column of a visit from [patient · visit] for the patients listed. */
function columnOf(values: Float64Array, visit: number, visits: number, patients: ArrayLike<number>): Float64Array {
  const out = new Float64Array(patients.length);
  for (let i = 0; i < out.length; i++) out[i] = values[patients[i]! * visits + visit]!;
  return out;
}

/** Estimates are linear in the outcome: value at δ = 0 and slope in δ, [visit · contrast]. */
interface LinearEstimates {
  readonly base: Float64Array;
  readonly slope: Float64Array;
}

function linearEstimates(
  plan: ComparisonPlan,
  comparisons: readonly VisitComparison[],
  completed: Float64Array,
  patients: ArrayLike<number>,
): LinearEstimates {
  const { visitCount: m } = plan.data;
  const contrasts = (values: Float64Array) => {
    const count = comparisons[0]!.contrastCount;
    const out = new Float64Array(m * count);
    for (let visit = 0; visit < m; visit++) {
      const column = columnOf(values, visit, m, patients);
      for (let c = 0; c < count; c++) out[visit * count + c] = contrastOf(comparisons[visit]!, c, column);
    }
    return out;
  };
  // Without a shift there is no slope to compute.
  return {
    base: contrasts(completed),
    slope: plan.deltas.every((delta) => delta === 0) ? noSlope : contrasts(plan.deltaWeights),
  };
}

const noSlope = new Float64Array(0);

/** What a δ adds to an estimate. */
const shiftOf = (delta: number, slope: Float64Array, at: number) => (delta === 0 ? 0 : delta * slope[at]!);

const everybody = (data: ImputationData) => Int32Array.from({ length: data.patientCount }, (_, patient) => patient);

/**
 * Conditional-mean imputation with the jackknife standard error: every patient is left out once, the model refitted and the
 * others imputed anew (METHODS.md eq. (D9)).
 *
 * Source: Wolbers, Noci, Delmar, Gower-Page, Yiu & Bartlett (2022), Pharm. Stat. 21:1246–1257. Reference values: the R
 * package rbmi 1.3.1, method_condmean.
 */
export function jackknifeEstimates(
  plan: ComparisonPlan,
  full: ImputationFit,
  options: WaldOptions,
): ImputationEstimates {
  const { data } = plan;
  const n = data.patientCount;
  return conditionalMeanEstimates(
    plan,
    full,
    options,
    n,
    (replicate) => {
      const others = everybody(data).filter((patient) => patient !== replicate);
      return { parameters: refitWithout(data, full, replicate), patients: others };
    },
    (sumOfSquares) => ((n - 1) / n) * sumOfSquares,
  );
}

/** Conditional-mean imputation with the bootstrap standard error (METHODS.md eq. (D10)). */
export function bootstrapEstimates(
  plan: ComparisonPlan,
  full: ImputationFit,
  draws: BootstrapDraws,
  options: WaldOptions,
): ImputationEstimates {
  const count = draws.parameters.length;
  return conditionalMeanEstimates(
    plan,
    full,
    options,
    count,
    (replicate) => ({ parameters: draws.parameters[replicate]!, patients: draws.samples[replicate]! }),
    (sumOfSquares) => sumOfSquares / (count - 1),
  );
}

function conditionalMeanEstimates(
  plan: ComparisonPlan,
  full: ImputationFit,
  options: WaldOptions,
  replicateCount: number,
  replicateOf: (replicate: number) => { readonly parameters: ImputationParameters; readonly patients: Int32Array },
  varianceOf: (sumOfSquares: number) => number,
): ImputationEstimates {
  const { data, deltas } = plan;
  const imputer = createImputer(data);
  const completed = new Float64Array(data.outcome.length);
  const estimate = (parameters: ImputationParameters, patients: Int32Array) => {
    imputer.impute(parameters, null, completed);
    return linearEstimates(plan, comparisonsOf(plan, patients), completed, patients);
  };
  const all = everybody(data);
  const comparisons = comparisonsOf(plan, all);
  const main = estimate(full.parameters, all);
  const replicated = Array.from({ length: replicateCount }, (_, replicate) => {
    const { parameters, patients } = replicateOf(replicate);
    return estimate(parameters, patients);
  });
  const contrastCount = comparisons[0]!.contrastCount;
  const replicates = (delta: number, visit: number, contrast: number) => {
    const at = visit * contrastCount + contrast;
    const estimates = Float64Array.from(
      replicated,
      ({ base, slope }) => base[at]! + shiftOf(deltas[delta]!, slope, at),
    );
    return { estimates, variances: null };
  };
  return {
    contrastCount,
    residualDf: comparisons.map(({ residualDf }) => residualDf),
    replicates,
    at: (delta, visit, contrast) => {
      const at = visit * contrastCount + contrast;
      const { estimates } = replicates(delta, visit, contrast);
      const mean = estimates.reduce((sum, value) => sum + value, 0) / replicateCount;
      const squares = estimates.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      const value = main.base[at]! + shiftOf(deltas[delta]!, main.slope, at);
      return { inference: waldInference(value, Math.sqrt(varianceOf(squares)), null, options), rubin: null };
    },
  };
}

/**
 * Random imputations from several parameter draws, analysed one by one and pooled by Rubin's rules
 * (METHODS.md eq. (D1)–(D3), (D12)).
 *
 * @param rng - Imputation k uses `rng.fork(k)` only.
 */
export function rubinEstimates(
  plan: ComparisonPlan,
  parameters: readonly ImputationParameters[],
  rng: Rng,
  options: WaldOptions,
): ImputationEstimates {
  const { data, deltas, deltaWeights } = plan;
  const { visitCount: m, patientCount: n } = data;
  const all = everybody(data);
  const comparisons = comparisonsOf(plan, all);
  const contrastCount = comparisons[0]!.contrastCount;
  const imputer: Imputer = createImputer(data);
  const completed = new Float64Array(data.outcome.length);
  const shiftResiduals = comparisons.map((comparison, visit) => {
    const out = new Float64Array(n);
    residualsOf(comparison, columnOf(deltaWeights, visit, m, all), out);
    return out;
  });
  const residuals = new Float64Array(n);
  const runs = parameters.map((each, k) => {
    imputer.impute(each, rng.fork(k), completed);
    const { base, slope } = linearEstimates(plan, comparisons, completed, all);
    // Residual sum of squares as a quadratic in δ.
    const squares = new Float64Array(3 * m);
    for (let visit = 0; visit < m; visit++) {
      residualsOf(comparisons[visit]!, columnOf(completed, visit, m, all), residuals);
      const shift = shiftResiduals[visit]!;
      for (let i = 0; i < n; i++) {
        squares[3 * visit]! += residuals[i]! * residuals[i]!;
        squares[3 * visit + 1]! += 2 * residuals[i]! * shift[i]!;
        squares[3 * visit + 2]! += shift[i]! * shift[i]!;
      }
    }
    return { base, slope, squares };
  });
  const replicates = (delta: number, visit: number, contrast: number) => {
    const at = visit * contrastCount + contrast;
    const amount = deltas[delta]!;
    const { unitVariance, residualDf } = comparisons[visit]!;
    return {
      estimates: Float64Array.from(runs, ({ base, slope }) => base[at]! + shiftOf(amount, slope, at)),
      variances: Float64Array.from(runs, ({ squares }) => {
        const sum = squares[3 * visit]! + amount * (squares[3 * visit + 1]! + amount * squares[3 * visit + 2]!);
        return (Math.max(0, sum) / residualDf) * unitVariance[contrast]!;
      }),
    };
  };
  return {
    contrastCount,
    residualDf: comparisons.map(({ residualDf }) => residualDf),
    replicates,
    at: (delta, visit, contrast) => {
      const { estimates, variances } = replicates(delta, visit, contrast);
      const rubin = poolByRubin(estimates, variances, comparisons[visit]!.residualDf);
      return { inference: rubinInference(rubin, options), rubin };
    },
  };
}
