/**
 * Natural cubic spline in time without its constant: t, then one function per further knot, linear beyond the outermost
 * knots. METHODS.md, equation (ME2).
 *
 * f₁ = t, f_{k+1} = d_k − d_{M−1}, d_k = [(t − κ_k)₊³ − (t − κ_M)₊³]/(κ_M − κ_k), k = 1 … M − 2.
 *
 * @param knots - κ, ascending; two knots or fewer give the straight line, none at all no function of time.
 * @param time - t, in the unit of the knots.
 * @param into - Receives the functions from `offset`; {@link timeBasisSize} of them.
 *
 * Source: Hastie, Tibshirani & Friedman (2009), The Elements of Statistical Learning, 2nd ed., eq. (5.4)–(5.5).
 */
export function timeBasisInto(knots: readonly number[], time: number, into: Float64Array, offset: number): void {
  const M = knots.length;
  if (M === 0) return;
  into[offset] = time;
  if (M < 3) return;
  const last = knots[M - 1]!;
  const cube = (x: number) => (x > 0 ? x * x * x : 0);
  const beyond = cube(time - last);
  const d = (k: number) => (cube(time - knots[k]!) - beyond) / (last - knots[k]!);
  const reference = d(M - 2);
  for (let k = 0; k < M - 2; k++) into[offset + 1 + k] = d(k) - reference;
}

/** Number of functions of time for so many knots. */
export function timeBasisSize(knots: readonly number[]): number {
  return Math.max(0, knots.length - 1);
}

/**
 * Knots of a spline with so many functions: visits at equally spaced ranks among those with data.
 *
 * @param visitTimes - Mean time of measurement of each visit with data, ascending, distinct.
 * @param functions - Degrees of freedom, at most one fewer than there are visits.
 */
export function knotsAtVisits(visitTimes: readonly number[], functions: number): number[] {
  if (functions === 0) return [];
  const last = visitTimes.length - 1;
  return Array.from({ length: functions + 1 }, (_, k) => visitTimes[Math.round((k * last) / functions)]!);
}
