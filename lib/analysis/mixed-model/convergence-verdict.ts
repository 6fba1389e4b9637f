import { symmetricEigen } from "../../numerics/symmetric-eigen.ts";
import type { LikelihoodMaximum } from "./maximize-likelihood.ts";
import { atBound, type MixedModelLikelihood } from "./mixed-model-likelihood.ts";

/** Whether a maximum was found, judged by the exact gradient and Hessian there and by nothing else. */
export interface ConvergenceVerdict {
  /** `boundary`: a maximum at which a variance is zero, a correlation ±1, or a residual parameter at its limit. */
  readonly state: "converged" | "boundary" | "not-converged";
  /** Largest absolute derivative of the deviance by (θ, σ, residual correlation), random effects scaled. */
  readonly maximumGradient: number;
  /** √(gᵀ H⁻¹ g): how far, in standard errors, a Newton step would still go. */
  readonly newtonDistance: number;
  /** Eigenvalues of the Hessian, descending; parameters at a limit left out. */
  readonly hessianEigenvalues: readonly number[];
  /** Names of what lies on the boundary. */
  readonly boundary: readonly string[];
  /** Sentences to be printed as they are. */
  readonly lines: readonly string[];
}

/** Scaled elements of Λ below this count as zero (`lme4::isSingular`). */
const SINGULAR = 1e-4;

export function judgeConvergence(likelihood: MixedModelLikelihood, maximum: LikelihoodMaximum): ConvergenceVerdict {
  const { layout, criterion } = likelihood;
  const { onFactorScale, point, deviance } = maximum;
  const { m, gradient, hessian } = onFactorScale;
  const bound = atBound(likelihood, point);
  const free = Array.from({ length: m }, (_, k) => k).filter((k) => bound[k - (m - bound.length)] !== true);
  const size = free.length;
  const { values, vectors } = symmetricEigen(
    Float64Array.from(free.flatMap((i) => free.map((j) => hessian[i * m + j]!))),
    size,
  );
  let maximumGradient = 0;
  for (const k of free) maximumGradient = Math.max(maximumGradient, Math.abs(gradient[k]!));
  let distance = 0;
  for (let e = 0; e < size; e++) {
    if (!(values[e]! > 1e-9 * values[0]!)) continue;
    const slope = free.reduce((sum, k, i) => sum + vectors[i * size + e]! * gradient[k]!, 0);
    distance += (slope * slope) / values[e]!;
  }
  const newtonDistance = Math.sqrt(distance);
  const boundary = [...boundaryVariances(likelihood, point), ...boundaryResidual(bound)];
  const smallest = values[size - 1]!;
  const definite = smallest > 1e-9 * values[0]!;
  const semidefinite = smallest > -1e-6 * values[0]!;
  const stationary = newtonDistance < 1e-4;
  const state =
    stationary && definite && boundary.length === 0
      ? "converged"
      : stationary && semidefinite && boundary.length > 0
        ? "boundary"
        : "not-converged";
  const lines = [
    `${criterion} criterion ${deviance.toPrecision(12)} after ${maximum.quasiNewtonIterations} quasi-Newton and ${maximum.newtonIterations} Newton iterations on ${layout.observations} observations of ${layout.groups.length} groups.`,
    `Largest absolute gradient ${maximumGradient.toExponential(2)}; distance to the maximum by a Newton step ${newtonDistance.toExponential(2)} standard errors.`,
    `Eigenvalues of the Hessian: ${Array.from(values, (value) => value.toPrecision(4)).join(", ")}${definite ? " (positive definite)" : semidefinite ? " (flat in a direction)" : " (not positive definite)"}.`,
    ...(boundary.length === 0 ? [] : [`On the boundary of the parameter space: ${boundary.join("; ")}.`]),
    {
      converged: "Converged: a maximum inside the parameter space.",
      boundary: "Converged to a maximum on the boundary (singular fit).",
      "not-converged": "NOT CONVERGED: gradient and Hessian do not show a maximum.",
    }[state],
  ];
  return {
    state,
    maximumGradient,
    newtonDistance,
    hessianEigenvalues: Array.from(values),
    boundary,
    lines,
  };
}

function boundaryVariances({ structure, layout }: MixedModelLikelihood, point: Float64Array): string[] {
  const { entries } = structure;
  return entries.flatMap(({ row, column }, k) => {
    if (row !== column || Math.abs(point[k]!) >= SINGULAR) return [];
    const name = layout.randomNames[row]!;
    const before = entries.some(
      (entry, j) => entry.row === row && entry.column < row && Math.abs(point[j]!) >= SINGULAR,
    );
    return [
      before ? `${name} is determined by the other random effects (correlation ±1)` : `variance of ${name} is zero`,
    ];
  });
}

function boundaryResidual(bound: readonly boolean[]): string[] {
  const names = ["residual correlation at its limit", "measurement-error share at its limit"];
  return bound.flatMap((reached, k) => (reached ? [names[k]!] : []));
}
