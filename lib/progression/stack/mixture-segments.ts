/** Part of the mixture in which every endpoint follows one member. */
export interface MixtureSegment {
  readonly probability: number;
  /** [E] position of the member that each endpoint follows. */
  readonly memberOf: Int32Array;
}

/**
 * The one mixture behind covariances, bands and draws: a uniform number U is shared by all endpoints of a patient, and
 * each endpoint follows the member in whose part of its cumulated weights U falls. Endpoints with equal weights always follow
 * the same member, so that members' correlations between endpoints are kept as far as the weights allow.
 * METHODS.md, equation (ST2).
 *
 * @param weights - [E][M] convex weights.
 * @returns Segments of (0, 1) with positive length, in order; their probabilities sum to 1.
 */
export function mixtureSegments(weights: readonly (readonly number[])[]): MixtureSegment[] {
  const cumulated = weights.map((row) => {
    let sum = 0;
    return row.map((weight) => {
      sum += weight;
      return sum;
    });
  });
  const cuts = [...new Set([0, ...cumulated.flat().filter((cut) => cut > 0 && cut < 1), 1])].sort((a, b) => a - b);
  const segments: MixtureSegment[] = [];
  for (let s = 0; s + 1 < cuts.length; s++) {
    const middle = (cuts[s]! + cuts[s + 1]!) / 2;
    const memberOf = Int32Array.from(cumulated, (row, e) => {
      const member = row.findIndex((cut) => middle < cut);
      // Rounding may end the cumulated weights just below 1.
      return member < 0 ? lastPositive(weights[e]!) : member;
    });
    segments.push({ probability: cuts[s + 1]! - cuts[s]!, memberOf });
  }
  return segments;
}

function lastPositive(row: readonly number[]): number {
  let last = 0;
  row.forEach((weight, m) => {
    if (weight > 0) last = m;
  });
  return last;
}
