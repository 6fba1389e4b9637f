import { DomainError, invalidInput } from "../../errors/domain-error.ts";

/** Number, mean and variance of a sample. */
export interface SampleMoments {
  readonly n: number;
  readonly mean: number;
  /** With divisor n − 1; NaN for a sample of one. */
  readonly variance: number;
}

/** Mean and variance in two passes, so that a large mean costs no digits. */
export function sampleMoments(values: ArrayLike<number>): SampleMoments {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i]!;
  const start = sum / n;
  let rest = 0;
  for (let i = 0; i < n; i++) rest += values[i]! - start;
  const mean = start + rest / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i]! - mean) ** 2;
  return { n, mean, variance: n > 1 ? squares / (n - 1) : NaN };
}

/**
 * Refuses a sample that is too small or holds a value that is no number.
 *
 * @param argument - Name of the argument in the message.
 * @throws DomainError INVALID_INPUT or INSUFFICIENT_DATA.
 */
export function assertSample(values: ArrayLike<number>, argument: string, minimum: number): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!))
      throw invalidInput(argument, values[i]!, "must hold finite numbers only", "Leave missing values out.");
  }
  if (values.length < minimum)
    throw new DomainError("INSUFFICIENT_DATA", {
      argument,
      received: values.length,
      requirement: `must hold at least ${minimum} observed value${minimum === 1 ? "" : "s"}`,
      hint: "Check the visit and the arm that were chosen.",
    });
}

/** Refuses a confidence outside (0, 1). */
export function assertConfidence(confidence: number): void {
  if (!(confidence > 0 && confidence < 1)) throw invalidInput("confidence", confidence, "must lie between 0 and 1");
}
