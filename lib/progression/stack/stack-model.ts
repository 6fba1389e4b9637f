import type { Rng } from "../../numerics/rng.ts";
import type { MemberModel, PatientHistory } from "../member.ts";
import { memberOf } from "../members.ts";
import { type MixtureSegment, mixtureSegments } from "./mixture-segments.ts";
import type { StackParameters } from "./stack-parameters.ts";

/** A trained stack, ready to predict: a member model whose law is the calibrated mixture of its members'. */
export interface StackModel extends MemberModel {
  readonly kind: "stack";
  /** [E·V] variance of the mixture before calibration, given a history; conformal bands are multiples of its root. */
  mixtureVariance(history: PatientHistory): Float64Array;
}

/**
 * Moments and draws of a stack.
 *
 * Mean of endpoint e: Σ w_em μ_m, exact. Covariance: of the mixture of {@link mixtureSegments}, rows and columns multiplied
 * by the deviation scale. Draws: the mixture, deviations from the mean multiplied by the same scale. METHODS.md, (ST2), (ST3).
 *
 * @param parameters - From training.
 * @param visits - V, planned visits per endpoint.
 */
export function openStack(parameters: StackParameters, visits: number): StackModel {
  const E = parameters.weights.length;
  const V = visits;
  const cells = E * V;
  const segments = mixtureSegments(parameters.weights);
  const used = parameters.members.map((_, m) => parameters.weights.some((row) => row[m]! > 0));
  const members = parameters.members.map((own, m) => (used[m] ? memberOf(own.kind).open(own) : null));
  const scale = Float64Array.from(parameters.deviationScale);
  const followers = members.map((_, m) => followersOf(segments, m, V));
  let end = 0;
  const ends = Float64Array.from(segments, ({ probability }) => (end += probability));
  let scratch = new Float64Array(0);

  const combine = (means: readonly (Float64Array | null)[], observed: Float64Array): Float64Array =>
    Float64Array.from({ length: cells }, (_, cell) => {
      if (!Number.isNaN(observed[cell]!)) return observed[cell]!;
      const weights = parameters.weights[Math.floor(cell / V)]!;
      return weights.reduce((sum, weight, m) => (weight > 0 ? sum + weight * means[m]![cell]! : sum), 0);
    });

  const mixture = (history: PatientHistory) => {
    const moments = members.map((member) => (member === null ? null : member.predict(history)));
    const mean = combine(
      moments.map((each) => each?.mean ?? null),
      history.observed,
    );
    const covariance = new Float64Array(cells * cells);
    for (const { probability, memberOf: follows } of segments) {
      for (let a = 0; a < cells; a++) {
        if (!Number.isNaN(history.observed[a]!)) continue;
        const ma = follows[Math.floor(a / V)]!;
        const shiftA = moments[ma]!.mean[a]! - mean[a]!;
        for (let b = 0; b < cells; b++) {
          if (!Number.isNaN(history.observed[b]!)) continue;
          const mb = follows[Math.floor(b / V)]!;
          const within = ma === mb ? moments[ma]!.covariance[a * cells + b]! : 0;
          covariance[a * cells + b]! += probability * (within + shiftA * (moments[mb]!.mean[b]! - mean[b]!));
        }
      }
    }
    const numericalError = moments.reduce((largest, each) => Math.max(largest, each?.numericalError ?? 0), 0);
    return { mean, covariance, numericalError };
  };

  const meansOf = (history: PatientHistory) => members.map((member) => member?.predictMean(history) ?? null);
  const meanOf = (history: PatientHistory): Float64Array => combine(meansOf(history), history.observed);

  return {
    kind: "stack",
    featureCount: parameters.features.length,
    outcomeCount: cells,
    predict(history) {
      const { mean, covariance, numericalError } = mixture(history);
      for (let a = 0; a < cells; a++) {
        for (let b = 0; b < cells; b++) covariance[a * cells + b]! *= scale[a]! * scale[b]!;
      }
      return { mean, covariance, numericalError };
    },
    predictMean: meanOf,
    mixtureVariance(history) {
      const { covariance } = mixture(history);
      return Float64Array.from({ length: cells }, (_, cell) => covariance[cell * cells + cell]!);
    },
    drawTrajectories(history, count, rng: Rng, into) {
      const { rows, from } = drawSegments(ends, count, rng);
      // All trajectories of a member at once, one segment after the other.
      const totals = followers.map((own) =>
        own.reduce((sum, { segment }) => sum + from[segment + 1]! - from[segment]!, 0),
      );
      const all = totals.reduce((sum, total) => sum + total, 0) * cells;
      if (scratch.length < all) scratch = new Float64Array(all);
      let start = 0;
      const means = members.map((member, m) => {
        const total = totals[m]!;
        if (member === null) return null;
        if (total === 0) return member.predictMean(history);
        const drawn = scratch.subarray(start, start + total * cells);
        start += total * cells;
        if (member.drawWithMean !== undefined) return member.drawWithMean(history, total, rng, drawn);
        member.drawTrajectories(history, total, rng, drawn);
        return member.predictMean(history);
      });
      const mean = combine(means, history.observed);
      let at = 0;
      for (const { segment, cells: following } of followers.flat()) {
        const chosen = rows.subarray(from[segment]!, from[segment + 1]!);
        stretchInto(into, chosen, following, scratch.subarray(at), mean, scale);
        at += chosen.length * cells;
      }
    },
  };
}

/** Segments in which some endpoint follows a member, and the cells of those endpoints. */
function followersOf(segments: readonly MixtureSegment[], member: number, V: number) {
  return segments.flatMap(({ memberOf: follows }, segment) => {
    const cells = Array.from(follows).flatMap((m, e) =>
      m === member ? Array.from({ length: V }, (_, v) => e * V + v) : [],
    );
    return cells.length === 0 ? [] : [{ segment, cells: Int32Array.from(cells) }];
  });
}

/**
 * Draws a segment for every trajectory.
 *
 * @param ends - [segments] cumulated probabilities.
 * @returns Trajectories in the order of their segments; those of segment s are at `from[s]` … `from[s + 1]` − 1.
 */
function drawSegments(ends: Float64Array, count: number, rng: Rng): { rows: Int32Array; from: Int32Array } {
  const last = ends.length - 1;
  const segmentOf = new Int32Array(count);
  const from = new Int32Array(ends.length + 1);
  for (let d = 0; d < count; d++) {
    const uniform = rng.uniform();
    let s = 0;
    while (s < last && uniform >= ends[s]!) s++;
    segmentOf[d] = s;
    from[s + 1]!++;
  }
  for (let s = 0; s <= last; s++) from[s + 1]! += from[s]!;
  const next = from.slice();
  const rows = new Int32Array(count);
  for (let d = 0; d < count; d++) rows[next[segmentOf[d]!]!++] = d;
  return { rows, from };
}

/** Writes what a member drew into the rows and cells that follow it, deviations from the stack's mean multiplied by their scale. */
function stretchInto(
  into: Float64Array,
  rows: Int32Array,
  following: Int32Array,
  drawn: Float64Array,
  mean: Float64Array,
  scale: Float64Array,
): void {
  const cells = mean.length;
  for (let k = 0; k < rows.length; k++) {
    const [to, at] = [rows[k]! * cells, k * cells];
    for (let c = 0; c < following.length; c++) {
      const cell = following[c]!;
      const centre = mean[cell]!;
      into[to + cell] = centre + scale[cell]! * (drawn[at + cell]! - centre);
    }
  }
}
