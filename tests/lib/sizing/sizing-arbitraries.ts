import fc from "fast-check";
import type { SizingSpec, Sourced } from "../../../lib/sizing/sizing-document.ts";

const user = (value: number): Sourced<number> => ({ value, source: "user", note: "" });

type NumericInput =
  | "effect"
  | "margin"
  | "standardDeviation"
  | "oneSidedAlpha"
  | "power"
  | "randomizationRatio"
  | "rSquaredAncova"
  | "rSquaredWithScore"
  | "correlationDeflation"
  | "controlSdInflation"
  | "dropout"
  | "covariatesInAncova";

export type SizingSpecChange = { readonly [K in NumericInput]?: number } & {
  readonly hypothesis?: "superiority" | "non-inferiority";
  readonly rSquaredWithScoreLimits?: { readonly lower: number; readonly upper: number };
};

/** A plan with the oracle's inputs unless changed. */
export function sizingSpec(change: SizingSpecChange = {}): SizingSpec {
  const defaults = {
    effect: 0.3,
    margin: 0,
    standardDeviation: 1,
    oneSidedAlpha: 0.025,
    power: 0.9,
    randomizationRatio: 1,
    rSquaredAncova: 0.2,
    rSquaredWithScore: 0.32,
    correlationDeflation: 1,
    controlSdInflation: 1,
    dropout: 0,
    covariatesInAncova: 1,
  };
  const spec: Record<string, unknown> = {
    format: "understudy-sizing/1",
    endpointId: "adas",
    visitId: "week78",
    rSquaredWithScoreLimits: null,
  };
  for (const [key, value] of Object.entries(defaults)) spec[key] = user(value);
  for (const [key, value] of Object.entries(change))
    spec[key] = key in defaults && typeof value === "number" ? user(value) : value;
  return spec as unknown as SizingSpec;
}

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** Admissible plans of a realistic range. */
export const sizingSpecArbitrary = fc
  .record({
    effect: fc.oneof(between(0.2, 1.5), between(-1.5, -0.2)),
    standardDeviation: between(0.5, 2),
    oneSidedAlpha: between(0.005, 0.1),
    power: between(0.5, 0.97),
    randomizationRatio: between(0.5, 3),
    rSquaredAncova: between(0, 0.6),
    rSquaredWithScore: between(0, 0.8),
    correlationDeflation: between(0.5, 1),
    controlSdInflation: between(1, 1.5),
    dropout: between(0, 0.5),
    covariatesInAncova: fc.integer({ min: 0, max: 6 }),
  })
  .map((values) => sizingSpec(values));
