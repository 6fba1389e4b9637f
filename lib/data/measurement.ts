import type { Endpoint } from "../trial/endpoint.ts";

/** One recorded value of one endpoint, or the record of its absence. */
export interface Measurement {
  /** 0-based row of the source. */
  readonly row: number;
  /** Days from time zero; null when the source gives a visit name only. */
  readonly day: number | null;
  /** Planned visit named by the source; null when visits are assigned by day. */
  readonly visitId: string | null;
  /** Flagged as baseline, or at a visit that means baseline, or on or before time zero. */
  readonly baseline: "flagged" | "at-or-before-zero" | null;
  readonly content: MeasurementContent;
}

export type MeasurementContent =
  /** Analysis scale. */
  | { readonly kind: "measured"; readonly value: number }
  | { readonly kind: "recorded-missing"; readonly code: string }
  | { readonly kind: "out-of-range"; readonly sourceValue: number };

/** Source value → analysis scale, or out of range (METHODS.md (D5)). */
export function onAnalysisScale(
  sourceValue: number,
  endpoint: Pick<Endpoint, "scale" | "sourceRange">,
): MeasurementContent {
  const { minimum, maximum } = endpoint.sourceRange;
  const isBelow = (minimum !== null && sourceValue < minimum) || (endpoint.scale === "log" && sourceValue <= 0);
  if (isBelow || (maximum !== null && sourceValue > maximum)) return { kind: "out-of-range", sourceValue };
  return { kind: "measured", value: endpoint.scale === "log" ? Math.log(sourceValue) : sourceValue };
}

/** The admissible source values in words, e.g. "greater than 0, at most 60". */
export function describeRange(endpoint: Pick<Endpoint, "scale" | "sourceRange">): string {
  const { minimum, maximum } = endpoint.sourceRange;
  const parts: string[] = [];
  if (endpoint.scale === "log" && (minimum === null || minimum <= 0)) parts.push("greater than 0");
  else if (minimum !== null) parts.push(`at least ${minimum}`);
  if (maximum !== null) parts.push(`at most ${maximum}`);
  return parts.join(" and ");
}
