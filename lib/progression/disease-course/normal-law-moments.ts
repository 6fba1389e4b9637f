import { curveValue, speedOf } from "./course-curve.ts";
import type { CourseFamily } from "./individual-mode.ts";
import { gaussHermite } from "./standard-nodes.ts";

/** Mean and covariance of the curves of all outcomes, on the scale of the curves and without residuals. */
export interface CurveMoments {
  /** [E·V]. */
  readonly mean: Float64Array;
  /** [E·V × E·V]; null when only means were asked for. */
  readonly covariance: Float64Array | null;
}

/** Points for the log speed and for a level given it. */
const POINTS = { fine: { speed: 25, level: 17 }, coarse: { speed: 19, level: 13 } } as const;

const rules = new Map<number, ReturnType<typeof gaussHermite>>();

function rule(points: number) {
  const known = rules.get(points);
  if (known !== undefined) return known;
  const made = gaussHermite(points);
  rules.set(points, made);
  return made;
}

/**
 * Moments of the curves when the individual parameters are normal: Gauss–Hermite over the log speed, within it over the
 * level of an endpoint and, for covariances between endpoints, over the second level given the first. No more than three
 * dimensions at a time, whatever the number of endpoints. METHODS.md, equation (DC6).
 *
 * @param mean - [d] of (ξ, u of each endpoint).
 * @param covariance - [d × d].
 * @param time - [E·V] scaled time of each outcome.
 * @param extent - What is wanted: means; means and variances (other elements 0); or everything.
 */
export function normalLawMoments(
  family: CourseFamily,
  mean: Float64Array,
  covariance: Float64Array,
  time: Float64Array,
  extent: "means" | "variances" | "covariances",
  accuracy: "fine" | "coarse",
): CurveMoments {
  const d = mean.length;
  const E = d - 1;
  const M = time.length;
  const V = M / E;
  const outer = rule(POINTS[accuracy].speed);
  const inner = rule(POINTS[accuracy].level);
  const n = inner.nodes.length;
  const speedDeviation = Math.sqrt(covariance[0]!);
  const slope = Float64Array.from({ length: E }, (_, e) => covariance[(1 + e) * d]! / covariance[0]!);
  const rest = (e: number, f: number) => covariance[(1 + e) * d + 1 + f]! - slope[e]! * slope[f]! * covariance[0]!;
  const first = new Float64Array(M);
  const second = extent === "means" ? null : new Float64Array(M * M);
  const at = new Float64Array(E * n * V);
  const conditional = new Float64Array(n * V);
  outer.nodes.forEach((node, s) => {
    const weight = outer.weights[s]!;
    const shift = speedDeviation * node;
    const speed = speedOf(mean[0]! + shift);
    const level = (e: number) => mean[1 + e]! + slope[e]! * shift;
    const evaluate = (e: number, u: number, into: Float64Array, offset: number, by: number) => {
      for (let v = 0; v < V; v++)
        into[offset + v]! += by * curveValue(family.kinds[e]!, u + family.rates[e]! * speed * time[e * V + v]!);
    };
    at.fill(0);
    for (let e = 0; e < E; e++) {
      const deviation = Math.sqrt(Math.max(0, rest(e, e)));
      for (let a = 0; a < n; a++) {
        const offset = (e * n + a) * V;
        evaluate(e, level(e) + deviation * inner.nodes[a]!, at, offset, 1);
        const w = weight * inner.weights[a]!;
        for (let v = 0; v < V; v++) {
          first[e * V + v]! += w * at[offset + v]!;
          if (second === null) continue;
          const from = extent === "variances" ? v : 0;
          for (let u = from; u <= v; u++) second[(e * V + v) * M + e * V + u]! += w * at[offset + v]! * at[offset + u]!;
        }
      }
    }
    if (second === null || extent === "variances") return;
    for (let e = 1; e < E; e++) {
      for (let f = 0; f < e; f++) {
        const variance = rest(e, e);
        const by = variance > 0 ? rest(e, f) / variance : 0;
        const left = Math.sqrt(Math.max(0, rest(f, f) - by * rest(e, f)));
        const deviation = Math.sqrt(Math.max(0, variance));
        conditional.fill(0);
        for (let a = 0; a < n; a++)
          for (let b = 0; b < n; b++)
            evaluate(
              f,
              level(f) + by * deviation * inner.nodes[a]! + left * inner.nodes[b]!,
              conditional,
              a * V,
              inner.weights[b]!,
            );
        for (let a = 0; a < n; a++) {
          const w = weight * inner.weights[a]!;
          for (let v = 0; v < V; v++)
            for (let u = 0; u < V; u++)
              second[(e * V + v) * M + f * V + u]! += w * at[(e * n + a) * V + v]! * conditional[a * V + u]!;
        }
      }
    }
  });
  if (second === null) return { mean: first, covariance: null };
  for (let m = 0; m < M; m++)
    for (let l = 0; l <= m; l++) {
      if (extent === "variances" && l < m) continue;
      const value = second[m * M + l]! - first[m]! * first[l]!;
      second[m * M + l] = value;
      second[l * M + m] = value;
    }
  return { mean: first, covariance: second };
}
