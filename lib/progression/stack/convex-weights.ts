import { choleskyDecompose, choleskySolve } from "../../numerics/cholesky.ts";

/** Added to the diagonal, as a share of its mean: members that predict the same leave the optimum defined. */
const RIDGE = 1e-9;

/**
 * Convex weights with the smallest squared error: minimises wᵀAw over w ≥ 0, Σw = 1, where A = Σ e eᵀ sums the members'
 * errors of held-out outcomes. METHODS.md, equation (ST1).
 *
 * Exact: on each support the stationary point is A_SS⁻¹1 scaled to sum 1; the problem is convex, so that the best
 * admissible one is the solution. Ties go to the members that come first.
 *
 * @param errorProducts - A, [M × M] row-major, symmetric, positive semidefinite; M at most 16.
 * @param members - M.
 * @returns [M] weights, at least 0, sum 1.
 *
 * Source: Breiman (1996), Machine Learning 24:49–64; van der Laan, Polley & Hubbard (2007), SAGMB 6:25.
 */
export function convexWeights(errorProducts: Float64Array, members: number): Float64Array {
  let trace = 0;
  for (let m = 0; m < members; m++) trace += errorProducts[m * members + m]!;
  const best = { loss: Number.POSITIVE_INFINITY, weights: new Float64Array(members) };
  for (let support = 1; support < 1 << members; support++) {
    const chosen: number[] = [];
    for (let m = 0; m < members; m++) if ((support >> m) & 1) chosen.push(m);
    const k = chosen.length;
    const block = new Float64Array(k * k);
    chosen.forEach((a, i) => {
      chosen.forEach((b, j) => {
        block[i * k + j] = errorProducts[a * members + b]!;
      });
      block[i * k + i]! += (RIDGE * trace) / members;
    });
    const factored = choleskyDecompose(block, k);
    if (!factored.ok) continue;
    const solution = choleskySolve(factored.factor, k, new Float64Array(k).fill(1));
    const total = solution.reduce((sum, value) => sum + value, 0);
    if (!(total > 0) || solution.some((value) => value < 0)) continue;
    const loss = 1 / total;
    if (loss < best.loss) {
      best.loss = loss;
      best.weights.fill(0);
      chosen.forEach((m, i) => {
        best.weights[m] = solution[i]! / total;
      });
    }
  }
  // Nobody made an error: the first member, the null, is as good as any.
  if (best.loss === Number.POSITIVE_INFINITY) best.weights[0] = 1;
  return best.weights;
}
