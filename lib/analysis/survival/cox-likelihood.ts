import { exactTieTerm } from "./cox-exact-term.ts";
import { type CoxProblem, linearPredictorInto, type TieMethod } from "./cox-problem.ts";

/** Log partial likelihood with its derivatives. */
export interface CoxLikelihood {
  logLikelihood: number;
  /** Shape [p]. */
  readonly score: Float64Array;
  /** −∂²/∂β², row-major [p · p], symmetric. */
  readonly information: Float64Array;
}

export type CoxLikelihoodFunction = (beta: ArrayLike<number>) => CoxLikelihood;

/**
 * Log partial likelihood of Cox's model with score and information, ready for repeated evaluation.
 *
 * @returns Function of β (shape [p]); it overwrites and returns one object.
 *
 * METHODS.md eq. (V9)–(V12). Source: Cox (1972); Breslow (1974); Efron (1977); Gail, Lubin & Rubinstein (1981) for the
 * exact conditional likelihood.
 */
export function coxLikelihood(problem: CoxProblem, ties: TieMethod): CoxLikelihoodFunction {
  const { n, p, time, event, weight, stratumStart, x } = problem;
  const eta = new Float64Array(n);
  const risk = new Float64Array(n);
  const result: CoxLikelihood = {
    logLikelihood: 0,
    score: new Float64Array(p),
    information: new Float64Array(p * p),
  };
  const { score, information } = result;
  const first = new Float64Array(p);
  const firstDead = new Float64Array(p);
  const second = new Float64Array(p * p);
  const secondDead = new Float64Array(p * p);
  const exact = ties === "exact" ? exactTieTerm(problem) : null;

  return (beta) => {
    linearPredictorInto(problem, beta, eta);
    for (let k = 0; k < n; k++) risk[k] = weight[k]! * Math.exp(eta[k]!);
    result.logLikelihood = 0;
    score.fill(0);
    information.fill(0);
    for (let s = 0; s + 1 < stratumStart.length; s++) {
      const end = stratumStart[s + 1]!;
      let denominator = 0;
      first.fill(0);
      second.fill(0);
      for (let k = end - 1; k >= stratumStart[s]!; ) {
        const now = time[k]!;
        let dead = 0;
        let deadWeight = 0;
        let deadRisk = 0;
        for (; k >= stratumStart[s]! && time[k] === now; k--) {
          const r = risk[k]!;
          const row = k * p;
          if (event[k] === 0) {
            denominator += r;
            addMoments(first, second, r, x, row, p);
          } else {
            dead++;
            deadWeight += weight[k]!;
            deadRisk += r;
            result.logLikelihood += weight[k]! * eta[k]!;
            for (let j = 0; j < p; j++) score[j]! += weight[k]! * x[row + j]!;
            addMoments(firstDead, secondDead, r, x, row, p);
          }
        }
        if (dead === 0) continue;
        if (exact !== null && dead > 1) {
          exact(k + 1, end, dead, risk, result);
          denominator += deadRisk;
          for (let j = 0; j < p; j++) first[j]! += firstDead[j]!;
          for (let j = 0; j < p * p; j++) second[j]! += secondDead[j]!;
        } else {
          // Efron: the dead leave the risk set in equal parts; Breslow: all are in it throughout.
          const steps = ties === "efron" ? dead : 1;
          const stepWeight = deadWeight / steps;
          for (let step = 0; step < steps; step++) {
            denominator += deadRisk / steps;
            for (let j = 0; j < p; j++) first[j]! += firstDead[j]! / steps;
            for (let j = 0; j < p * p; j++) second[j]! += secondDead[j]! / steps;
            result.logLikelihood -= stepWeight * Math.log(denominator);
            for (let i = 0; i < p; i++) {
              const mean = first[i]! / denominator;
              score[i]! -= stepWeight * mean;
              for (let j = 0; j <= i; j++)
                information[i * p + j]! += (stepWeight * (second[i * p + j]! - mean * first[j]!)) / denominator;
            }
          }
        }
        firstDead.fill(0);
        secondDead.fill(0);
      }
    }
    for (let i = 0; i < p; i++) for (let j = 0; j < i; j++) information[j * p + i] = information[i * p + j]!;
    return result;
  };
}

/** Adds r x and r x xᵀ (lower triangle). */
function addMoments(
  first: Float64Array,
  second: Float64Array,
  r: number,
  x: Float64Array,
  row: number,
  p: number,
): void {
  for (let i = 0; i < p; i++) {
    const rx = r * x[row + i]!;
    first[i]! += rx;
    for (let j = 0; j <= i; j++) second[i * p + j]! += rx * x[row + j]!;
  }
}
