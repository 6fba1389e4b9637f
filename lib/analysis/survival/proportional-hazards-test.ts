import { invalidInput } from "../../errors/domain-error.ts";
import { chiSquareUpperTail } from "../../numerics/chi-square.ts";
import { choleskyDecompose, choleskySolve } from "../../numerics/cholesky.ts";
import { sortedPredictor } from "./cox-hazard.ts";
import type { CoxFit } from "./fit-cox.ts";
import { kaplanMeier, lastNotAfter } from "./kaplan-meier.ts";

/** Scales of time on which a log hazard ratio may drift. */
export const TIME_TRANSFORMS = ["km", "rank", "identity", "log"] as const;
export type TimeTransform = (typeof TIME_TRANSFORMS)[number];

/** Test that the effect of a term does not change with time. */
export interface ProportionalHazardsTest {
  /** Name of the term, or "global". */
  readonly term: string;
  /** Null when the events do not tell a constant effect from a changing one, as with all events at one time. */
  readonly chiSquare: number | null;
  readonly degreesOfFreedom: number;
  readonly pValue: number | null;
}

/**
 * Score tests of proportional hazards: of adding, term by term and for all terms together, the product of its columns with a
 * function of time.
 *
 * @param fit - Fitted model.
 * @param terms - Name and columns (indices into the columns given to the fit) of each term.
 * @param transform - g(t): 1 − Kaplan–Meier (default), rank, time or its logarithm.
 * @returns One test a term with columns in the model, then the global one.
 * @throws DomainError INVALID_INPUT for the logarithm of a time of 0.
 *
 * METHODS.md eq. (V19). Source: Grambsch & Therneau (1994), in the exact form of R's survival 3.x `cox.zph`; with exact ties
 * Breslow's information stands in.
 */
export function proportionalHazardsTest(
  fit: CoxFit,
  terms: readonly { readonly name: string; readonly columns: readonly number[] }[],
  transform: TimeTransform = "km",
): ProportionalHazardsTest[] {
  const { problem } = fit;
  const { p } = problem;
  const g = centredTimes(fit, transform);
  const u = new Float64Array(p);
  const block = [new Float64Array(p * p), new Float64Array(p * p), new Float64Array(p * p)] as const;
  accumulate(fit, g, u, block);
  const [plain, once, twice] = block;
  const positions = terms.map(({ name, columns }) => ({
    name,
    at: columns.map((column) => fit.used.indexOf(column)).filter((position) => position >= 0),
  }));
  const kept = positions.filter(({ at }) => at.length > 0);
  const test = (name: string, at: readonly number[]): ProportionalHazardsTest => {
    const q = p + at.length;
    const matrix = new Float64Array(q * q);
    const right = new Float64Array(q);
    for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) matrix[i * q + j] = plain[i * p + j]!;
    at.forEach((a, i) => {
      right[p + i] = u[a]!;
      for (let j = 0; j < p; j++) {
        matrix[(p + i) * q + j] = once[a * p + j]!;
        matrix[j * q + p + i] = once[a * p + j]!;
      }
      at.forEach((b, j) => {
        matrix[(p + i) * q + p + j] = twice[a * p + b]!;
      });
    });
    const result = choleskyDecompose(matrix, q);
    if (!result.ok) return { term: name, chiSquare: null, degreesOfFreedom: at.length, pValue: null };
    const solved = choleskySolve(result.factor, q, right);
    const chiSquare = right.reduce((sum, value, i) => sum + value * solved[i]!, 0);
    return { term: name, chiSquare, degreesOfFreedom: at.length, pValue: chiSquareUpperTail(chiSquare, at.length) };
  };
  return [
    ...kept.map(({ name, at }) => test(name, at)),
    test(
      "global",
      Array.from({ length: p }, (_, j) => j),
    ),
  ];
}

