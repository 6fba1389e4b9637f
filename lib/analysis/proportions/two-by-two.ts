import { invalidInput } from "../../errors/domain-error.ts";

/** Responders of two arms. */
export interface TwoByTwo {
  readonly experimentalEvents: number;
  readonly experimentalTotal: number;
  readonly controlEvents: number;
  readonly controlTotal: number;
}

/** Scale on which two probabilities are compared. */
export type ProportionScale = "risk-difference" | "risk-ratio" | "odds-ratio";

/** An interval; a limit is infinite where the data do not bound it. */
export interface EffectInterval {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Refuses counts that cannot be responders of two arms.
 *
 * @throws DomainError INVALID_INPUT naming the count.
 */
export function assertTwoByTwo(table: TwoByTwo): void {
  const pairs = [
    ["experimentalEvents", table.experimentalEvents, "experimentalTotal", table.experimentalTotal],
    ["controlEvents", table.controlEvents, "controlTotal", table.controlTotal],
  ] as const;
  for (const [eventsName, events, totalName, total] of pairs) {
    if (!Number.isInteger(total) || total < 1)
      throw invalidInput(
        totalName,
        total,
        "must be a whole number of at least 1",
        "Each arm needs an observed patient.",
      );
    if (!Number.isInteger(events) || events < 0 || events > total)
      throw invalidInput(eventsName, events, `must be a whole number from 0 to ${total}`);
  }
}

/** Observed proportions, experimental first. */
export function proportionsOf(table: TwoByTwo): readonly [number, number] {
  return [table.experimentalEvents / table.experimentalTotal, table.controlEvents / table.controlTotal];
}

/** Observed effect; infinite or NaN where a cell is empty. */
export function observedEffect(table: TwoByTwo, scale: ProportionScale): number {
  const { experimentalEvents: a, experimentalTotal: m, controlEvents: c, controlTotal: n } = table;
  switch (scale) {
    case "risk-difference":
      return a / m - c / n;
    case "risk-ratio":
      return (a * n) / (c * m);
    case "odds-ratio":
      return (a * (n - c)) / (c * (m - a));
  }
}
