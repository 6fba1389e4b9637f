import type { ResultColumnKind } from "../analysis/analysis-report.ts";
import { invalidInput } from "../errors/domain-error.ts";

/** A numeric input of a power calculation, as it is named, printed and checked. */
export interface NumericField {
  /** Name in the spec and in the R program: letters only. */
  readonly name: string;
  readonly label: string;
  /** Empty for pure numbers. */
  readonly unit: string;
  readonly kind: ResultColumnKind;
  readonly range: FieldRange;
  /** What the user can do when the value is refused. */
  readonly hint?: string;
}

/** Values that a field may take. */
export type FieldRange =
  | "finite"
  | "positive"
  | "not-negative"
  | "open-unit"
  | "one-sided-error"
  | "half-open-unit"
  | "discount"
  | "inflation"
  | "correlation"
  | "subjects"
  | "whole";

const RANGES: Readonly<Record<FieldRange, { readonly holds: (value: number) => boolean; readonly words: string }>> = {
  finite: { holds: () => true, words: "must be a finite number" },
  positive: { holds: (value) => value > 0, words: "must be positive" },
  "not-negative": { holds: (value) => value >= 0, words: "must not be negative" },
  "open-unit": { holds: (value) => value > 0 && value < 1, words: "must lie between 0 and 1" },
  "one-sided-error": {
    holds: (value) => value > 0 && value < 0.5,
    words: "must lie between 0 and 0.5, the type I error in one direction (0.025 is usual)",
  },
  "half-open-unit": { holds: (value) => value >= 0 && value < 1, words: "must be at least 0 and below 1" },
  discount: { holds: (value) => value > 0 && value <= 1, words: "must lie above 0 and not above 1" },
  inflation: { holds: (value) => value >= 1, words: "must be at least 1" },
  correlation: { holds: (value) => value > -1 && value < 1, words: "must lie between −1 and 1" },
  subjects: { holds: (value) => value > 0 && value <= 1e7, words: "must be a number of subjects up to 10,000,000" },
  whole: { holds: (value) => Number.isInteger(value) && value >= 0, words: "must be a whole number, not negative" },
};

/** Squares and ratios of values between this and its reciprocal stay numbers. */
const LARGEST_VALUE = 1e50;

/** What a value of a range must be, in words; null for a value that lies in it. */
export function rangeFault(range: FieldRange, value: number): string | null {
  const { holds, words } = RANGES[range];
  if (!Number.isFinite(value) || !holds(value)) return words;
  const size = Math.abs(value);
  return size === 0 || (size <= LARGEST_VALUE && size >= 1 / LARGEST_VALUE)
    ? null
    : "must be 0 or lie between 1e-50 and 1e50 in size: choose another unit";
}

/**
 * Refuses a value that a field cannot take.
 *
 * @throws DomainError INVALID_INPUT that names the field.
 */
export function assertInRange(field: NumericField, value: number): void {
  const fault = rangeFault(field.range, value);
  if (fault !== null) throw invalidInput(field.name, Number.isNaN(value) ? "not a number" : value, fault, field.hint);
}
