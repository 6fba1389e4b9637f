import { assertSurvivalTimes, type SurvivalTimes, withTiesMended } from "./survival-times.ts";

/** How well a score orders the event times. */
export interface Concordance {
  /** Share of comparable pairs in which the patient with the earlier event has the higher score; ties count half. */
  readonly concordance: number;
  /** Infinitesimal jackknife. */
  readonly standardError: number;
  readonly concordant: number;
  readonly discordant: number;
  readonly tied: number;
}

/**
 * Concordance (Harrell's C) of a score with the order of events, within strata.
 *
 * @param times - Right-censored times, shape [n].
 * @param score - Higher means earlier event, shape [n].
 * @param strata - Codes, shape [n]; pairs within a stratum only.
 *
 * METHODS.md eq. (V18). Source: Harrell, Lee & Mark (1996); Therneau & Watson (2015). A patient with the event is compared
 * with all who were followed longer, and with those censored at the same time.
 */
export function concordance(times: SurvivalTimes, score: ArrayLike<number>, strata?: ArrayLike<number>): Concordance {
  assertSurvivalTimes(times);
  const time = withTiesMended(times.time);
  const { event } = times;
  const n = time.length;
  const agreeing = new Float64Array(n);
  const opposed = new Float64Array(n);
  const equal = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    if (event[i] === 0) continue;
    for (let j = 0; j < n; j++) {
      if (strata !== undefined && strata[i] !== strata[j]) continue;
      if (!(time[j]! > time[i]! || (time[j] === time[i] && event[j] === 0))) continue;
      const counts = score[i]! > score[j]! ? agreeing : score[i]! < score[j]! ? opposed : equal;
      counts[i]!++;
      counts[j]!++;
    }
  }
  const half = (counts: Float64Array) => counts.reduce((sum, count) => sum + count, 0) / 2;
  const [concordant, discordant, tied] = [half(agreeing), half(opposed), half(equal)];
  const pairs = concordant + discordant + tied;
  const somers = (concordant - discordant) / pairs;
  let variance = 0;
  for (let i = 0; i < n; i++) {
    const mine = agreeing[i]! + opposed[i]! + equal[i]!;
    variance += ((agreeing[i]! - opposed[i]! - somers * mine) / pairs) ** 2;
  }
  return { concordance: (somers + 1) / 2, standardError: Math.sqrt(variance) / 2, concordant, discordant, tied };
}
