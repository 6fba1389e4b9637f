import { invalidInput } from "../../errors/domain-error.ts";

/** A hazard that is constant between change points. */
export interface PiecewiseHazard {
  /** Times since entry at which the hazard changes, increasing, above 0; shape [k − 1]. */
  readonly changes: readonly number[];
  /** Hazard before the first change, between changes, and after the last; shape [k]. */
  readonly rates: readonly number[];
}

/** A hazard that never changes. */
export function constantHazard(rate: number): PiecewiseHazard {
  return { changes: [], rates: [rate] };
}

/** Every rate times a factor. */
export function scaledHazard({ changes, rates }: PiecewiseHazard, factor: number): PiecewiseHazard {
  return { changes, rates: rates.map((rate) => rate * factor) };
}

/** Hazard of an exponential law with a given median: log 2 / median. */
export function hazardOfMedian(median: number): number {
  return Math.LN2 / median;
}

/** Constant hazard under which a share of subjects has dropped out by a time. */
export function hazardOfShare(share: number, time: number): number {
  return -Math.log1p(-share) / time;
}

/**
 * Refuses a hazard that no law has.
 *
 * @param argument - Name of the field.
 * @throws DomainError INVALID_INPUT for change points that do not increase from above 0, or rates that are negative, all 0
 *   (where events are needed) or of the wrong number.
 */
export function assertPiecewiseHazard(hazard: PiecewiseHazard, argument: string, needsEvents: boolean): void {
  const { changes, rates } = hazard;
  changes.forEach((change, k) => {
    if (!(change > (changes[k - 1] ?? 0) && change < Infinity))
      throw invalidInput(`${argument}.changes`, [...changes], "must increase from above 0");
  });
  if (rates.length !== changes.length + 1)
    throw invalidInput(
      `${argument}.rates`,
      [...rates],
      `must hold one rate more than there are change points (${changes.length + 1})`,
    );
  if (!rates.every((rate) => rate >= 0 && rate < Infinity))
    throw invalidInput(`${argument}.rates`, [...rates], "must hold rates of at least 0");
  if (needsEvents && rates.every((rate) => rate === 0))
    throw invalidInput(`${argument}.rates`, [...rates], "must hold a positive rate, or there will never be an event");
}

/** Probability of survival up to a time under a piecewise hazard. */
export function survivalUnder({ changes, rates }: PiecewiseHazard, time: number): number {
  let cumulative = 0;
  let from = 0;
  rates.forEach((rate, k) => {
    const to = Math.min(changes[k] ?? Infinity, time);
    if (to > from) {
      cumulative += rate * (to - from);
      from = to;
    }
  });
  return Math.exp(-cumulative);
}
