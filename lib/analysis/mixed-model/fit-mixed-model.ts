import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { type ConvergenceVerdict, judgeConvergence } from "./convergence-verdict.ts";
import { type LikelihoodMaximum, maximizeLikelihood } from "./maximize-likelihood.ts";
import { layoutOf, type MixedModelData, type ResidualStructure } from "./mixed-model-data.ts";
import { boundedSearch, likelihoodOf, type MixedModelLikelihood } from "./mixed-model-likelihood.ts";
import type { Criterion } from "./profiled-deviance.ts";
import { factorInto, squareInto } from "./relative-factor.ts";
import { type ResidualCorrelation, residualCorrelationOf } from "./residual-correlation.ts";

export interface MixedModelOptions {
  /** "REML" by default. */
  readonly criterion?: Criterion;
  /** Independent by default. */
  readonly residual?: ResidualStructure;
}

/** A fitted linear mixed model, in the units of the data. */
export interface MixedModelFit {
  readonly criterion: Criterion;
  readonly residual: ResidualStructure;
  readonly observations: number;
  readonly groups: number;
  readonly fixedNames: readonly string[];
  /** Columns that depend on others and were left out. */
  readonly aliasedNames: readonly string[];
  /** β, shape [p]. */
  readonly fixed: Float64Array;
  /** Covariance of β at the estimated variances, shape [p · p]. */
  readonly fixedCovariance: Float64Array;
  readonly randomNames: readonly string[];
  /** Sizes of the blocks of correlated random effects. */
  readonly blockSizes: readonly number[];
  /** Elements of Λ, column by column within blocks; G = σ² Λ Λᵀ. */
  readonly theta: Float64Array;
  /** G, shape [q · q]. */
  readonly randomCovariance: Float64Array;
  /** σ² (measurement error included). */
  readonly residualVariance: number;
  readonly residualCorrelation: ResidualCorrelation;
  readonly logLikelihood: number;
  /** Fixed effects and variance parameters counted together. */
  readonly parameters: number;
  /** −2 log-likelihood + 2 · parameters, and + log(observations) · parameters (lme4's counting). */
  readonly aic: number;
  readonly bic: number;
  /** Whether an element of the diagonal of Λ is below 1e-4 (`lme4::isSingular`). */
  readonly singular: boolean;
  readonly verdict: ConvergenceVerdict;
  readonly diagnostics: readonly Diagnostic[];
  /** For random effects, degrees of freedom and predictions. */
  readonly likelihood: MixedModelLikelihood;
  readonly maximum: LikelihoodMaximum;
}

/**
 * Fits a linear mixed model y = X β + Z b + e, b ~ N(0, G), e ~ N(0, σ² R), by restricted or full maximum likelihood
 * (METHODS.md eq. (L1)–(L8)).
 *
 * @param data - Long data, complete rows.
 * @returns Estimates, likelihood and the verdict on convergence; a fit that did not converge is returned with
 *   `verdict.state` "not-converged" and a critical diagnostic, never as if it had.
 * @throws DomainError INVALID_INPUT, INSUFFICIENT_DATA or NOT_ESTIMABLE as {@link layoutOf}.
 *
 * Source: Bates et al. (2015), J. Stat. Softw. 67(1); Pinheiro & Bates (2000), Mixed-Effects Models in S and S-PLUS,
 * §5.3 (residual correlation). Reference values: tests/reference/lmm.json, tests/reference/lmm_nlme.json.
 */
