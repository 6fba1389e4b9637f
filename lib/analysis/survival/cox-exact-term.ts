import type { CoxProblem } from "./cox-problem.ts";

/** What the term of one time adds to. */
interface Sums {
  logLikelihood: number;
  readonly score: Float64Array;
  readonly information: Float64Array;
}

/**
 * Contribution of the denominators of tied events to the exact conditional likelihood: the sum over all subsets of d patients
 * of the risk set of Π exp(η), with first and second derivatives, by the recursion over patients.
 *
 * @returns Function (from, to, d, risk, sums): risk set = sorted positions from … to − 1, of whom d have the event; adds
 *   −log B, −B′/B and B″/B − B′B′ᵀ/B² to the sums (information in the lower triangle).
 *
 * METHODS.md eq. (V12). Source: Gail, Lubin & Rubinstein (1981), Biometrika 68, 703–707. Weights must be 1.
 */
export function exactTieTerm({ p, x }: CoxProblem) {
  let size = 0;
  let value = new Float64Array(0);
  let gradient = new Float64Array(0);
  let hessian = new Float64Array(0);
  return (from: number, to: number, dead: number, risk: Float64Array, sums: Sums): void => {
    if (dead + 1 > size) {
      size = dead + 1;
      value = new Float64Array(size);
      gradient = new Float64Array(size * p);
      hessian = new Float64Array(size * p * p);
    } else {
      value.fill(0);
      gradient.fill(0);
      hessian.fill(0);
    }
    // The sum over subsets is homogeneous of degree d in the risks: this scale keeps it between 1e-100 and e^d.
    let total = 0;
    for (let k = from; k < to; k++) total += risk[k]!;
    const scale = dead / total;
    value[0] = 1;
    for (let k = from; k < to; k++) {
      const r = risk[k]! * scale;
      const row = k * p;
      for (let d = Math.min(dead, k - from + 1); d >= 1; d--) {
        const before = value[d - 1]!;
        for (let i = 0; i < p; i++) {
          const xi = x[row + i]!;
          const gi = gradient[(d - 1) * p + i]!;
          for (let j = 0; j <= i; j++) {
            const xj = x[row + j]!;
            hessian[d * p * p + i * p + j]! +=
              r *
              (hessian[(d - 1) * p * p + i * p + j]! + xi * gradient[(d - 1) * p + j]! + xj * gi + xi * xj * before);
          }
        }
        for (let i = 0; i < p; i++) gradient[d * p + i]! += r * (gradient[(d - 1) * p + i]! + x[row + i]! * before);
        value[d]! += r * before;
      }
    }
    const b = value[dead]!;
    sums.logLikelihood -= Math.log(b) - dead * Math.log(scale);
    for (let i = 0; i < p; i++) {
      const gi = gradient[dead * p + i]! / b;
      sums.score[i]! -= gi;
      for (let j = 0; j <= i; j++)
        sums.information[i * p + j]! += hessian[dead * p * p + i * p + j]! / b - gi * (gradient[dead * p + j]! / b);
    }
  };
}
