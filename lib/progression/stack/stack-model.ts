import type { Rng } from "../../numerics/rng.ts";
import type { MemberModel, PatientHistory } from "../member.ts";
import { memberOf } from "../members.ts";
import { mixtureSegments } from "./mixture-segments.ts";
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
      const means = meansOf(history);
      const mean = combine(means, history.observed);
      const segmentOf = Int32Array.from({ length: count }, () => drawSegment(segments, rng.uniform()));
      segments.forEach(({ memberOf: follows }, s) => {
        const rows = segmentOf.reduce<number[]>((own, segment, d) => {
          if (segment === s) own.push(d);
          return own;
        }, []);
        if (rows.length === 0) return;
        const byMember = new Map<number, Float64Array>();
        for (const m of new Set(follows)) {
          const drawn = new Float64Array(rows.length * cells);
          members[m]!.drawTrajectories(history, rows.length, rng, drawn, means[m]!);
          byMember.set(m, drawn);
        }
        for (let cell = 0; cell < cells; cell++) {
          const drawn = byMember.get(follows[Math.floor(cell / V)]!)!;
          const [centre, stretch] = [mean[cell]!, scale[cell]!];
          for (let k = 0; k < rows.length; k++) {
            into[rows[k]! * cells + cell] = centre + stretch * (drawn[k * cells + cell]! - centre);
          }
        }
      });
    },
  };
}

function drawSegment(segments: readonly { readonly probability: number }[], uniform: number): number {
  let below = 0;
  for (let s = 0; s < segments.length; s++) {
    below += segments[s]!.probability;
    if (uniform < below) return s;
  }
  return segments.length - 1;
}