export function fitMixedModel(data: MixedModelData, options: MixedModelOptions = {}): MixedModelFit {
  const { criterion = "REML", residual = { kind: "independent" } } = options;
  const layout = layoutOf(data, residual);
  const likelihood = likelihoodOf(layout, residual, criterion);
  const maximum = maximizeLikelihood(likelihood);
  const verdict = judgeConvergence(likelihood, maximum);
  const { p, q, triangle, randomScale } = layout;
  const { structure } = likelihood;

  const basis = maximum.coefficients.map((value, j) => value + layout.leastSquares[j]!);
  const fixed = solveTriangle(triangle, p, basis);
  const fixedCovariance = backTransform(triangle, p, maximum.phi);
  const thetaCount = structure.entries.length;
  const theta = Float64Array.from(structure.entries, ({ row }, k) => maximum.point[k]! / randomScale[row]!);
  const lambda = new Float64Array(q * q);
  const randomCovariance = new Float64Array(q * q);
  factorInto(structure, theta, lambda);
  squareInto(lambda, q, randomCovariance);
  for (let i = 0; i < q * q; i++) randomCovariance[i]! *= maximum.residualVariance;
  const search = boundedSearch(likelihood, maximum.point);
  const parameters = p + thetaCount + 1 + search.length;
  return {
    criterion,
    residual,
    observations: layout.observations,
    groups: layout.groups.length,
    fixedNames: layout.fixedNames,
    aliasedNames: layout.aliasedNames,
    fixed,
    fixedCovariance,
    randomNames: layout.randomNames,
    blockSizes: layout.blockSizes,
    theta,
    randomCovariance,
    residualVariance: maximum.residualVariance,
    residualCorrelation: residualCorrelationOf(residual, search),
    logLikelihood: -maximum.deviance / 2,
    parameters,
    aic: maximum.deviance + 2 * parameters,
    bic: maximum.deviance + Math.log(layout.observations) * parameters,
    singular: structure.entries.some(({ row, column }, k) => row === column && theta[k]! < 1e-4),
    verdict,
    diagnostics: fitDiagnostics(layout.aliasedNames, verdict),
    likelihood,
    maximum,
  };
}

function fitDiagnostics(aliased: readonly string[], verdict: ConvergenceVerdict): Diagnostic[] {
  const found = aliased.map((name) =>
    diagnostic(
      "warning",
      "aliased-covariate",
      `${name} is a linear combination of other columns and was left out.`,
      name,
    ),
  );
  if (verdict.state === "boundary")
    found.push(
      diagnostic(
        "warning",
        "singular-fit",
        `The fit lies on the boundary of the parameter space: ${verdict.boundary.join("; ")}. Degrees of freedom and information criteria count the parameter as if it were free; a model with fewer random effects fits equally well.`,
      ),
    );
  if (verdict.state === "not-converged")
    found.push(
      diagnostic(
        "critical",
        "not-converged",
        `No maximum of the likelihood was found. ${verdict.lines.slice(1, 3).join(" ")} Do not use these numbers; use fewer random effects or a simpler residual structure.`,
      ),
    );
  return found;
}

/** R⁻¹ b */
export function solveTriangle(triangle: Float64Array, p: number, b: Float64Array): Float64Array {
  const x = b.slice();
  for (let i = p - 1; i >= 0; i--) {
    let sum = x[i]!;
    for (let k = i + 1; k < p; k++) sum -= triangle[i * p + k]! * x[k]!;
    x[i] = sum / triangle[i * p + i]!;
  }
  return x;
}

/** R⁻ᵀ l: a contrast of the fixed effects in the orthonormal basis. */
export function contrastInBasis(triangle: Float64Array, p: number, l: ArrayLike<number>): Float64Array {
  const x = Float64Array.from(l);
  for (let i = 0; i < p; i++) {
    let sum = x[i]!;
    for (let k = 0; k < i; k++) sum -= triangle[k * p + i]! * x[k]!;
    x[i] = sum / triangle[i * p + i]!;
  }
  return x;
}

/** R⁻¹ M R⁻ᵀ: a covariance in the basis as one of the fixed effects. */
export function backTransform(triangle: Float64Array, p: number, matrix: Float64Array): Float64Array {
  const half = new Float64Array(p * p);
  for (let j = 0; j < p; j++) {
    const column = solveTriangle(
      triangle,
      p,
      Float64Array.from({ length: p }, (_, i) => matrix[i * p + j]!),
    );
    for (let i = 0; i < p; i++) half[i * p + j] = column[i]!;
  }
  const out = new Float64Array(p * p);
  for (let i = 0; i < p; i++) {
    const row = solveTriangle(triangle, p, half.slice(i * p, (i + 1) * p));
    for (let j = 0; j < p; j++) out[i * p + j] = row[j]!;
  }
  for (let i = 0; i < p; i++)
    for (let j = 0; j < i; j++) out[i * p + j] = out[j * p + i] = 0.5 * (out[i * p + j]! + out[j * p + i]!);
  return out;
}