/** g(t) of each patient in sorted order, minus its mean over the events. */
function centredTimes(fit: CoxFit, transform: TimeTransform): Float64Array {
  const { problem } = fit;
  const { time, event, n } = problem;
  let g: Float64Array;
  switch (transform) {
    case "identity":
      g = Float64Array.from(time);
      break;
    case "log":
      for (const value of time)
        if (value === 0) throw invalidInput("transform", "log", "needs times above 0", "Use the km or rank transform.");
      g = time.map(Math.log);
      break;
    case "rank":
      g = averageRanks(time);
      break;
    case "km": {
      const curve = kaplanMeier({ time, event });
      g = time.map((value) => {
        const index = lastNotAfter(curve.time, value) - 1;
        return index < 0 ? 0 : 1 - curve.survival[index]!;
      });
      break;
    }
  }
  let sum = 0;
  let events = 0;
  for (let k = 0; k < n; k++) {
    if (event[k] === 0) continue;
    sum += g[k]!;
    events++;
  }
  return g.map((value) => value - sum / events);
}

function averageRanks(values: Float64Array): Float64Array {
  const sorted = Float64Array.from(values).sort();
  return values.map((value) => {
    const last = lastNotAfter(sorted, value);
    let first = last;
    while (first > 0 && sorted[first - 1] === value) first--;
    return (first + last) / 2 + 1;
  });
}

/** Σ g (x − mean) over the events, and Σ V, Σ g V, Σ g² V over the times. */
function accumulate(
  fit: CoxFit,
  g: Float64Array,
  u: Float64Array,
  [plain, once, twice]: readonly [Float64Array, Float64Array, Float64Array],
): void {
  const { problem, ties } = fit;
  const { p, x, time, event, weight, stratumStart } = problem;
  const linear = sortedPredictor(fit);
  const first = new Float64Array(p);
  const second = new Float64Array(p * p);
  const firstDead = new Float64Array(p);
  const secondDead = new Float64Array(p * p);
  for (let s = 0; s + 1 < stratumStart.length; s++) {
    let denominator = 0;
    first.fill(0);
    second.fill(0);
    for (let k = stratumStart[s + 1]! - 1; k >= stratumStart[s]!; ) {
      const now = time[k]!;
      const timeWeight = g[k]!;
      let dead = 0;
      let deadWeight = 0;
      let deadRisk = 0;
      firstDead.fill(0);
      secondDead.fill(0);
      for (; k >= stratumStart[s]! && time[k] === now; k--) {
        const r = weight[k]! * Math.exp(linear[k]!);
        const isDead = event[k] === 1;
        const a = isDead ? firstDead : first;
        const b = isDead ? secondDead : second;
        for (let i = 0; i < p; i++) {
          const xi = x[k * p + i]!;
          a[i]! += r * xi;
          for (let j = 0; j < p; j++) b[i * p + j]! += r * xi * x[k * p + j]!;
          if (isDead) u[i]! += timeWeight * weight[k]! * xi;
        }
        if (!isDead) denominator += r;
        else {
          dead++;
          deadWeight += weight[k]!;
          deadRisk += r;
        }
      }
      const parts = ties === "efron" ? dead : Math.min(dead, 1);
      for (let part = 0; part < parts; part++) {
        denominator += deadRisk / parts;
        for (let i = 0; i < p; i++) first[i]! += firstDead[i]! / parts;
        for (let i = 0; i < p * p; i++) second[i]! += secondDead[i]! / parts;
        for (let i = 0; i < p; i++) {
          const mean = first[i]! / denominator;
          u[i]! -= (timeWeight * deadWeight * mean) / parts;
          for (let j = 0; j < p; j++) {
            const v = ((deadWeight / parts) * (second[i * p + j]! - mean * first[j]!)) / denominator;
            plain[i * p + j]! += v;
            once[i * p + j]! += timeWeight * v;
            twice[i * p + j]! += timeWeight * timeWeight * v;
          }
        }
      }
    }
  }
}
