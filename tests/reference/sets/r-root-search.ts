/** Where a search for a root stops. */
export interface RootSearch {
  readonly root: number;
  readonly evaluations: number;
}

/**
 * Root by Brent's method stopped at an absolute tolerance, with the sequence of points of Brent's `zero` as in R's `uniroot`.
 * R functions that use its default tolerance print the point reached, right to about four digits, not the root. To compare
 * more digits than that with such a number, the search has to be repeated; the program itself solves to machine accuracy.
 *
 * @param f - Function with opposite signs at the two ends.
 * @param tolerance - Absolute; `R_UNIROOT_TOLERANCE` is the default of R's `uniroot`.
 *
 * Source: Brent (1973), Algorithms for Minimization Without Derivatives, §4.4.
 */
export function stepLimitedRoot(f: (x: number) => number, lower: number, upper: number, tolerance: number): RootSearch {
  let previous = lower;
  let best = upper;
  let opposite = previous;
  let fPrevious = f(previous);
  let fBest = f(best);
  let fOpposite = fPrevious;
  if (fPrevious === 0) return { root: previous, evaluations: 2 };
  for (let evaluations = 2; evaluations < 1002; evaluations++) {
    const lastStep = best - previous;
    if (Math.abs(fOpposite) < Math.abs(fBest)) {
      [previous, best, opposite] = [best, opposite, best];
      [fPrevious, fBest, fOpposite] = [fBest, fOpposite, fBest];
    }
    const smallest = 2 * Number.EPSILON * Math.abs(best) + tolerance / 2;
    let step = (opposite - best) / 2;
    if (Math.abs(step) <= smallest || fBest === 0) return { root: best, evaluations };
    if (Math.abs(lastStep) >= smallest && Math.abs(fPrevious) > Math.abs(fBest)) {
      const width = opposite - best;
      let p: number;
      let q: number;
      if (previous === opposite) {
        const ratio = fBest / fPrevious;
        p = width * ratio;
        q = 1 - ratio;
      } else {
        const a = fPrevious / fOpposite;
        const b = fBest / fOpposite;
        const c = fBest / fPrevious;
        p = c * (width * a * (a - b) - (best - previous) * (b - 1));
        q = (a - 1) * (b - 1) * (c - 1);
      }
      if (p > 0) q = -q;
      else p = -p;
      if (p < 0.75 * width * q - Math.abs(smallest * q) / 2 && p < Math.abs((lastStep * q) / 2)) step = p / q;
    }
    if (Math.abs(step) < smallest) step = step > 0 ? smallest : -smallest;
    previous = best;
    fPrevious = fBest;
    best += step;
    fBest = f(best);
    if ((fBest > 0 && fOpposite > 0) || (fBest < 0 && fOpposite < 0)) {
      opposite = previous;
      fOpposite = fPrevious;
    }
  }
  return { root: best, evaluations: 1002 };
}

/** ε^¼, the default tolerance of R's `uniroot`. */
export const R_UNIROOT_TOLERANCE = Number.EPSILON ** 0.25;

/**
 * The root as R prints it, after a check that the program's accurate value lies within the tolerance of R's search.
 *
 * @param accurate - The program's value on the scale of the search.
 */
export function rootAsPrinted(f: (x: number) => number, lower: number, upper: number, accurate: number): number {
  const { root } = stepLimitedRoot(f, lower, upper, R_UNIROOT_TOLERANCE);
  if (!(Math.abs(root - accurate) <= 2 * R_UNIROOT_TOLERANCE))
    throw new Error(`the program's root ${accurate} is not where R's search ends: ${root}`);
  return root;
}
