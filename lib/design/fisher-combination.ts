import { DomainError, invalidInput } from "../errors/domain-error.ts";
import { normalDensity, normalLogCdf, normalUpperQuantile, normalUpperTail } from "../numerics/normal.ts";
import { gaussLegendre } from "../numerics/quadrature.ts";

/** A combination test by products of stage-wise p-values: reject at stage k when Π p_j^{w_j} ≤ c_k. */
export interface FisherTest {
  /** Weights w_k, fixed in advance; shape [K], the first is usually 1. */
  readonly weights: readonly number[];
  /** Bounds c_k of the product; 0 where no rejection is planned; shape [K]. */
  readonly bounds: readonly number[];
  /** Stop without success when p_k ≥ this at an interim stage; shape [K − 1], 1 for none. Binding: it enters the error. */
  readonly futility?: readonly number[];
}

/** Nodes of the interpolant of the conditional rejection probability on each smooth piece; its error is below 1e-11. */
const NODES = 40;
const PANEL = gaussLegendre(16);
const PANEL_WIDTH = 2.5;
const REACH = 8.5;

type RejectionCurve = (logProduct: number) => number;

/**
 * Probability of rejecting at the remaining stages, given the product so far.
 *
 * @param test - Weights, bounds and binding futility of the whole plan.
 * @param product - Π p_j^{w_j} over the stages held; 1 before the first.
 * @param held - Number of stages held, below K.
 * @param means - Expected normal score of each remaining stage (0 under no effect); shape [K − held].
 * @returns Probability in [0, 1]; absolute error below 1e-9.
 * @throws DomainError INVALID_INPUT for an inadmissible product, or lists that do not fit.
 *
 * @remarks
 * METHODS.md eq. (G38). With s = −log product a stage adds w_k e_k, e_k exponential under no effect. The conditional
 * probability is found backwards from the last stage, each as a Chebyshev interpolant in s.
 *
 * Source: Bauer & Köhne (1994), Biometrics 50:1029–1041; Wassmer & Brannath (2016), Group Sequential and Confirmatory
 * Adaptive Designs in Clinical Trials, ch. 6.
 */
export function fisherRejectionProbability(
  test: FisherTest,
  product: number,
  held: number,
  means: readonly number[],
): number {
  const { weights, bounds } = test;
  const stages = weights.length;
  if (!(product > 0 && product <= 1)) throw invalidInput("product", product, "must lie in (0, 1]");
  if (bounds.length !== stages || !(held >= 0 && held < stages) || means.length !== stages - held)
    throw invalidInput(
      "means",
      means,
      `must hold one expected score for each of the ${stages - held} remaining stages`,
    );
  const limits = bounds.map((bound) => -Math.log(bound));
  const floors = weights.map((_, k) => (k < stages - 1 ? -Math.log(Math.min(1, test.futility?.[k] ?? 1)) : 0));
  let after: { curve: RejectionCurve; kinks: readonly number[] } = { curve: () => 0, kinks: [] };
  for (let k = stages - 1; k >= held; k--) {
    const stage = { weight: weights[k]!, limit: limits[k]!, floor: floors[k]!, mean: means[k - held]!, after };
    const curve = stageCurve(stage, k === stages - 1);
    const last = stage.limit - stage.weight * stage.floor;
    const kinks = [last, ...after.kinks.map((kink) => kink - stage.weight * stage.floor)].filter(
      (kink) => kink > 0 && kink < Infinity,
    );
    if (k === held) return curve(-Math.log(product));
    after = { curve: interpolated(curve, kinks, Math.min(limits[k - 1]!, Math.max(0, ...kinks))), kinks };
  }
  return 0;
}

interface Stage {
  readonly weight: number;
  readonly limit: number;
  readonly floor: number;
  readonly mean: number;
  readonly after: { readonly curve: RejectionCurve; readonly kinks: readonly number[] };
}

/** P(reject at this stage or later | s before it). */
function stageCurve({ weight, limit, floor, mean, after }: Stage, last: boolean): RejectionCurve {
  const tailBeyond = (e: number) => (e <= 0 ? 1 : normalUpperTail(scoreOf(e) - mean));
  return (s) => {
    const rejectsFrom = Math.max(floor, (limit - s) / weight);
    const now = tailBeyond(rejectsFrom);
    if (last || rejectsFrom <= floor) return now;
    const from = Math.max(floor > 0 ? scoreOf(floor) : -Infinity, mean - REACH);
    const to = Math.min(scoreOf(rejectsFrom), mean + REACH);
    const cuts = after.kinks
      .map((kink) => (kink - s) / weight)
      .filter((e) => e > floor && e < rejectsFrom)
      .map(scoreOf)
      .filter((score) => score > from && score < to)
      .sort((a, b) => a - b);
    let later = 0;
    let left = from;
    for (const right of [...cuts, to]) {
      later += integratePanels(
        left,
        right,
        (z) => normalDensity(z - mean) * after.curve(s - weight * normalLogCdf(-z)),
      );
      left = right;
    }
    return now + later;
  };
}

/** Normal score z of a stage whose −log p is e. */
function scoreOf(e: number): number {
  return e === Infinity ? Infinity : normalUpperQuantile(Math.exp(-e));
}

function integratePanels(from: number, to: number, f: (z: number) => number): number {
  if (!(to > from)) return 0;
  const panels = Math.ceil((to - from) / PANEL_WIDTH);
  const half = (to - from) / (2 * panels);
  let total = 0;
  for (let panel = 0; panel < panels; panel++) {
    const centre = from + (2 * panel + 1) * half;
    PANEL.nodes.forEach((node, i) => {
      total += half * PANEL.weights[i]! * f(centre + half * node);
    });
  }
  return total;
}

/** Chebyshev interpolant between the kinks on [0, end]; beyond it the curve is constant. */
function interpolated(curve: RejectionCurve, kinks: readonly number[], end: number): RejectionCurve {
  const ends = [...kinks.filter((kink) => kink < end), end].sort((a, b) => a - b);
  const pieces = ends.map((to, i) => chebyshev(curve, ends[i - 1] ?? 0, to));
  const beyond = curve(end);
  return (s) => {
    const piece = ends.findIndex((to) => s < to);
    return piece === -1 ? beyond : pieces[piece]!(s);
  };
}

/** Barycentric interpolation through Chebyshev points of the second kind. */
function chebyshev(curve: RejectionCurve, from: number, to: number): RejectionCurve {
  const points = Array.from(
    { length: NODES },
    (_, i) => (from + to) / 2 - ((to - from) / 2) * Math.cos((Math.PI * i) / (NODES - 1)),
  );
  const values = points.map(curve);
  return (s) => {
    let above = 0;
    let below = 0;
    for (let i = 0; i < NODES; i++) {
      const distance = s - points[i]!;
      if (distance === 0) return values[i]!;
      const weight = (i % 2 === 0 ? 1 : -1) * (i === 0 || i === NODES - 1 ? 0.5 : 1);
      above += (weight / distance) * values[i]!;
      below += weight / distance;
    }
    return above / below;
  };
}

/** Refuse p-values that are none. */
export function fisherProduct(pValues: readonly number[], weights: readonly number[]): number {
  pValues.forEach((p, k) => {
    if (!(p >= 0 && p <= 1))
      throw new DomainError("INVALID_INPUT", {
        argument: `pValues.${k}`,
        received: p,
        requirement: "must lie between 0 and 1",
      });
  });
  return pValues.reduce((product, p, k) => product * p ** weights[k]!, 1);
}
